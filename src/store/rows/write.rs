//! Every change the store can make: a row and all its index entries together, in one transaction.

use redb::{ReadableTableMetadata, Table, WriteTransaction};

use crate::session::{Session, SessionId};
use crate::store::fault::Fault;
use crate::store::format::entries::{self, Entry};
use crate::store::format::session_row;
use crate::store::format::tables::{Bytes, Index, Tables, WriteTables, meta};

/// A write transaction. An operation checks first and writes then: after its first change it must not
/// fail by a rule, because other operations share the transaction.
pub(crate) struct WriteTx<'txn> {
    tables: WriteTables<'txn>,
    changed: bool,
}

impl<'txn> WriteTx<'txn> {
    pub(in crate::store) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            tables: WriteTables::open(transaction)?,
            changed: false,
        })
    }

    /// Whether anything was changed since [`forget_changes`](Self::forget_changes).
    pub(in crate::store) fn has_changed(&self) -> bool {
        self.changed
    }

    pub(in crate::store) fn forget_changes(&mut self) {
        self.changed = false;
    }

    /// Adds a session whose id and path are free.
    pub(crate) fn insert(&mut self, session: &Session) -> Result<(), Fault> {
        let row = session_row::encode(session)?;
        self.changed = true;
        self.put_row(session.id(), &row)?;
        self.add_entries(&entries::of(session))
    }

    /// Replaces the stored `old` by `new` of the same id. A closed session loses its claim.
    pub(crate) fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        let row = session_row::encode(new)?;
        self.changed = true;
        self.put_row(new.id(), &row)?;
        if !new.state().is_open() {
            self.remove_claim(new.id())?;
        }
        let (mut gone, mut come) = (entries::of(old), entries::of(new));
        let stay: Vec<_> = gone.extract_if(.., |entry| come.contains(entry)).collect();
        come.retain(|entry| !stay.contains(entry));
        self.remove_entries(&gone)?;
        self.add_entries(&come)
    }

    /// Removes the stored `session`, and its claim.
    pub(crate) fn remove(&mut self, session: &Session) -> Result<(), Fault> {
        self.changed = true;
        let id = session.id();
        self.tables
            .sessions
            .remove(id.as_uuid().as_bytes().as_slice())?;
        self.remove_claim(id)?;
        self.remove_entries(&entries::of(session))
    }

    /// Removes every session, readable or not, and the chosen default; returns how many there were.
    pub(crate) fn clear(&mut self) -> Result<u64, Fault> {
        let removed = self.tables.sessions.len()?;
        let chosen = self.tables.meta.remove(meta::DEFAULT_SESSION)?.is_some();
        if removed == 0 && !chosen {
            return Ok(0);
        }
        self.changed = true;
        self.tables.sessions.retain(|_, _| false)?;
        self.tables.claims.retain(|_, _| false)?;
        self.clear_indexes()?;
        Ok(removed)
    }

    pub(crate) fn set_max_sessions(&mut self, limit: u32) -> Result<(), Fault> {
        self.changed = true;
        self.tables
            .meta
            .insert(meta::MAX_SESSIONS, limit.to_be_bytes().as_slice())?;
        Ok(())
    }

    pub(crate) fn set_default_session(&mut self, id: Option<SessionId>) -> Result<(), Fault> {
        self.changed = true;
        match id {
            Some(id) => {
                let id: &[u8] = id.as_uuid().as_bytes();
                self.tables.meta.insert(meta::DEFAULT_SESSION, id)?;
            }
            None => {
                self.tables.meta.remove(meta::DEFAULT_SESSION)?;
            }
        }
        Ok(())
    }

    pub(in crate::store) fn put_meta(&mut self, name: &[u8], value: &[u8]) -> Result<(), Fault> {
        self.changed = true;
        self.tables.meta.insert(name, value)?;
        Ok(())
    }

    pub(super) fn put_claim_row(&mut self, id: SessionId, row: &[u8]) -> Result<(), Fault> {
        self.changed = true;
        let id = id.as_uuid().as_bytes().as_slice();
        self.tables.claims.insert(id, row)?;
        Ok(())
    }

    pub(crate) fn remove_claim(&mut self, id: SessionId) -> Result<(), Fault> {
        self.remove_claim_row(id.as_uuid().as_bytes())
    }

    /// Removes a claim by its key, be that the id of a session or not.
    pub(super) fn remove_claim_row(&mut self, key: &[u8]) -> Result<(), Fault> {
        self.changed = true;
        self.tables.claims.remove(key)?;
        Ok(())
    }

    fn put_row(&mut self, id: SessionId, row: &[u8]) -> Result<(), Fault> {
        self.tables
            .sessions
            .insert(id.as_uuid().as_bytes().as_slice(), row)?;
        Ok(())
    }

    pub(super) fn add_entries(&mut self, entries: &[Entry]) -> Result<(), Fault> {
        self.changed = true;
        for entry in entries {
            let table = self.tables.index_mut(entry.index)?;
            table.insert(entry.key.as_slice(), entry.value_bytes())?;
        }
        Ok(())
    }

    fn remove_entries(&mut self, entries: &[Entry]) -> Result<(), Fault> {
        for entry in entries {
            self.tables
                .index_mut(entry.index)?
                .remove(entry.key.as_slice())?;
        }
        Ok(())
    }

    pub(super) fn clear_indexes(&mut self) -> Result<(), Fault> {
        self.changed = true;
        for table in &mut self.tables.indexes {
            table.retain(|_, _| false)?;
        }
        Ok(())
    }
}

impl<'txn> Tables for WriteTx<'txn> {
    type Table = Table<'txn, Bytes, Bytes>;

    fn meta(&self) -> Result<&Self::Table, Fault> {
        self.tables.meta()
    }

    fn sessions(&self) -> Result<&Self::Table, Fault> {
        self.tables.sessions()
    }

    fn claims(&self) -> Result<&Self::Table, Fault> {
        self.tables.claims()
    }

    fn index(&self, index: Index) -> Result<&Self::Table, Fault> {
        self.tables.index(index)
    }
}
