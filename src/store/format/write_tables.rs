//! The tables of a write transaction.

use std::cell::OnceCell;

use redb::{Table, TableHandle, WriteTransaction};

use super::tables::{
    Bytes, CHANGES, CLAIMS, Definition, INDEX_TABLES, Index, META, SESSION_EXTRA, SESSIONS, Tables,
    WAITERS, absent,
};
use crate::store::fault::Fault;

pub(in crate::store) type WriteTable<'txn> = Table<'txn, Bytes, Bytes>;

/// A table that is opened when it is first needed: what is never opened costs nothing.
struct LazyWriteTable<'txn> {
    definition: Definition,
    table: OnceCell<WriteTable<'txn>>,
}

impl<'txn> LazyWriteTable<'txn> {
    const fn new(definition: Definition) -> Self {
        let table = OnceCell::new();
        Self { definition, table }
    }

    fn open(&self, transaction: &'txn WriteTransaction) -> Result<&WriteTable<'txn>, Fault> {
        if let Some(table) = self.table.get() {
            return Ok(table);
        }
        let table = transaction.open_table(self.definition)?;
        Ok(self.table.get_or_init(|| table))
    }

    fn open_mut(
        &mut self,
        transaction: &'txn WriteTransaction,
    ) -> Result<&mut WriteTable<'txn>, Fault> {
        self.open(transaction)?;
        let opened = self.table.get_mut();
        opened.ok_or_else(|| Fault::Damaged(format!("{} is not open", self.definition.name())))
    }
}

/// The tables of a write transaction, each open for writing once it was asked for.
pub(in crate::store) struct WriteTables<'txn> {
    meta: LazyWriteTable<'txn>,
    sessions: LazyWriteTable<'txn>,
    extra: LazyWriteTable<'txn>,
    claims: LazyWriteTable<'txn>,
    changes: LazyWriteTable<'txn>,
    waiters: LazyWriteTable<'txn>,
    indexes: [LazyWriteTable<'txn>; INDEX_TABLES.len()],
    transaction: &'txn WriteTransaction,
}

impl<'txn> WriteTables<'txn> {
    pub(in crate::store) fn new(transaction: &'txn WriteTransaction) -> Self {
        Self {
            meta: LazyWriteTable::new(META),
            sessions: LazyWriteTable::new(SESSIONS),
            extra: LazyWriteTable::new(SESSION_EXTRA),
            claims: LazyWriteTable::new(CLAIMS),
            changes: LazyWriteTable::new(CHANGES),
            waiters: LazyWriteTable::new(WAITERS),
            indexes: INDEX_TABLES.map(|table| LazyWriteTable::new(Definition::new(table))),
            transaction,
        }
    }

    pub(in crate::store) fn meta_mut(&mut self) -> Result<&mut WriteTable<'txn>, Fault> {
        self.meta.open_mut(self.transaction)
    }

    pub(in crate::store) fn sessions_mut(&mut self) -> Result<&mut WriteTable<'txn>, Fault> {
        self.sessions.open_mut(self.transaction)
    }

    pub(in crate::store) fn extra_mut(&mut self) -> Result<&mut WriteTable<'txn>, Fault> {
        self.extra.open_mut(self.transaction)
    }

    pub(in crate::store) fn claims_mut(&mut self) -> Result<&mut WriteTable<'txn>, Fault> {
        self.claims.open_mut(self.transaction)
    }

    pub(in crate::store) fn changes_mut(&mut self) -> Result<&mut WriteTable<'txn>, Fault> {
        self.changes.open_mut(self.transaction)
    }

    pub(in crate::store) fn waiters_mut(&mut self) -> Result<&mut WriteTable<'txn>, Fault> {
        self.waiters.open_mut(self.transaction)
    }

    pub(in crate::store) fn index_mut(
        &mut self,
        index: Index,
    ) -> Result<&mut WriteTable<'txn>, Fault> {
        let table = self.indexes.get_mut(index.slot());
        let table = table.ok_or_else(|| absent(index))?;
        table.open_mut(self.transaction)
    }
}

impl<'txn> Tables for WriteTables<'txn> {
    type Table = WriteTable<'txn>;

    fn meta(&self) -> Result<&Self::Table, Fault> {
        self.meta.open(self.transaction)
    }

    fn sessions(&self) -> Result<&Self::Table, Fault> {
        self.sessions.open(self.transaction)
    }

    fn extra(&self) -> Result<&Self::Table, Fault> {
        self.extra.open(self.transaction)
    }

    fn claims(&self) -> Result<&Self::Table, Fault> {
        self.claims.open(self.transaction)
    }

    fn changes(&self) -> Result<&Self::Table, Fault> {
        self.changes.open(self.transaction)
    }

    fn waiters(&self) -> Result<&Self::Table, Fault> {
        self.waiters.open(self.transaction)
    }

    fn index(&self, index: Index) -> Result<&Self::Table, Fault> {
        let table = self.indexes.get(index.slot());
        let table = table.ok_or_else(|| absent(index))?;
        table.open(self.transaction)
    }
}
