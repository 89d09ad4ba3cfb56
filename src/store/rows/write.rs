//! Every change the store can make: a row and all its index entries together, in one transaction.

use redb::{ReadableTableMetadata, Table, WriteTransaction};

use crate::session::{Session, SessionId, Timestamp};
use crate::store::fault::Fault;
use crate::store::format::entries::{self, Entry};
use crate::store::format::head::{Head, MetadataPlace};
use crate::store::format::session_row;
use crate::store::format::tables::{Bytes, Index, Tables, meta};
use crate::store::format::write_tables::WriteTables;

/// A write transaction. An operation checks first and writes then: after its first change it must not
/// fail by a rule, because other operations share the transaction.
pub(crate) struct WriteTx<'txn> {
    tables: WriteTables<'txn>,
    changed: bool,
}

impl<'txn> WriteTx<'txn> {
    pub(in crate::store) fn new(transaction: &'txn WriteTransaction) -> Self {
        Self {
            tables: WriteTables::new(transaction),
            changed: false,
        }
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
        let (row, place) = session_row::encode(session)?;
        self.changed = true;
        self.put_row(session.id(), &row)?;
        if place == MetadataPlace::Apart {
            self.put_extra(session)?;
        }
        self.add_entries(&entries::of(session))
    }

    /// Replaces the stored `old` by `new` of the same id. A closed session loses its claim.
    pub(crate) fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        let (row, place) = session_row::encode(new)?;
        self.changed = true;
        self.put_row(new.id(), &row)?;
        if old.metadata() != new.metadata() {
            match (MetadataPlace::of(old.metadata()), place) {
                (_, MetadataPlace::Apart) => self.put_extra(new)?,
                (MetadataPlace::Apart, MetadataPlace::InRow) => self.remove_extra(new.id())?,
                (MetadataPlace::InRow, MetadataPlace::InRow) => {}
            }
        }
        if !new.state().is_open() {
            self.remove_claim(new.id())?;
        }
        self.replace_entries(old, new)
    }

    /// Moves the last activity of a session, and nothing else.
    pub(crate) fn set_last_active(&mut self, old: &Head, time: Timestamp) -> Result<(), Fault> {
        let new = old.active_at(time);
        let row = new.encode()?;
        self.changed = true;
        self.put_row(new.id(), &row)?;
        self.replace_entries(old.without_extra(), new.without_extra())
    }

    fn replace_entries(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
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
            .sessions_mut()?
            .remove(id.as_uuid().as_bytes().as_slice())?;
        if MetadataPlace::of(session.metadata()) == MetadataPlace::Apart {
            self.remove_extra(id)?;
        }
        self.remove_claim(id)?;
        self.remove_entries(&entries::of(session))
    }

    /// Removes every session, readable or not, and the chosen default; returns how many there were.
    pub(crate) fn clear(&mut self) -> Result<u64, Fault> {
        let removed = self.tables.sessions()?.len()?;
        let chosen = self.tables.meta_mut()?;
        let chosen = chosen.remove(meta::DEFAULT_SESSION)?.is_some();
        if removed == 0 && !chosen {
            return Ok(0);
        }
        self.changed = true;
        self.tables.sessions_mut()?.retain(|_, _| false)?;
        self.tables.extra_mut()?.retain(|_, _| false)?;
        self.tables.claims_mut()?.retain(|_, _| false)?;
        self.clear_indexes()?;
        Ok(removed)
    }

    pub(crate) fn set_max_sessions(&mut self, limit: u32) -> Result<(), Fault> {
        self.put_meta(meta::MAX_SESSIONS, &limit.to_be_bytes())
    }

    pub(crate) fn set_max_sessions_per_project(&mut self, limit: u32) -> Result<(), Fault> {
        self.put_meta(meta::MAX_SESSIONS_PER_PROJECT, &limit.to_be_bytes())
    }

    pub(crate) fn set_default_session(&mut self, id: Option<SessionId>) -> Result<(), Fault> {
        self.changed = true;
        match id {
            Some(id) => self.put_meta(meta::DEFAULT_SESSION, id.as_uuid().as_bytes()),
            None => {
                self.tables.meta_mut()?.remove(meta::DEFAULT_SESSION)?;
                Ok(())
            }
        }
    }

    pub(in crate::store) fn put_meta(&mut self, name: &[u8], value: &[u8]) -> Result<(), Fault> {
        self.changed = true;
        self.tables.meta_mut()?.insert(name, value)?;
        Ok(())
    }

    pub(super) fn put_claim_row(&mut self, id: SessionId, row: &[u8]) -> Result<(), Fault> {
        self.changed = true;
        let id = id.as_uuid().as_bytes().as_slice();
        self.tables.claims_mut()?.insert(id, row)?;
        Ok(())
    }

    pub(crate) fn remove_claim(&mut self, id: SessionId) -> Result<(), Fault> {
        self.remove_claim_row(id.as_uuid().as_bytes())
    }

    /// Removes a claim by its key, be that the id of a session or not.
    pub(super) fn remove_claim_row(&mut self, key: &[u8]) -> Result<(), Fault> {
        self.changed = true;
        self.tables.claims_mut()?.remove(key)?;
        Ok(())
    }

    fn put_extra(&mut self, session: &Session) -> Result<(), Fault> {
        let extra = session_row::encode_extra(session)?;
        let id = session.id();
        let id = id.as_uuid().as_bytes().as_slice();
        self.tables.extra_mut()?.insert(id, extra.as_slice())?;
        Ok(())
    }

    fn remove_extra(&mut self, id: SessionId) -> Result<(), Fault> {
        self.remove_extra_row(id.as_uuid().as_bytes())
    }

    /// Removes metadata by its key, be that the id of a session or not.
    pub(super) fn remove_extra_row(&mut self, key: &[u8]) -> Result<(), Fault> {
        self.changed = true;
        self.tables.extra_mut()?.remove(key)?;
        Ok(())
    }

    fn put_row(&mut self, id: SessionId, row: &[u8]) -> Result<(), Fault> {
        self.tables
            .sessions_mut()?
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
        for index in Index::TABLES {
            self.tables.index_mut(index)?.retain(|_, _| false)?;
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

    fn extra(&self) -> Result<&Self::Table, Fault> {
        self.tables.extra()
    }

    fn claims(&self) -> Result<&Self::Table, Fault> {
        self.tables.claims()
    }

    fn index(&self, index: Index) -> Result<&Self::Table, Fault> {
        self.tables.index(index)
    }
}
