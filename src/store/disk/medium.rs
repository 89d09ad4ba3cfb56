//! Where a registry's bytes live, and whether they are still the ones that were opened.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::file::{FileStorage, Identity, open_file};
use crate::error::{Error, StorageError};
use crate::store::fault::Fault;

/// Where the bytes are.
#[derive(Clone, Debug)]
pub(in crate::store) enum Medium {
    /// A file at its canonical path.
    File { path: PathBuf, identity: Identity },
    /// Storage that is handed out again whenever the engine reopens it.
    Memory(Arc<dyn StorageBackend>),
}

impl Medium {
    pub(in crate::store) fn in_memory() -> Self {
        Self::Memory(Arc::new(InMemoryBackend::new()))
    }

    pub(in crate::store) fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Memory(_) => None,
        }
    }

    /// Opens the storage once more; never creates it.
    pub(in crate::store) fn open(&self) -> Result<Arc<dyn StorageBackend>, Fault> {
        match self {
            Self::File { path, identity } => {
                let file = open_file(path).map_err(|error| gone_or(error, path))?;
                if Identity::of_file(&file)? != *identity {
                    return Err(replaced(path));
                }
                Ok(Arc::new(FileStorage::new(file)?))
            }
            Self::Memory(backend) => Ok(Arc::clone(backend)),
        }
    }

    /// Fails unless the file at the path is the file that was opened.
    pub(in crate::store) fn check_in_place(&self) -> Result<(), Fault> {
        let Self::File { path, identity } = self else {
            return Ok(());
        };
        let found = Identity::at(path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => replaced(path),
            // Says nothing about the engine, which goes on as soon as the file can be seen again.
            _ => Error::Storage(StorageError::new("look at", Some(path), error)).into(),
        })?;
        if found == *identity {
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
