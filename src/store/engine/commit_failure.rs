//! What is known of a commit that failed.

use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, StorageError};
use crate::store::fault::Fault;

/// Why a commit is not acknowledged.
#[derive(Clone, Debug)]
pub(in crate::store) enum CommitFailure {
    /// It has not taken effect.
    NotDone(StorageError),
    /// It met pages that are not what was written, and has not taken effect.
    Damaged(String),
    /// It has taken effect or not, or has done so in a file that may no longer be in its place.
    Unknown(StorageError),
    /// It went into a file that nobody finds any more.
    Replaced(PathBuf),
}

impl CommitFailure {
    /// The failure of a commit that ended with `fault`, before anything of it can have taken effect.
    pub(super) fn not_done(fault: Fault, path: Option<&Path>) -> Self {
        match fault.damage() {
            Some(detail) => Self::Damaged(detail),
            None => Self::NotDone(storage_error(fault, path)),
        }
    }

    /// As [`not_done`](Self::not_done), when it may have taken effect.
    pub(super) fn unknown(fault: Fault, path: Option<&Path>) -> Self {
        Self::Unknown(storage_error(fault, path))
    }

    pub(in crate::store) fn fault(&self) -> Fault {
        match self {
            Self::NotDone(error) => Error::Storage(error.clone()).into(),
            Self::Damaged(detail) => Fault::Damaged(detail.clone()),
            Self::Unknown(error) => Error::OutcomeUnknown(error.clone()).into(),
            Self::Replaced(path) => Error::FileReplaced { path: path.clone() }.into(),
        }
    }
}

fn storage_error(fault: Fault, path: Option<&Path>) -> StorageError {
    let source: Box<dyn std::error::Error + Send + Sync> = match fault {
        Fault::Engine(redb::Error::Io(error)) => error.into(),
        Fault::Engine(error) => error.into(),
        Fault::Panicked(detail) | Fault::Damaged(detail) => detail.into(),
        Fault::Rule(error) => error.into(),
        Fault::TimedOut => io::Error::from(io::ErrorKind::TimedOut).into(),
    };
    StorageError::new("commit to", path, source)
}
