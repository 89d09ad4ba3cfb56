//! The one way in which this crate opens a file by its name. Whoever may write the folder decides what a
//! name leads to: a pipe that nobody writes to, a link to another file, a device. So a file is opened
//! without waiting and without following a link, is used only if it is a plain file, and never becomes
//! a standard stream, which the next printed line would write into.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

use super::descriptors::{LowDescriptors, off_the_standard_streams};

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum For {
    Reading,
    ReadingAndWriting,
}

/// Opens the plain file at `path`, whose last component is no link; never creates it. `None` when
/// something else is there. Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) rather than wait for the
/// holder of a lease.
pub(in crate::store) fn open(path: &Path, purpose: For) -> io::Result<Option<File>> {
    // Asked first, because opening alone can have effects: on a tape, on the writer of a pipe.
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut options = OpenOptions::new();
    options.read(true).write(purpose == For::ReadingAndWriting);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, without_waiting_or_following());
    let file = {
        let _low = LowDescriptors::taken();
        match options.open(path) {
            Ok(file) => file,
            // It was put there since: a link, or something that opens in another way.
            Err(_) if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
    };
    let is_plain = file.metadata()?.is_file();
    is_plain.then(|| off_the_standard_streams(file)).transpose()
}

/// The beginning, of `most` bytes at most, of the plain file to which `path` leads by whatever links.
#[cfg(not(any(target_os = "macos", windows)))]
pub(in crate::store) fn read_through_links(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    use std::io::Read;

    let Some(file) = open(&fs::canonicalize(path)?, For::Reading)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(unix)]
fn without_waiting_or_following() -> i32 {
    use rustix::fs::OFlags;

    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
    flags.bits().cast_signed()
}
