//! The parts of which a session is stored, written one by one.

use crate::session::{Session, SessionId};
use crate::store::fault::Fault;
use crate::store::format::entries::{self, Entry};
use crate::store::format::session_row;
use crate::store::format::tables::Index;
use crate::store::format::write_tables::WriteTables;

impl WriteTables<'_> {
    pub(super) fn put_row(&mut self, id: SessionId, row: &[u8]) -> Result<(), Fault> {
        let key = id.as_uuid().as_bytes().as_slice();
        self.sessions_mut()?.insert(key, row)?;
        Ok(())
    }

    pub(super) fn remove_row(&mut self, id: SessionId) -> Result<(), Fault> {
        let key = id.as_uuid().as_bytes().as_slice();
        self.sessions_mut()?.remove(key)?;
        Ok(())
    }

    pub(super) fn put_extra(&mut self, session: &Session) -> Result<(), Fault> {
        let extra = session_row::encode_extra(session)?;
        let id = session.id();
        let key = id.as_uuid().as_bytes().as_slice();
        self.extra_mut()?.insert(key, extra.as_slice())?;
        Ok(())
    }

    /// Removes metadata by its key, be that the id of a session or not.
    pub(super) fn remove_extra(&mut self, key: &[u8]) -> Result<(), Fault> {
        self.extra_mut()?.remove(key)?;
        Ok(())
    }

    /// Removes a claim by its key, be that the id of a session or not.
    pub(super) fn remove_claim_row(&mut self, key: &[u8]) -> Result<(), Fault> {
        self.claims_mut()?.remove(key)?;
        Ok(())
    }

    pub(super) fn replace_entries(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        let (mut gone, mut come) = (entries::of(old), entries::of(new));
        let stay: Vec<_> = gone.extract_if(.., |entry| come.contains(entry)).collect();
        come.retain(|entry| !stay.contains(entry));
        self.remove_entries(&gone)?;
        self.add_entries(&come)
    }

    pub(super) fn add_entries(&mut self, entries: &[Entry]) -> Result<(), Fault> {
        for entry in entries {
            let table = self.index_mut(entry.index)?;
            table.insert(entry.key.as_slice(), entry.value_bytes())?;
        }
        Ok(())
    }

    pub(super) fn remove_entries(&mut self, entries: &[Entry]) -> Result<(), Fault> {
        for entry in entries {
            self.index_mut(entry.index)?.remove(entry.key.as_slice())?;
        }
        Ok(())
    }

    pub(super) fn clear_indexes(&mut self) -> Result<(), Fault> {
        for index in Index::TABLES {
            self.index_mut(index)?.retain(|_, _| false)?;
        }
        Ok(())
    }
}
