//! Every table of the file, on one page. Keys and values are plain bytes, so that the engine's own
//! types are no part of the file format.

use std::sync::OnceLock;

use redb::{
    ReadOnlyTable, ReadTransaction, ReadableTable, Table, TableDefinition, WriteTransaction,
};

use super::fault::Fault;

pub(super) type Bytes = &'static [u8];
pub(super) type Definition = TableDefinition<'static, Bytes, Bytes>;

/// Name → bytes; see [`meta`].
pub(super) const META: Definition = TableDefinition::new("meta");
/// Id (16) → format byte, postcard row; see `codec`.
pub(super) const SESSIONS: Definition = TableDefinition::new("sessions");
/// Project path, UTF-8 → id (16).
pub(super) const BY_PATH: Definition = TableDefinition::new("session_by_path");
/// Name, 0x00, `created_at` (8), id (16) → empty.
pub(super) const BY_NAME: Definition = TableDefinition::new("session_by_name");
/// `created_at` (8), id (16) → empty.
pub(super) const BY_CREATED: Definition = TableDefinition::new("session_by_created");

/// The keys of the `meta` table.
pub(super) mod meta {
    /// [`MAGIC_VALUE`].
    pub(in crate::store) const MAGIC: &[u8] = b"magic";
    pub(in crate::store) const MAGIC_VALUE: &[u8] = b"session-registry";
    /// u32, big-endian: the schema of every other byte in the file.
    pub(in crate::store) const SCHEMA_VERSION: &[u8] = b"schema_version";
    /// u32, big-endian: the oldest schema version whose code may read this file.
    pub(in crate::store) const MIN_READER: &[u8] = b"min_reader";
    /// u32, big-endian.
    pub(in crate::store) const MAX_SESSIONS: &[u8] = b"max_sessions";
    /// Id (16); absent while no default is set.
    pub(in crate::store) const DEFAULT_SESSION: &[u8] = b"default_session";
}

/// The tables of one transaction, for code that reads and does not care which kind it is in.
pub(super) trait Tables {
    type Table: ReadableTable<Bytes, Bytes>;

    fn meta(&self) -> Result<&Self::Table, Fault>;
    fn sessions(&self) -> Result<&Self::Table, Fault>;
    fn by_path(&self) -> Result<&Self::Table, Fault>;
    fn by_name(&self) -> Result<&Self::Table, Fault>;
    fn by_created(&self) -> Result<&Self::Table, Fault>;
}

/// A read transaction and the tables of it that were asked for so far.
pub(super) struct ReadTables {
    meta: OnceLock<ReadOnlyTable<Bytes, Bytes>>,
    sessions: OnceLock<ReadOnlyTable<Bytes, Bytes>>,
    by_path: OnceLock<ReadOnlyTable<Bytes, Bytes>>,
    by_name: OnceLock<ReadOnlyTable<Bytes, Bytes>>,
    by_created: OnceLock<ReadOnlyTable<Bytes, Bytes>>,
    // Last, so that the tables go first.
    transaction: ReadTransaction,
}

impl ReadTables {
    pub(super) fn new(transaction: ReadTransaction) -> Self {
        Self {
            meta: OnceLock::new(),
            sessions: OnceLock::new(),
            by_path: OnceLock::new(),
            by_name: OnceLock::new(),
            by_created: OnceLock::new(),
            transaction,
        }
    }

    fn table<'a>(
        &self,
        slot: &'a OnceLock<ReadOnlyTable<Bytes, Bytes>>,
        definition: Definition,
    ) -> Result<&'a ReadOnlyTable<Bytes, Bytes>, Fault> {
        if let Some(table) = slot.get() {
            return Ok(table);
        }
        let table = self.transaction.open_table(definition)?;
        Ok(slot.get_or_init(|| table))
    }
}

impl Tables for ReadTables {
    type Table = ReadOnlyTable<Bytes, Bytes>;

    fn meta(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.meta, META)
    }

    fn sessions(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.sessions, SESSIONS)
    }

    fn by_path(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.by_path, BY_PATH)
    }

    fn by_name(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.by_name, BY_NAME)
    }

    fn by_created(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.by_created, BY_CREATED)
    }
}

/// All tables of a write transaction, open for writing.
pub(super) struct WriteTables<'txn> {
    pub(super) meta: Table<'txn, Bytes, Bytes>,
    pub(super) sessions: Table<'txn, Bytes, Bytes>,
    pub(super) by_path: Table<'txn, Bytes, Bytes>,
    pub(super) by_name: Table<'txn, Bytes, Bytes>,
    pub(super) by_created: Table<'txn, Bytes, Bytes>,
}

impl<'txn> WriteTables<'txn> {
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            meta: transaction.open_table(META)?,
            sessions: transaction.open_table(SESSIONS)?,
            by_path: transaction.open_table(BY_PATH)?,
            by_name: transaction.open_table(BY_NAME)?,
            by_created: transaction.open_table(BY_CREATED)?,
        })
    }
}
