//! The log of what happened: one row for each change, under the revision of the registry that it made.

use redb::{ReadableTable, ReadableTableMetadata};

use crate::error::Error;
use crate::session::Changes;
use crate::store::fault::Fault;
use crate::store::format::change_row::{ChangeRow, LoggedKind};
use crate::store::format::tables::{Bytes, Tables};
use crate::store::format::write_tables::WriteTable;

/// How many changes are kept at least.
pub(in crate::store) const KEPT: u64 = 1024;
/// How many of the oldest go at once, so that most commits remove none.
const TRIMMED: u64 = 256;
/// How far the revision of a copy is ahead of what it was copied from, at least: no position in one of them is one in
/// the other for as long as that has not had so many changes.
const BRANCH: u64 = 1 << 32;

/// What can be asked of the log.
pub(crate) trait Log {
    /// How many changes there ever were.
    fn revision(&self) -> Result<u64, Fault>;
    /// What happened after `position`.
    fn changes_since(&self, position: u64) -> Result<Changes, Fault>;
}

impl<T: Tables> Log for T {
    fn revision(&self) -> Result<u64, Fault> {
        newest(self.changes()?)
    }

    fn changes_since(&self, position: u64) -> Result<Changes, Fault> {
        let log = self.changes()?;
        let revision = newest(log)?;
        if position == revision {
            return Ok(Changes::told(revision, Vec::new()));
        }
        let is_kept = match log.first()? {
            Some((first, _)) => position.checked_add(1).is_some_and(|next| {
                position < revision && first.value() <= &next.to_be_bytes()[..]
            }),
            None => false,
        };
        if !is_kept {
            return Ok(Changes::lost(revision));
        }
        let first = (position + 1).to_be_bytes();
        let mut changes = Vec::new();
        for entry in log.range::<&[u8]>(first.as_slice()..)? {
            let (key, row) = entry?;
            let revision = number(key.value())?;
            changes.push(ChangeRow::decode(revision, row.value())?.change(revision));
        }
        if changes.len() as u64 == revision - position {
            return Ok(Changes::told(revision, changes));
        }
        Err(Fault::Damaged(format!(
            "the log of changes has a gap after {position}"
        )))
    }
}

/// Adds rows at the end.
pub(super) fn append(log: &mut WriteTable<'_>, rows: &[ChangeRow]) -> Result<(), Fault> {
    let mut revision = newest(log)?;
    for row in rows {
        revision = after(revision, 1)?;
        let row = row.encode()?;
        log.insert(revision.to_be_bytes().as_slice(), row.as_slice())?;
    }
    if log.len()? >= KEPT + TRIMMED {
        let first = revision.saturating_sub(KEPT - 1).to_be_bytes();
        log.retain_in::<&[u8], _>(..first.as_slice(), |_, _| false)?;
    }
    Ok(())
}

/// Forgets all there is, damaged or not, and goes on behind it.
pub(super) fn start_over(log: &mut WriteTable<'_>, rows: &[ChangeRow]) -> Result<(), Fault> {
    start_over_at(log, rows, 1)
}

/// Makes the log of a copy its own: who comes from what it was copied from is told to list everything again.
pub(in crate::store) fn branch(log: &mut WriteTable<'_>) -> Result<(), Fault> {
    let everything = ChangeRow::new(LoggedKind::Everything, None, None);
    start_over_at(log, &[everything], BRANCH + u64::from(fastrand::u32(..)))
}

fn start_over_at(log: &mut WriteTable<'_>, rows: &[ChangeRow], ahead: u64) -> Result<(), Fault> {
    let mut newest = 0;
    for entry in log.iter()?.rev() {
        if let Ok(revision) = number(entry?.0.value()) {
            newest = revision;
            break;
        }
    }
    log.retain(|_, _| false)?;
    let mut revision = after(newest, ahead - 1)?;
    for row in rows {
        revision = after(revision, 1)?;
        let row = row.encode()?;
        log.insert(revision.to_be_bytes().as_slice(), row.as_slice())?;
    }
    Ok(())
}

fn newest(log: &impl ReadableTable<Bytes, Bytes>) -> Result<u64, Fault> {
    match log.last()? {
        Some((key, _)) => number(key.value()),
        None => Ok(0),
    }
}

/// Reads a key.
pub(super) fn number(key: &[u8]) -> Result<u64, Fault> {
    let bytes = <[u8; 8]>::try_from(key).map_err(|_| {
        let key = key.escape_ascii();
        Fault::Damaged(format!("the log of changes has the key {key}"))
    })?;
    Ok(u64::from_be_bytes(bytes))
}

fn after(revision: u64, by: u64) -> Result<u64, Fault> {
    revision.checked_add(by).ok_or_else(|| {
        let counter = "the number of changes ever made".into();
        Error::Exhausted { counter }.into()
    })
}
