//! Every table of the file, on one page. Keys and values are plain bytes, so that the engine's own
//! types are no part of the file format.

use redb::{ReadableTable, TableDefinition};

use crate::store::fault::Fault;

pub(in crate::store) type Bytes = &'static [u8];
pub(super) type Definition = TableDefinition<'static, Bytes, Bytes>;

/// Name → bytes; see [`meta`].
pub(in crate::store) const META: Definition = TableDefinition::new("meta");
/// Id (16) → format byte, postcard row; see `session_row`.
pub(in crate::store) const SESSIONS: Definition = TableDefinition::new("sessions");
/// Id (16) → format byte, postcard map: the metadata that is too large for the row; see `session_row`. What does not
/// concern metadata never opens it.
pub(in crate::store) const SESSION_EXTRA: Definition = TableDefinition::new("session_extra");
/// Id (16) → format byte, postcard row; see `claim_row`. Only sessions that are claimed have one.
pub(in crate::store) const CLAIMS: Definition = TableDefinition::new("claims");
/// Revision (8) → format byte, postcard row: what happened, oldest first; see `change_row`. The last key is the revision
/// of the registry.
pub(in crate::store) const CHANGES: Definition = TableDefinition::new("changes");
/// Number (8) → format byte, postcard row: who waits for a slot, first come first; see `waiter_row`.
pub(in crate::store) const WAITERS: Definition = TableDefinition::new("waiters");

/// The secondary indexes. Each holds an entry for every session it is about, and no other. Times and
/// ids take 8 and 16 bytes, a state takes one (see `keys`), and folded names are in lower case.
///
/// The first three and the aliases have tables of their own. The others share the table `session_order`, where their
/// keys begin with one more byte, their number here: in a small registry the entries of a session then
/// stand on one page, and a commit writes that one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Index {
    /// Of the open ones: project path, 0x00, `created_at`, id → empty.
    Path = 0,
    /// Of the open ones: name, 0x00, `created_at`, id → empty.
    Name = 1,
    /// Of the open ones: `created_at`, id → empty.
    Created = 2,
    /// Of the closed ones: project path, 0x00, when closed, id → empty.
    ClosedPath = 3,
    /// Of the closed ones: `created_at`, id → empty.
    ClosedCreated = 4,
    /// State, `last_active_at`, id → empty.
    LastActive = 5,
    /// State, `updated_at`, id → empty.
    Updated = 6,
    /// State, folded name, 0x00, id → empty.
    FoldedName = 7,
    /// Of those closed because their owner died: `last_active_at`, id → empty.
    Interrupted = 8,
    /// Of the open ones: project path, 0x00, `last_active_at`, id → empty.
    RecentOnPath = 9,
    /// One for each tag: tag, 0x00, state, `created_at`, id → empty.
    Tag = 10,
    /// Of those with a parent: its id, state, `created_at`, id → empty.
    Children = 11,
    /// Of the closed ones: project path, 0x00, `created_at`, id → empty.
    ClosedOnPath = 12,
    /// One for each alias: value, 0x00, namespace → id.
    Alias = 13,
}

/// The tables of the indexes.
pub(super) const INDEX_TABLES: [&str; 5] = [
    "session_by_path",
    "session_by_name",
    "session_by_created",
    SESSION_ORDER,
    "session_alias",
];
const SESSION_ORDER: &str = "session_order";

impl Index {
    /// The indexes that share a table.
    pub(super) const SHARING: [Self; 10] = [
        Self::ClosedPath,
        Self::ClosedCreated,
        Self::LastActive,
        Self::Updated,
        Self::FoldedName,
        Self::Interrupted,
        Self::RecentOnPath,
        Self::Tag,
        Self::Children,
        Self::ClosedOnPath,
    ];

    /// One index of every table.
    pub(in crate::store) const TABLES: [Self; INDEX_TABLES.len()] = [
        Self::Path,
        Self::Name,
        Self::Created,
        Self::LastActive,
        Self::Alias,
    ];

    /// Returns the name of its table.
    pub(in crate::store) const fn table(self) -> &'static str {
        match self {
            Self::Path => "session_by_path",
            Self::Name => "session_by_name",
            Self::Created => "session_by_created",
            Self::Alias => "session_alias",
            _ => SESSION_ORDER,
        }
    }

    /// Returns the place of its table in [`INDEX_TABLES`].
    pub(in crate::store) const fn slot(self) -> usize {
        match self {
            Self::Path => 0,
            Self::Name => 1,
            Self::Created => 2,
            Self::Alias => 4,
            _ => 3,
        }
    }

    /// Returns a key: what the keys of this index begin with, and `rest`.
    pub(in crate::store) fn key(self, rest: &[u8]) -> Vec<u8> {
        match self {
            Self::Path | Self::Name | Self::Created | Self::Alias => rest.to_vec(),
            shares => [&[shares as u8], rest].concat(),
        }
    }

    /// Returns the index that an entry of `table` belongs to.
    pub(in crate::store) fn of_entry(table: &str, key: &[u8]) -> Option<Self> {
        [Self::Path, Self::Name, Self::Created, Self::Alias]
            .into_iter()
            .find(|index| index.table() == table)
            .or_else(|| {
                let number = key.first()?;
                Self::SHARING
                    .into_iter()
                    .find(|index| *index as u8 == *number)
            })
    }
}

/// The keys of the `meta` table.
pub(in crate::store) mod meta {
    /// [`MAGIC_VALUE`].
    pub(in crate::store) const MAGIC: &[u8] = b"magic";
    pub(in crate::store) const MAGIC_VALUE: &[u8] = b"session-registry";
    /// u32, big-endian: the schema of every other byte in the file.
    pub(in crate::store) const SCHEMA_VERSION: &[u8] = b"schema_version";
    /// u32, big-endian: the oldest schema version whose code may read this file.
    pub(in crate::store) const MIN_READER: &[u8] = b"min_reader";
    /// u32, big-endian.
    pub(in crate::store) const MAX_SESSIONS: &[u8] = b"max_sessions";
    /// u32, big-endian.
    pub(in crate::store) const MAX_SESSIONS_PER_PROJECT: &[u8] = b"max_sessions_per_project";
    /// u64, big-endian: how many claims were ever made; the last one's epoch.
    pub(in crate::store) const CLAIMS_MADE: &[u8] = b"claims_made";
    /// Id (16); absent while no default is set.
    pub(in crate::store) const DEFAULT_SESSION: &[u8] = b"default_session";
}

pub(in crate::store) fn meta_u32(
    table: &impl ReadableTable<Bytes, Bytes>,
    name: &'static [u8],
) -> Result<Option<u32>, Fault> {
    let Some(value) = table.get(name)? else {
        return Ok(None);
    };
    let bytes = <[u8; 4]>::try_from(value.value()).map_err(|_| {
        Fault::Damaged(format!(
            "the setting {} is not a number",
            name.escape_ascii()
        ))
    })?;
    Ok(Some(u32::from_be_bytes(bytes)))
}

/// The tables of one transaction, for code that reads and does not care which kind it is in.
pub(in crate::store) trait Tables {
    type Table: ReadableTable<Bytes, Bytes>;

    fn meta(&self) -> Result<&Self::Table, Fault>;
    fn sessions(&self) -> Result<&Self::Table, Fault>;
    fn extra(&self) -> Result<&Self::Table, Fault>;
    fn claims(&self) -> Result<&Self::Table, Fault>;
    fn changes(&self) -> Result<&Self::Table, Fault>;
    fn waiters(&self) -> Result<&Self::Table, Fault>;
    fn index(&self, index: Index) -> Result<&Self::Table, Fault>;
}

pub(super) fn absent(index: Index) -> Fault {
    Fault::Damaged(format!("the index {} is not open", index.table()))
}
