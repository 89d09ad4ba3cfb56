//! What can go wrong below the rules, and how it is told to callers.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::wait::Wait;
use crate::error::{Error, StorageError};

/// Why a piece of work on the store ended early.
#[derive(Debug)]
pub(crate) enum Fault {
    /// A rule said no, or the error is complete as it is.
    Rule(Error),
    /// A peer did not make way in time.
    TimedOut,
    /// A row, a key or an index entry is not what this crate writes.
    Damaged(String),
    /// The engine panicked, which it does on pages that are not what it wrote.
    Panicked(String),
    /// The engine, or the file system below it, failed.
    Engine(redb::Error),
}

/// Runs `work`, which calls the engine, and turns its panics into [`Fault::Panicked`].
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        let text = payload
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Err(Fault::Panicked(text.unwrap_or_default()))
    })
}

/// Takes damage for an answer, and any other fault for a failure.
pub(in crate::store) fn damage<V>(
    result: Result<V, Fault>,
) -> Result<(Option<V>, Option<String>), Fault> {
    match result {
        Ok(value) => Ok((Some(value), None)),
        Err(Fault::Damaged(detail)) => Ok((None, Some(detail))),
        Err(fault) => Err(fault),
    }
}

/// Marks the I/O error of a lock wait that ran into its deadline.
#[derive(Debug, thiserror::Error)]
#[error("a peer kept the file locked past the deadline")]
pub(in crate::store) struct DeadlinePassed;

pub(in crate::store) fn is_deadline(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<DeadlinePassed>())
}

/// Whether somebody else has locked the bytes. Storage says it so where locks keep others from reading.
fn is_locked(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ResourceBusy
}

/// Who asked for what, for the error text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) action: &'static str,
    pub(super) path: Option<&'a Path>,
    pub(super) wait: Wait,
}

impl Fault {
    /// Returns what is damaged, if that is what went wrong.
    pub(super) fn damage(&self) -> Option<String> {
        match self {
            Self::Damaged(detail) => Some(detail.clone()),
            Self::Panicked(detail) => Some(unknown_page(detail)),
            Self::Engine(redb::Error::Corrupted(detail)) => Some(detail.clone()),
            Self::Engine(error) => wrong_table(error),
            Self::Rule(_) | Self::TimedOut => None,
        }
    }

    /// Whether the engine may refuse further work until it is reopened.
    pub(super) fn breaks_engine(&self) -> bool {
        match self {
            Self::Rule(_) | Self::TimedOut | Self::Damaged(_) => false,
            Self::Panicked(_) => true,
            Self::Engine(redb::Error::Io(error)) => !is_deadline(error) && !is_locked(error),
            Self::Engine(redb::Error::WouldBlock) => false,
            Self::Engine(_) => true,
        }
    }

    /// Whether the engine refused only because of an earlier failure, so that reopening it and asking
    /// again may succeed.
    pub(super) fn is_stale_engine(&self) -> bool {
        matches!(
            self,
            Self::Engine(
                redb::Error::PreviousIo
                    | redb::Error::DatabaseClosed
                    | redb::Error::LockPoisoned(_)
            )
        )
    }

    /// Whether somebody else was in the way who may be gone a moment later.
    pub(super) fn is_a_peer(&self) -> bool {
        match self {
            Self::TimedOut | Self::Engine(redb::Error::DatabaseAlreadyOpen) => true,
            Self::Engine(redb::Error::Io(error)) => is_deadline(error) || is_locked(error),
            _ => false,
        }
    }

    /// Whether bytes could not be read because somebody else has locked them, where locks do that.
    pub(super) fn is_locked(&self) -> bool {
        matches!(self, Self::Engine(redb::Error::Io(error)) if is_locked(error))
    }

    pub(super) fn into_error(self, context: Context<'_>) -> Error {
        let path = || context.path.map(Path::to_path_buf);
        let corrupted = |detail: String| Error::Corrupted {
            path: path(),
            detail,
        };
        match self {
            Self::Rule(error) => error,
            Self::TimedOut => context.busy(),
            Self::Damaged(detail) => corrupted(detail),
            Self::Panicked(detail) => corrupted(unknown_page(&detail)),
            Self::Engine(error) => match error {
                error if wrong_table(&error).is_some() => {
                    corrupted(wrong_table(&error).unwrap_or_default())
                }
                redb::Error::Io(io) if is_deadline(&io) || is_locked(&io) => context.busy(),
                redb::Error::Io(io)
                    if matches!(
                        io.kind(),
                        std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData
                    ) =>
                {
                    corrupted(io.to_string())
                }
                redb::Error::Io(io) => context.storage(io),
                redb::Error::Corrupted(detail) => corrupted(detail),
                redb::Error::DatabaseAlreadyOpen | redb::Error::TransactionInProgress => {
                    Error::InUse {
                        path: context.owned_path(),
                    }
                }
                redb::Error::LockProtocolMismatch => Error::IncompatiblePeer {
                    path: context.owned_path(),
                },
                redb::Error::UpgradeRequired(_) => Error::NotARegistry {
                    path: context.owned_path(),
                },
                redb::Error::Unsupported => Error::SharingUnsupported {
                    path: context.owned_path(),
                },
                error => context.storage(error),
            },
        }
    }
}

/// How much of a name is shown that comes from a file.
const LONGEST_NAME: usize = 64;

/// Which table is not one of this crate's, and how, if that is what went wrong. Its name may be anything.
fn wrong_table(error: &redb::Error) -> Option<String> {
    let (name, problem) = match error {
        redb::Error::TableDoesNotExist(name) => (name, "is missing"),
        redb::Error::TableTypeMismatch { table, .. } => (table, "holds values of another type"),
        redb::Error::TableIsMultimap(name) => (name, "holds several values for a key"),
        redb::Error::TableIsNotMultimap(name) => (name, "holds one value for a key"),
        redb::Error::TypeDefinitionChanged { .. } => {
            return Some("a table holds values of another width".into());
        }
        _ => return None,
    };
    let shown: String = name.chars().take(LONGEST_NAME).collect();
    let cut = if shown.len() < name.len() { "..." } else { "" };
    Some(format!("the table {shown:?}{cut} {problem}"))
}

fn unknown_page(detail: &str) -> String {
    format!("the engine met a page it did not write ({detail})")
}

impl Context<'_> {
    pub(super) fn busy(&self) -> Error {
        Error::Busy {
            waited: self.wait.started.elapsed(),
        }
    }

    pub(super) fn storage(
        &self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Error {
        Error::Storage(StorageError::new(self.action, self.path, source))
    }

    fn owned_path(&self) -> PathBuf {
        self.path.map(Path::to_path_buf).unwrap_or_default()
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Rule(error)
    }
}

macro_rules! from_engine {
    ($($error:ty),+) => {$(
        impl From<$error> for Fault {
            fn from(error: $error) -> Self {
                Self::Engine(error.into())
            }
        }
    )+};
}
from_engine!(
    redb::DatabaseError,
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::CompactionError,
    redb::BackendError,
    std::io::Error
);
