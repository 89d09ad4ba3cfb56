//! The tables of a read transaction.

use std::sync::OnceLock;

use redb::{ReadOnlyTable, ReadTransaction, TableDefinition};

use super::tables::{
    Bytes, CHANGES, CLAIMS, Definition, INDEX_TABLES, Index, META, SESSION_EXTRA, SESSIONS, Tables,
    WAITERS, absent,
};
use crate::store::fault::Fault;

type LazyTable = OnceLock<ReadOnlyTable<Bytes, Bytes>>;

/// A read transaction and the tables of it that were asked for so far.
pub(in crate::store) struct ReadTables {
    meta: LazyTable,
    sessions: LazyTable,
    extra: LazyTable,
    claims: LazyTable,
    changes: LazyTable,
    waiters: LazyTable,
    indexes: [LazyTable; INDEX_TABLES.len()],
    // Last, so that the tables go first.
    transaction: ReadTransaction,
}

impl ReadTables {
    pub(in crate::store) fn new(transaction: ReadTransaction) -> Self {
        Self {
            meta: OnceLock::new(),
            sessions: OnceLock::new(),
            extra: OnceLock::new(),
            claims: OnceLock::new(),
            changes: OnceLock::new(),
            waiters: OnceLock::new(),
            indexes: [const { OnceLock::new() }; INDEX_TABLES.len()],
            transaction,
        }
    }

    pub(in crate::store) fn transaction(&self) -> &ReadTransaction {
        &self.transaction
    }

    fn table<'a>(
        &self,
        kept: &'a LazyTable,
        definition: Definition,
    ) -> Result<&'a ReadOnlyTable<Bytes, Bytes>, Fault> {
        if let Some(table) = kept.get() {
            return Ok(table);
        }
        let table = self.transaction.open_table(definition)?;
        Ok(kept.get_or_init(|| table))
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

    fn extra(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.extra, SESSION_EXTRA)
    }

    fn claims(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.claims, CLAIMS)
    }

    fn changes(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.changes, CHANGES)
    }

    fn waiters(&self) -> Result<&Self::Table, Fault> {
        self.table(&self.waiters, WAITERS)
    }

    fn index(&self, index: Index) -> Result<&Self::Table, Fault> {
        let kept = self
            .indexes
            .get(index.slot())
            .ok_or_else(|| absent(index))?;
        self.table(kept, TableDefinition::new(index.table()))
    }
}
