//! A file as storage for the engine, and which file it is.
//!
//! Nothing here asks a file for its times. Linux keeps coarse times until somebody asks for them, and from
//! then on a finer one for the next write, which then has to be saved with it: asking once for each commit
//! makes each commit write the inode too.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::locks::forward_locks;
use super::plain::{self, For};
use crate::store::fault::Fault;
use crate::store::open_settings::Access;

/// Opens a registry that is there; `None` when what is there is no plain file.
pub(in crate::store) fn open_file(path: &Path, access: Access) -> Result<Option<File>, Fault> {
    let purpose = match access {
        Access::ReadWrite => For::ReadingAndWriting,
        Access::ReadOnly => For::Reading,
    };
    match plain::open(path, purpose) {
        // Somebody has a lease on it, and was told that it is wanted.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(Fault::TimedOut),
        opened => Ok(opened?),
    }
}

/// The engine's own file storage, which is asked for the length of the file all the time.
#[derive(Debug)]
pub(super) struct FileStorage {
    backend: FileBackend,
    /// The same open file. Reading and writing name their offsets, so its position is free to move.
    file: File,
}

impl FileStorage {
    pub(in crate::store) fn new(file: File) -> Result<Self, Fault> {
        Ok(Self {
            file: file.try_clone()?,
            backend: FileBackend::new(file)?,
        })
    }
}

impl StorageBackend for FileStorage {
    fn len(&self) -> io::Result<u64> {
        (&self.file).seek(SeekFrom::End(0))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.backend.read(offset, out).map_err(tell_locked)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.backend.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.backend.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.backend.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.backend.close()
    }

    forward_locks!(backend);
}

/// Says in the same way everywhere that somebody else has locked the bytes. Elsewhere than on Windows
/// locks keep nobody from reading.
fn tell_locked(error: io::Error) -> io::Error {
    /// `ERROR_LOCK_VIOLATION`.
    const LOCK_VIOLATION: i32 = 33;
    if cfg!(windows) && error.raw_os_error() == Some(LOCK_VIOLATION) {
        return io::Error::new(io::ErrorKind::ResourceBusy, error);
    }
    error
}

/// Device and inode: which file this is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Identity(u64, u64);

impl Identity {
    /// Of the file at `path`.
    pub(in crate::store) fn at(path: &Path) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(found) = Self::ask(rustix::fs::CWD, path, rustix::fs::AtFlags::empty()) {
            return Ok(found);
        }
        Ok(Self::of_metadata(&std::fs::metadata(path)?))
    }

    pub(in crate::store) fn of_file(file: &File) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if let Ok(found) = Self::ask(file, Path::new(""), rustix::fs::AtFlags::EMPTY_PATH) {
            return Ok(found);
        }
        Ok(Self::of_metadata(&file.metadata()?))
    }

    /// Asks for nothing else. Fails also on kernels and in sandboxes that do not know the question.
    #[cfg(target_os = "linux")]
    fn ask(
        directory: impl std::os::fd::AsFd,
        path: &Path,
        flags: rustix::fs::AtFlags,
    ) -> rustix::io::Result<Self> {
        use rustix::fs::{StatxFlags, makedev, statx};

        let found = statx(directory, path, flags, StatxFlags::INO)?;
        let device = makedev(found.stx_dev_major, found.stx_dev_minor);
        Ok(Self(device, found.stx_ino))
    }

    #[cfg(unix)]
    fn of_metadata(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }

    /// Stable Rust names no file identity here: a replaced file goes unnoticed.
    #[cfg(not(unix))]
    fn of_metadata(_: &std::fs::Metadata) -> Self {
        Self(0, 0)
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_file_is_itself_under_every_name_and_no_other() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let file = File::create(path("one")).unwrap();
        File::create(path("other")).unwrap();
        std::fs::hard_link(path("one"), path("link")).unwrap();

        let identity = Identity::of_file(&file).unwrap();
        assert_eq!(Identity::at(&path("one")).unwrap(), identity);
        assert_eq!(Identity::at(&path("link")).unwrap(), identity);
        assert_ne!(Identity::at(&path("other")).unwrap(), identity);
        let error = Identity::at(&path("none")).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        // However it was asked for.
        let metadata = std::fs::metadata(path("one")).unwrap();
        assert_eq!(Identity::of_metadata(&metadata), identity);
    }

    #[test]
    fn the_length_follows_whoever_changes_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        File::create(&path).unwrap();
        let open = || open_file(&path, Access::ReadWrite).unwrap().unwrap();
        let (other, storage) = (open(), FileStorage::new(open()).unwrap());

        assert_eq!(storage.len().unwrap(), 0);
        storage.set_len(8192).unwrap();
        storage.write(4096, b"here").unwrap();
        assert_eq!(storage.len().unwrap(), 8192);
        let mut read = [0; 4];
        storage.read(4096, &mut read).unwrap();
        assert_eq!(&read, b"here");
        other.set_len(5000).unwrap();
        assert_eq!(storage.len().unwrap(), 5000);
    }
}
