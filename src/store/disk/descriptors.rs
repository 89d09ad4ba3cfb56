//! Which descriptors files get. A program that closed its standard streams, as daemons do, gets their
//! numbers for the next files it opens, and what it prints later goes into those.

use std::fs::File;
use std::io;

/// Keeps the descriptors of the standard streams taken, where nothing has them, while it lives: not even
/// for a moment does a file that is opened meanwhile get one.
#[derive(Debug)]
pub(in crate::store) struct LowDescriptors {
    #[cfg(unix)]
    _taken: Vec<std::os::fd::OwnedFd>,
}

impl LowDescriptors {
    #[cfg(unix)]
    pub(in crate::store) fn taken() -> Self {
        use rustix::fs::{Mode, OFlags};
        use std::os::fd::AsRawFd;

        let mut taken = Vec::new();
        // Nothing can be written to a directory, whoever prints meanwhile.
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        while let Ok(opened) = rustix::fs::open("/", flags, Mode::empty()) {
            if opened.as_raw_fd() > HIGHEST_STANDARD_STREAM {
                break;
            }
            taken.push(opened);
        }
        Self { _taken: taken }
    }

    #[cfg(not(unix))]
    pub(in crate::store) fn taken() -> Self {
        Self {}
    }
}

#[cfg(unix)]
const HIGHEST_STANDARD_STREAM: i32 = 2;

/// The same open file, under a descriptor that is no standard stream's, should another thread have closed
/// one while it was opened.
#[cfg(unix)]
pub(in crate::store) fn off_the_standard_streams(file: File) -> io::Result<File> {
    use std::os::fd::AsRawFd;

    if file.as_raw_fd() > HIGHEST_STANDARD_STREAM {
        return Ok(file);
    }
    let above = rustix::io::fcntl_dupfd_cloexec(&file, HIGHEST_STANDARD_STREAM + 1)?;
    Ok(above.into())
}

#[cfg(not(unix))]
pub(in crate::store) fn off_the_standard_streams(file: File) -> io::Result<File> {
    Ok(file)
}
