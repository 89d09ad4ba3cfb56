//! Every change the store can make: a row and all its index entries together, in one transaction.

use redb::{Table, WriteTransaction};

use super::codec;
use super::fault::Fault;
use super::keys;
use super::tables::{Bytes, Tables, WriteTables, meta};
use crate::session::{Session, SessionId};

/// A write transaction. An operation checks first and writes then: after its first change it must not
/// fail by a rule, because other operations share the transaction.
pub(crate) struct WriteTx<'txn> {
    tables: WriteTables<'txn>,
    changed: bool,
}

impl<'txn> WriteTx<'txn> {
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            tables: WriteTables::open(transaction)?,
            changed: false,
        })
    }

    /// Whether anything was changed since [`forget_changes`](Self::forget_changes).
    pub(super) fn has_changed(&self) -> bool {
        self.changed
    }

    pub(super) fn forget_changes(&mut self) {
        self.changed = false;
    }

    /// Adds a session whose id and path are free.
    pub(crate) fn insert(&mut self, session: &Session) -> Result<(), Fault> {
        let row = codec::encode(session)?;
        self.changed = true;
        self.put_row(session.id(), &row)?;
        self.add_index_entries(session)
    }

    /// Replaces the stored `old` by `new` of the same id.
    pub(crate) fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        let row = codec::encode(new)?;
        self.changed = true;
        self.put_row(new.id(), &row)?;
        if old.project_path() == new.project_path()
            && old.name() == new.name()
            && old.created_at() == new.created_at()
        {
            return Ok(());
        }
        self.remove_index_entries(old)?;
        self.add_index_entries(new)
    }

    /// Removes the stored `session`.
    pub(crate) fn remove(&mut self, session: &Session) -> Result<(), Fault> {
        self.changed = true;
        let id = session.id();
        self.tables
            .sessions
            .remove(id.as_uuid().as_bytes().as_slice())?;
        self.remove_index_entries(session)
    }

    /// Removes every session, readable or not, and the chosen default; answers how many there were.
    pub(crate) fn clear(&mut self) -> Result<u64, Fault> {
        use redb::ReadableTableMetadata;

        let removed = self.tables.sessions.len()?;
        let chosen = self.tables.meta.remove(meta::DEFAULT_SESSION)?.is_some();
        if removed == 0 && !chosen {
            return Ok(0);
        }
        self.changed = true;
        for table in [
            &mut self.tables.sessions,
            &mut self.tables.by_path,
            &mut self.tables.by_name,
            &mut self.tables.by_created,
        ] {
            table.retain(|_, _| false)?;
        }
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

    fn put_row(&mut self, id: SessionId, row: &[u8]) -> Result<(), Fault> {
        self.tables
            .sessions
            .insert(id.as_uuid().as_bytes().as_slice(), row)?;
        Ok(())
    }

    fn add_index_entries(&mut self, session: &Session) -> Result<(), Fault> {
        let id = session.id();
        let path = session.project_path().as_str().as_bytes();
        self.tables
            .by_path
            .insert(path, id.as_uuid().as_bytes().as_slice())?;
        let name = keys::name(session.name().as_str(), session.created_at(), id);
        self.tables.by_name.insert(name.as_slice(), [].as_slice())?;
        let created = keys::created(session.created_at(), id);
        self.tables
            .by_created
            .insert(created.as_slice(), [].as_slice())?;
        Ok(())
    }

    fn remove_index_entries(&mut self, session: &Session) -> Result<(), Fault> {
        let id = session.id();
        self.tables
            .by_path
            .remove(session.project_path().as_str().as_bytes())?;
        let name = keys::name(session.name().as_str(), session.created_at(), id);
        self.tables.by_name.remove(name.as_slice())?;
        let created = keys::created(session.created_at(), id);
        self.tables.by_created.remove(created.as_slice())?;
        Ok(())
    }
}

impl<'txn> Tables for WriteTx<'txn> {
    type Table = Table<'txn, Bytes, Bytes>;

    fn meta(&self) -> Result<&Self::Table, Fault> {
        Ok(&self.tables.meta)
    }

    fn sessions(&self) -> Result<&Self::Table, Fault> {
        Ok(&self.tables.sessions)
    }

    fn by_path(&self) -> Result<&Self::Table, Fault> {
        Ok(&self.tables.by_path)
    }

    fn by_name(&self) -> Result<&Self::Table, Fault> {
        Ok(&self.tables.by_name)
    }

    fn by_created(&self) -> Result<&Self::Table, Fault> {
        Ok(&self.tables.by_created)
    }
}
