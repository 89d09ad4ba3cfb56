//! Making names last. A name is there for good when its directory is synced, and a directory that turns
//! out to be out of reach only then leaves a name of which nobody knows whether it lasts. So it is opened
//! before anything is named in it.

use std::fs::File;
use std::io;
use std::path::Path;

/// A directory in which something is about to be named.
#[derive(Debug)]
pub(in crate::store) struct Directory {
    /// `None` where directories may not be read, or cannot be synced.
    #[cfg_attr(
        not(unix),
        expect(dead_code, reason = "directories cannot be synced here")
    )]
    handle: Option<File>,
}

impl Directory {
    #[cfg(unix)]
    pub(in crate::store) fn open(path: &Path) -> io::Result<Self> {
        use super::descriptors::{LowDescriptors, off_the_standard_streams};
        use rustix::fs::{Mode, OFlags};

        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let _low = LowDescriptors::taken();
        match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(handle) => Ok(Self {
                handle: Some(off_the_standard_streams(handle.into())?),
            }),
            // One in which names may be made, but not listed.
            #[cfg(target_os = "linux")]
            Err(rustix::io::Errno::ACCESS) => Ok(Self { handle: None }),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes what was named in the directory last; `named` is such a file, or the directory, that was.
    #[cfg(unix)]
    pub(in crate::store) fn sync(&self, named: &File) -> io::Result<()> {
        let synced = match &self.handle {
            #[cfg(test)]
            _ if failing::error().is_some() => failing::error().map_or(Ok(()), Err),
            Some(handle) => sync_whole(handle),
            #[cfg(target_os = "linux")]
            // The whole file system, which needs no permission for the directory.
            None => rustix::fs::syncfs(named).map_err(io::Error::from),
            #[cfg(not(target_os = "linux"))]
            None => named.sync_all(),
        };
        synced.or_else(|error| match is_impossible(&error) {
            true => Ok(()),
            false => Err(error),
        })
    }

    #[cfg(not(unix))]
    pub(in crate::store) fn open(_: &Path) -> io::Result<Self> {
        Ok(Self { handle: None })
    }

    /// Directories cannot be synced here; the file system's journal orders the names.
    #[cfg(not(unix))]
    pub(in crate::store) fn sync(&self, _: &File) -> io::Result<()> {
        Ok(())
    }
}

/// As far as the file system can: what it can do on Apple's systems is often less than what is asked of it first, to
/// empty the disk's own cache too.
#[cfg(unix)]
fn sync_whole(directory: &File) -> io::Result<()> {
    match directory.sync_all() {
        Err(error) if cfg!(target_vendor = "apple") && is_impossible(&error) => {
            rustix::fs::fsync(directory).map_err(io::Error::from)
        }
        synced => synced,
    }
}

/// Whether the file system knows no syncing of directories: then it keeps names in its own way.
#[cfg(unix)]
fn is_impossible(error: &io::Error) -> bool {
    use rustix::io::Errno;

    let never = [
        Errno::INVAL,
        Errno::NOTSUP,
        Errno::OPNOTSUPP,
        Errno::NOSYS,
        // Of file systems in user space, to a request they have never heard of.
        Errno::NOTTY,
    ];
    error
        .raw_os_error()
        .is_some_and(|raw| never.iter().any(|errno| errno.raw_os_error() == raw))
}

/// Syncs that fail when a test says so.
#[cfg(all(test, unix))]
pub(in crate::store) mod failing {
    use std::cell::Cell;
    use std::io;

    use rustix::io::Errno;

    thread_local! {
        static ERROR: Cell<Option<Errno>> = const { Cell::new(None) };
    }

    /// Lets every sync of a directory on this thread fail with `error` while `work` runs.
    pub(in crate::store) fn with<T>(error: Errno, work: impl FnOnce() -> T) -> T {
        ERROR.set(Some(error));
        let done = work();
        ERROR.set(None);
        done
    }

    pub(super) fn error() -> Option<io::Error> {
        ERROR.get().map(io::Error::from)
    }
}
