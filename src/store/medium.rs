//! Where a registry's bytes live, and whether they are still the ones that were opened.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::{FileBackend, InMemoryBackend};

use super::fault::Fault;
use crate::error::{Error, StorageError};

/// Where the bytes are.
#[derive(Clone, Debug)]
pub(super) enum Medium {
    /// A file at its canonical path.
    File { path: PathBuf, identity: Identity },
    /// Storage that is handed out again whenever the engine reopens it.
    Memory(Arc<dyn StorageBackend>),
}

impl Medium {
    pub(super) fn in_memory() -> Self {
        Self::Memory(Arc::new(InMemoryBackend::new()))
    }

    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Memory(_) => None,
        }
    }

    /// Opens the storage once more; never creates it.
    pub(super) fn open(&self) -> Result<Arc<dyn StorageBackend>, Fault> {
        match self {
            Self::File { path, identity } => {
                let file = open_file(path).map_err(|error| gone_or(error, path))?;
                if Identity::of_file(&file)? != *identity {
                    return Err(replaced(path));
                }
                Ok(Arc::new(FileBackend::new(file)?))
            }
            Self::Memory(backend) => Ok(Arc::clone(backend)),
        }
    }

    /// Fails unless the file at the path is the file that was opened.
    pub(super) fn check_in_place(&self) -> Result<(), Fault> {
        let Self::File { path, identity } = self else {
            return Ok(());
        };
        let found = fs::metadata(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => replaced(path),
            // Says nothing about the engine, which goes on as soon as the file can be seen again.
            _ => Error::Storage(StorageError::new("look at", Some(path), error)).into(),
        })?;
        if Identity::of_metadata(&found) == *identity {
            Ok(())
        } else {
            Err(replaced(path))
        }
    }
}

fn replaced(path: &Path) -> Fault {
    let path = path.to_path_buf();
    Error::FileReplaced { path }.into()
}

fn gone_or(error: io::Error, path: &Path) -> Fault {
    if error.kind() == io::ErrorKind::NotFound {
        replaced(path)
    } else {
        error.into()
    }
}

pub(super) fn open_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// Device and inode: which file this is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity(u64, u64);

impl Identity {
    pub(super) fn of_file(file: &File) -> io::Result<Self> {
        Ok(Self::of_metadata(&file.metadata()?))
    }

    #[cfg(unix)]
    fn of_metadata(metadata: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(metadata.dev(), metadata.ino())
    }

    /// Stable Rust names no file identity here: a replaced file goes unnoticed.
    #[cfg(not(unix))]
    fn of_metadata(_: &fs::Metadata) -> Self {
        Self(0, 0)
    }
}
