//! Every change the store can make: a row, all its index entries and what is told of it together, in one transaction.

use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};

use super::happening::Happening;
use super::recorded::Recorded;
use super::touched::Touched;
use crate::session::{Session, SessionId, Timestamp};
use crate::store::fault::Fault;
use crate::store::format::change_row::LoggedKind;
use crate::store::format::claim_row::ClaimRow;
use crate::store::format::entries;
use crate::store::format::head::{Head, MetadataPlace};
use crate::store::format::session_row;
use crate::store::format::tables::{Bytes, Index, Tables, meta};
use crate::store::format::write_tables::WriteTables;

/// A write transaction. An operation checks first and writes then: after its first change it must not
/// fail by a rule, because other operations share the transaction.
pub(crate) struct WriteTx<'txn> {
    recorded: Recorded<'txn>,
}

impl<'txn> WriteTx<'txn> {
    pub(in crate::store) fn new(transaction: &'txn WriteTransaction) -> Self {
        Self {
            recorded: Recorded::new(WriteTables::new(transaction)),
        }
    }

    /// Begins the next call: what it does is told apart from what others did.
    pub(in crate::store) fn begin_call(&mut self) {
        self.recorded.begin_call();
    }

    /// Whether the call has changed anything.
    pub(in crate::store) fn has_changed(&self) -> bool {
        self.recorded.has_changed()
    }

    /// Returns what all calls of the transaction have touched so far.
    pub(in crate::store) fn touched(&self) -> &Touched {
        self.recorded.touched()
    }

    /// Writes what the call has done into the log of changes.
    pub(in crate::store) fn log(&mut self) -> Result<(), Fault> {
        self.recorded.log()
    }

    /// Returns the tables, to do what `happening` says.
    pub(super) fn change(&mut self, happening: Happening) -> &mut WriteTables<'txn> {
        self.recorded.change(happening)
    }

    /// Adds a session whose id and path are free.
    pub(crate) fn insert(&mut self, session: &Session) -> Result<(), Fault> {
        self.add(session, to(session, LoggedKind::Registered))
    }

    /// Adds one of many that come from elsewhere.
    pub(crate) fn take_in(&mut self, session: &Session) -> Result<(), Fault> {
        self.add(session, Happening::Everything)
    }

    fn add(&mut self, session: &Session, happening: Happening) -> Result<(), Fault> {
        let (row, place) = session_row::encode(session)?;
        let tables = self.change(happening);
        tables.put_row(session.id(), &row)?;
        if place == MetadataPlace::Apart {
            tables.put_extra(session)?;
        }
        tables.add_entries(&entries::of(session))
    }

    /// Replaces the stored `old` by `new` of the same id. A closed session loses its claim.
    pub(crate) fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        let (row, place) = session_row::encode(new)?;
        let tables = self.change(to(new, kind_of_change(old, new)));
        tables.put_row(new.id(), &row)?;
        if old.metadata() != new.metadata() {
            match (MetadataPlace::of(old.metadata()), place) {
                (_, MetadataPlace::Apart) => tables.put_extra(new)?,
                (MetadataPlace::Apart, MetadataPlace::InRow) => {
                    tables.remove_extra(new.id().as_uuid().as_bytes())?;
                }
                (MetadataPlace::InRow, MetadataPlace::InRow) => {}
            }
        }
        if !new.state().is_open() {
            tables.remove_claim_row(new.id().as_uuid().as_bytes())?;
        }
        tables.replace_entries(old, new)
    }

    /// Moves the last activity of a session, and nothing else.
    pub(crate) fn set_last_active(&mut self, old: &Head, time: Timestamp) -> Result<(), Fault> {
        let new = old.active_at(time);
        let row = new.encode()?;
        let tables = self.change(to(new.without_extra(), LoggedKind::Active));
        tables.put_row(new.id(), &row)?;
        tables.replace_entries(old.without_extra(), new.without_extra())
    }

    /// Removes the stored `session`, and its claim.
    pub(crate) fn remove(&mut self, session: &Session) -> Result<(), Fault> {
        let id = session.id();
        let tables = self.change(Happening::To(id, LoggedKind::Removed, None));
        tables.remove_row(id)?;
        if MetadataPlace::of(session.metadata()) == MetadataPlace::Apart {
            tables.remove_extra(id.as_uuid().as_bytes())?;
        }
        tables.remove_claim_row(id.as_uuid().as_bytes())?;
        tables.remove_entries(&entries::of(session))
    }

    /// Removes every session, readable or not, and the chosen default; returns how many there were.
    pub(crate) fn clear(&mut self) -> Result<u64, Fault> {
        let removed = self.sessions()?.len()?;
        let is_chosen = self.meta()?.get(meta::DEFAULT_SESSION)?.is_some();
        if removed == 0 && !is_chosen {
            return Ok(0);
        }
        let tables = self.change(Happening::Cleared);
        tables.meta_mut()?.remove(meta::DEFAULT_SESSION)?;
        tables.sessions_mut()?.retain(|_, _| false)?;
        tables.extra_mut()?.retain(|_, _| false)?;
        tables.claims_mut()?.retain(|_, _| false)?;
        tables.clear_indexes()?;
        Ok(removed)
    }

    pub(crate) fn set_max_sessions(&mut self, limit: u32) -> Result<(), Fault> {
        let limit = limit.to_be_bytes();
        self.put_meta(Happening::LimitSet, meta::MAX_SESSIONS, &limit)
    }

    pub(crate) fn set_max_sessions_per_project(&mut self, limit: u32) -> Result<(), Fault> {
        let limit = limit.to_be_bytes();
        self.put_meta(Happening::LimitSet, meta::MAX_SESSIONS_PER_PROJECT, &limit)
    }

    pub(crate) fn set_default_session(&mut self, id: Option<SessionId>) -> Result<(), Fault> {
        let settings = self.change(Happening::DefaultSet(id)).meta_mut()?;
        match id {
            Some(id) => {
                settings.insert(meta::DEFAULT_SESSION, id.as_uuid().as_bytes().as_slice())?
            }
            None => settings.remove(meta::DEFAULT_SESSION)?,
        };
        Ok(())
    }

    pub(in crate::store) fn put_meta(
        &mut self,
        happening: Happening,
        name: &[u8],
        value: &[u8],
    ) -> Result<(), Fault> {
        self.change(happening).meta_mut()?.insert(name, value)?;
        Ok(())
    }

    /// Gives a session to an owner.
    pub(crate) fn put_claim(&mut self, id: SessionId, claim: &ClaimRow) -> Result<(), Fault> {
        self.put_claim_row(id, claim, LoggedKind::Claimed)
    }

    /// Writes what the owner of a session says of itself now. It stays the same claim.
    pub(crate) fn put_report(&mut self, id: SessionId, claim: &ClaimRow) -> Result<(), Fault> {
        self.put_claim_row(id, claim, LoggedKind::Reported)
    }

    fn put_claim_row(
        &mut self,
        id: SessionId,
        claim: &ClaimRow,
        kind: LoggedKind,
    ) -> Result<(), Fault> {
        let row = claim.encode()?;
        let key = id.as_uuid().as_bytes().as_slice();
        let tables = self.change(Happening::To(id, kind, None));
        tables.claims_mut()?.insert(key, row.as_slice())?;
        Ok(())
    }

    /// Removes a claim, if there is one.
    pub(crate) fn remove_claim(&mut self, id: SessionId) -> Result<(), Fault> {
        let key = id.as_uuid().as_bytes().as_slice();
        if self.claims()?.get(key)?.is_none() {
            return Ok(());
        }
        self.change(Happening::To(id, LoggedKind::Released, None))
            .remove_claim_row(key)
    }
}

fn to(session: &Session, kind: LoggedKind) -> Happening {
    Happening::To(session.id(), kind, Some(session.revision()))
}

/// Tells from two states of a session what happened to it between them.
fn kind_of_change(old: &Session, new: &Session) -> LoggedKind {
    match (old.state().is_open(), new.state().is_open()) {
        (true, false) => LoggedKind::Closed,
        (false, true) => LoggedKind::Reopened,
        _ if old.revision() == new.revision() => LoggedKind::Active,
        _ => LoggedKind::Updated,
    }
}

impl<'txn> Tables for WriteTx<'txn> {
    type Table = Table<'txn, Bytes, Bytes>;

    fn meta(&self) -> Result<&Self::Table, Fault> {
        self.recorded.tables().meta()
    }

    fn sessions(&self) -> Result<&Self::Table, Fault> {
        self.recorded.tables().sessions()
    }

    fn extra(&self) -> Result<&Self::Table, Fault> {
        self.recorded.tables().extra()
    }

    fn claims(&self) -> Result<&Self::Table, Fault> {
        self.recorded.tables().claims()
    }

    fn changes(&self) -> Result<&Self::Table, Fault> {
        self.recorded.tables().changes()
    }

    fn waiters(&self) -> Result<&Self::Table, Fault> {
        self.recorded.tables().waiters()
    }

    fn index(&self, index: Index) -> Result<&Self::Table, Fault> {
        self.recorded.tables().index(index)
    }
}
