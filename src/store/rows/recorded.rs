//! The tables of a write transaction, which nobody changes without saying what happens.

use super::happening::{Happening, Happenings};
use super::indexed;
use super::log;
use super::touched::Touched;
use crate::session::SessionId;
use crate::store::fault::Fault;
use crate::store::format::change_row::{ChangeRow, LoggedKind};
use crate::store::format::write_tables::WriteTables;

/// Tables, and what the call that is being decided has done to them. They are reached for writing by saying what
/// happens, so that no write is left out of the log.
pub(super) struct Recorded<'txn> {
    tables: WriteTables<'txn>,
    call: Happenings,
    /// By all calls so far.
    touched: Touched,
}

impl<'txn> Recorded<'txn> {
    pub(super) fn new(tables: WriteTables<'txn>) -> Self {
        Self {
            tables,
            call: Happenings::default(),
            touched: Touched::none(),
        }
    }

    pub(super) fn tables(&self) -> &WriteTables<'txn> {
        &self.tables
    }

    /// Returns the tables, to do what `happening` says.
    pub(super) fn change(&mut self, happening: Happening) -> &mut WriteTables<'txn> {
        self.call.add(happening);
        self.touched.add(happening);
        &mut self.tables
    }

    /// Returns what all calls of the transaction have touched so far.
    pub(super) fn touched(&self) -> &Touched {
        &self.touched
    }

    /// Forgets what was done so far: another call begins.
    pub(super) fn begin_call(&mut self) {
        self.call.clear();
    }

    /// Whether the call has done anything.
    pub(super) fn has_changed(&self) -> bool {
        !self.call.is_empty()
    }

    /// Writes what the call has done into the log.
    pub(super) fn log(&mut self) -> Result<(), Fault> {
        if self.call.is_empty() {
            return Ok(());
        }
        let mut rows = Vec::new();
        for told in self.call.told() {
            let revision = match told.id {
                Some(id) if told.revision.is_none() => self.revision_of(id, told.kind)?,
                _ => told.revision,
            };
            rows.push(ChangeRow::new(told.kind, told.id, revision));
        }
        let log = self.tables.changes_mut()?;
        if self.call.is_mended() {
            log::start_over(log, &rows)
        } else {
            log::append(log, &rows)
        }
    }

    fn revision_of(&self, id: SessionId, kind: LoggedKind) -> Result<Option<u64>, Fault> {
        if matches!(kind, LoggedKind::Removed | LoggedKind::DefaultSet) {
            return Ok(None);
        }
        match indexed::head(&self.tables, id) {
            Ok(head) => Ok(head.map(|head| head.without_extra().revision())),
            // A claim can end on a row that nobody can read.
            Err(Fault::Damaged(_)) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}
