//! What a user could pick, behind one small trait. All of them keep the same sessions and give the same
//! promises: a write that returned is on the disk, ids and the paths of open sessions are unique, and the
//! number of open sessions is checked against a stored limit in the same transaction.

mod floor;
mod json;
mod lmdb;
mod model;
pub mod ours;
mod row;
mod sqlite;

use std::ops::Range;
use std::path::Path;

use serde::Serialize;
use session_registry::{Session, SessionId, Sharing};

use crate::Outcome;
use crate::sample::{By, Key};

/// Asks one open view, again and again.
pub type Ask<'a> = dyn Fn(By, &Key) -> Outcome<bool> + 'a;

/// One open competitor. Whatever is read is decoded into an owned value and then dropped; the answers only
/// say whether, or how many.
pub trait Registry: Send + Sync {
    fn register(&self, session: &Session) -> Outcome;
    /// Whether it was there.
    fn unregister(&self, id: SessionId) -> Outcome<bool>;
    /// Whether it was found.
    fn find(&self, by: By, key: &Key) -> Outcome<bool>;
    /// Hands `work` a way to ask one consistent view.
    fn in_snapshot(&self, work: &mut dyn FnMut(&Ask<'_>) -> Outcome) -> Outcome;
    /// Reads every session, oldest first.
    fn list_all(&self) -> Outcome<usize>;
    /// Reads the 50 oldest.
    fn first_page(&self) -> Outcome<usize>;
    fn count(&self) -> Outcome<u64>;
    /// Registers many samples in one transaction.
    fn fill(&self, numbers: Range<u64>) -> Outcome;
    /// Reads the first page of those whose name contains what no name does.
    fn page_of_none(&self) -> Outcome<usize> {
        Err("it cannot be asked this".into())
    }
    /// Fails unless all is as it should be.
    fn verify(&self) -> Outcome;
    /// Makes the indexes anew, if anything is wrong with them.
    fn rebuild(&self) -> Outcome {
        Ok(())
    }
    /// Stays in a write transaction until `stay` returns, and changes nothing.
    fn hold(&self, stay: &mut dyn FnMut() -> Outcome) -> Outcome {
        let _ = stay;
        Err("it has no transactions that others could wait for".into())
    }
    /// Gives unused space back, as far as there is a way to.
    fn compact(&self) -> Outcome {
        Ok(())
    }
    fn close(self: Box<Self>) -> Outcome;
}

/// The competitors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Shared,
    Exclusive,
    Sqlite,
    Lmdb,
    Json,
    OneSync,
    TwoSyncs,
    HashMap,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Shared,
        Self::Exclusive,
        Self::Sqlite,
        Self::Lmdb,
        Self::Json,
        Self::OneSync,
        Self::TwoSyncs,
        Self::HashMap,
    ];
    pub const OURS: [Self; 2] = [Self::Shared, Self::Exclusive];

    /// One word, as arguments and directories have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Exclusive => "exclusive",
            Self::Sqlite => "sqlite",
            Self::Lmdb => "lmdb",
            Self::Json => "json",
            Self::OneSync => "one-sync",
            Self::TwoSyncs => "two-syncs",
            Self::HashMap => "hash-map",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Shared => "session-registry, shared",
            Self::Exclusive => "session-registry, exclusive",
            Self::Sqlite => "SQLite (rusqlite)",
            Self::Lmdb => "LMDB (heed)",
            Self::Json => "JSON file",
            Self::OneSync => "floor: write + fdatasync",
            Self::TwoSyncs => "floor: two of them",
            Self::HashMap => "floor: HashMap and lock",
        }
    }

    pub fn from_word(word: &str) -> Outcome<Self> {
        let kind = Self::ALL.into_iter().find(|kind| kind.word() == word);
        kind.ok_or_else(|| format!("there is no competitor {word}").into())
    }

    /// Opens the one in `directory`, or makes it there.
    pub fn open(self, directory: &Path) -> Outcome<Box<dyn Registry>> {
        std::fs::create_dir_all(directory)?;
        Ok(match self {
            Self::Shared => Box::new(ours::Ours::open(directory, Sharing::Shared)?),
            Self::Exclusive => Box::new(ours::Ours::open(directory, Sharing::Exclusive)?),
            Self::Sqlite => Box::new(sqlite::Sqlite::open(directory)?),
            Self::Lmdb => Box::new(lmdb::Lmdb::open(directory)?),
            Self::Json => Box::new(json::Json::open(directory)?),
            Self::OneSync => Box::new(floor::Log::open(directory, 1)?),
            Self::TwoSyncs => Box::new(floor::Log::open(directory, 2)?),
            Self::HashMap => Box::new(floor::Memory::default()),
        })
    }
}
