//! Which committed state a handle is looking at, told without beginning a transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::StorageBackend;

use crate::store::disk::header::{self, HEADER};

/// Two equal stamps, taken before and after something was read, say that it belongs to the state they
/// stand for; a stamp that is equal later says that this is still the latest acknowledged state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "lives on the stack of one call")]
pub(in crate::store) enum Stamp {
    /// The file's header: every commit of any process writes a new transaction number into it before it
    /// is acknowledged, and numbers never come again. A torn read equals no header that was seen.
    Header([u8; HEADER]),
    /// How many commits this handle began and ended, where nobody else can commit.
    Commits(u64),
}

impl Stamp {
    /// Whether readers are shown the same commit. The whole stamp may differ all the same, while the next commit is
    /// being written.
    pub(in crate::store) fn shows_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Header(one), Self::Header(other)) => header::shown(one) == header::shown(other),
            (one, other) => one == other,
        }
    }

    /// Returns the stamp of a file that other processes write to; `None` when it cannot be read, which is for
    /// the engine to report.
    pub(super) fn of_header(storage: &Arc<dyn StorageBackend>) -> Option<Self> {
        let mut header = [0; HEADER];
        storage.read(0, &mut header).ok()?;
        Some(Self::Header(header))
    }
}

impl Stamp {
    /// Whether there was one commit between that state and this, and no other.
    pub(super) fn is_next_of(&self, before: &Self) -> bool {
        match (before, self) {
            (Self::Commits(before), Self::Commits(after)) => *after == before + 2,
            (Self::Header(before), Self::Header(after)) => {
                let numbers = (header::commit_number(before), header::commit_number(after));
                matches!(numbers, (Some(before), Some(after)) if Some(after) == before.checked_add(1))
            }
            _ => false,
        }
    }
}

/// Counts the commits of a handle: odd while one is under way.
#[derive(Debug, Default)]
pub(super) struct CommitCount(AtomicU64);

impl CommitCount {
    /// Notes that a commit begins; it ends when what this returns is dropped.
    pub(in crate::store) fn begin(&self) -> CommitSpan<'_> {
        self.0.fetch_add(1, Ordering::AcqRel);
        CommitSpan(self)
    }

    /// Returns the stamp of the present state; `None` while a commit is under way: what is read then belongs to either state.
    pub(in crate::store) fn stamp(&self) -> Option<Stamp> {
        let count = self.0.load(Ordering::Acquire);
        count.is_multiple_of(2).then_some(Stamp::Commits(count))
    }
}

pub(super) struct CommitSpan<'a>(&'a CommitCount);

impl Drop for CommitSpan<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_add(1, Ordering::AcqRel);
    }
}
