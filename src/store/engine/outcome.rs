//! The commit itself, and what is known of it when it fails.

use std::io;
use std::path::{Path, PathBuf};

use super::Engine;
use crate::error::{Error, StorageError};
use crate::store::fault::{Fault, guarded};

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
    pub(in crate::store) fn fault(&self) -> Fault {
        match self {
            Self::NotDone(error) => Error::Storage(error.clone()).into(),
            Self::Damaged(detail) => Fault::Damaged(detail.clone()),
            Self::Unknown(error) => Error::OutcomeUnknown(error.clone()).into(),
            Self::Replaced(path) => Error::FileReplaced { path: path.clone() }.into(),
        }
    }
}

impl Engine {
    /// Commits, and makes sure that what was committed is in the file at the path.
    pub(in crate::store) fn commit(
        &self,
        transaction: redb::WriteTransaction,
    ) -> Result<(), CommitFailure> {
        self.commit_point.arm();
        let committing = self.committing();
        let committed = guarded(|| Ok(transaction.commit()?));
        drop(committing);
        if let Err(fault) = committed {
            self.note_broken();
            let damage = fault.damage();
            let error = commit_error(fault, self.medium.path());
            return Err(match damage {
                _ if self.commit_point.passed() => CommitFailure::Unknown(error),
                Some(detail) => CommitFailure::Damaged(detail),
                None => CommitFailure::NotDone(error),
            });
        }
        match self.check_place_now() {
            Ok(()) => Ok(()),
            Err(Fault::Rule(Error::FileReplaced { path })) => Err(CommitFailure::Replaced(path)),
            // It may have been replaced, but nobody can tell.
            Err(fault) => {
                let error = commit_error(fault, self.medium.path());
                Err(CommitFailure::Unknown(error))
            }
        }
    }
}

fn commit_error(fault: Fault, path: Option<&Path>) -> StorageError {
    let source: Box<dyn std::error::Error + Send + Sync> = match fault {
        Fault::Engine(redb::Error::Io(error)) => error.into(),
        Fault::Engine(error) => error.into(),
        Fault::Panicked(detail) | Fault::Damaged(detail) => detail.into(),
        Fault::Rule(error) => error.into(),
        Fault::TimedOut => io::Error::from(io::ErrorKind::TimedOut).into(),
    };
    StorageError::new("commit to", path, source)
}
