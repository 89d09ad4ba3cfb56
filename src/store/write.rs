//! Every change the store can make: a row and all its index entries together, in one transaction.

use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};

use super::codec;
use super::entries::{self, Entry};
use super::fault::Fault;
use super::read::{Reads, path_entry};
use super::tables::{Bytes, Index, Tables, WriteTables, meta};
use super::verify;
use crate::session::{Session, SessionId, SessionState};

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
        self.add_entries(&entries::of(session))
    }

    /// Replaces the stored `old` by `new` of the same id. A closed session loses its claim.
    pub(crate) fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        let row = codec::encode(new)?;
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

    /// Removes every session, readable or not, and the chosen default; answers how many there were.
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

    /// Makes every index anew from the rows that can be read.
    pub(super) fn rebuild_indexes(&mut self) -> Result<(), Fault> {
        self.changed = true;
        self.clear_indexes()?;
        for id in self.tables.row_ids()? {
            match self.tables.session(id) {
                // Of two rows with one path the older keeps it, as it would have when it was registered.
                Ok(Some(session)) => {
                    let held = match session.state() {
                        SessionState::Open => {
                            match path_entry(&self.tables, session.project_path())? {
                                Some(id) => self.tables.session(id)?,
                                None => None,
                            }
                        }
                        _ => None,
                    };
                    let wins = held.is_none_or(|held| older(&session, &held));
                    let mut wanted = entries::of(&session);
                    wanted.retain(|entry| wins || entry.index != Index::Path);
                    self.add_entries(&wanted)?;
                }
                Ok(None) | Err(Fault::Damaged(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        self.remove_stray_claims()
    }

    fn remove_stray_claims(&mut self) -> Result<(), Fault> {
        let mut stray = Vec::new();
        for row in self.tables.claims.iter()? {
            let (key, value) = row?;
            if verify::stray_claim(&self.tables, key.value(), value.value())?.is_some() {
                stray.push(key.value().to_vec());
            }
        }
        for key in stray {
            self.tables.claims.remove(key.as_slice())?;
        }
        Ok(())
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

    pub(super) fn put_meta(&mut self, name: &[u8], value: &[u8]) -> Result<(), Fault> {
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
        self.changed = true;
        let id = id.as_uuid().as_bytes().as_slice();
        self.tables.claims.remove(id)?;
        Ok(())
    }

    fn put_row(&mut self, id: SessionId, row: &[u8]) -> Result<(), Fault> {
        self.tables
            .sessions
            .insert(id.as_uuid().as_bytes().as_slice(), row)?;
        Ok(())
    }

    fn add_entries(&mut self, entries: &[Entry]) -> Result<(), Fault> {
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

    fn clear_indexes(&mut self) -> Result<(), Fault> {
        for table in &mut self.tables.indexes {
            table.retain(|_, _| false)?;
        }
        Ok(())
    }
}

fn older(one: &Session, other: &Session) -> bool {
    (one.created_at(), one.id()) < (other.created_at(), other.id())
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
