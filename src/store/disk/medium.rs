//! Where a registry's bytes live, and whether they are still the ones that were opened.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::file::{FileStorage, Identity, open_file};
use crate::error::{Error, StorageError};
use crate::store::fault::Fault;
use crate::store::open_settings::Access;

/// Where the bytes are.
#[derive(Clone, Debug)]
pub(in crate::store) enum Medium {
    /// A file.
    File {
        /// Its canonical path.
        path: PathBuf,
        /// The path by which it was asked for, absolute, where that leads through links.
        given: Option<PathBuf>,
        identity: Identity,
        access: Access,
    },
    /// Storage that is handed out again whenever the engine reopens it.
    Memory(Arc<dyn StorageBackend>),
    /// Storage that is made anew for each opening, as the descriptors of a file are.
    #[cfg(test)]
    Descriptors(Descriptors),
}

#[cfg(test)]
#[derive(Clone)]
pub(in crate::store) struct Descriptors(
    pub(in crate::store) Arc<dyn Fn() -> Arc<dyn StorageBackend> + Send + Sync>,
);

#[cfg(test)]
impl std::fmt::Debug for Descriptors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Descriptors")
    }
}

impl Medium {
    pub(in crate::store) fn in_memory() -> Self {
        Self::Memory(Arc::new(InMemoryBackend::new()))
    }

    pub(in crate::store) fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Memory(_) => None,
            #[cfg(test)]
            Self::Descriptors(_) => None,
        }
    }

    /// The path by which the file was asked for.
    pub(in crate::store) fn given(&self) -> Option<&Path> {
        match self {
            Self::File { path, given, .. } => Some(given.as_deref().unwrap_or(path)),
            Self::Memory(_) => None,
            #[cfg(test)]
            Self::Descriptors(_) => None,
        }
    }

    /// Opens the storage once more; never creates it.
    pub(in crate::store) fn open(&self) -> Result<Arc<dyn StorageBackend>, Fault> {
        match self {
            Self::File {
                path,
                identity,
                access,
                ..
            } => match open_file(path, *access) {
                Ok(Some(file)) if Identity::of_file(&file)? == *identity => {
                    Ok(Arc::new(FileStorage::new(file)?))
                }
                Ok(_) => Err(replaced(path)),
                Err(Fault::Engine(redb::Error::Io(error)))
                    if error.kind() == io::ErrorKind::NotFound =>
                {
                    Err(replaced(path))
                }
                Err(fault) => Err(fault),
            },
            Self::Memory(backend) => Ok(Arc::clone(backend)),
            #[cfg(test)]
            Self::Descriptors(Descriptors(open)) => Ok(open()),
        }
    }

    /// How many bytes of the file are written, the rest being holes; `None` where nobody can tell.
    pub(super) fn written(&self) -> io::Result<Option<u64>> {
        match self {
            #[cfg(unix)]
            Self::File { path, .. } => {
                let metadata = std::fs::symlink_metadata(path)?;
                let blocks = std::os::unix::fs::MetadataExt::blocks(&metadata);
                Ok(Some(blocks.saturating_mul(512)))
            }
            #[cfg(not(unix))]
            Self::File { .. } => Ok(None),
            Self::Memory(_) => Ok(None),
            #[cfg(test)]
            Self::Descriptors(_) => Ok(None),
        }
    }

    /// Fails unless the file at the path, canonical and as it was given, is the file that was opened.
    pub(in crate::store) fn check_in_place(&self) -> Result<(), Fault> {
        let Self::File {
            path,
            given,
            identity,
            ..
        } = self
        else {
            return Ok(());
        };
        for path in std::iter::once(path).chain(given) {
            let found = Identity::at(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => replaced(path),
                // Says nothing about the engine, which goes on as soon as the file can be seen again.
                _ => Error::Storage(StorageError::new("look at", Some(path), error)).into(),
            })?;
            if found != *identity {
                return Err(replaced(path));
            }
        }
        Ok(())
    }
}

fn replaced(path: &Path) -> Fault {
    let path = path.to_path_buf();
    Error::FileReplaced { path }.into()
}
