//! The place of the open database: held by many at once, or by one who closes it or opens it again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use parking_lot::{MappedRwLockReadGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};
use redb::StorageBackend;

use super::opening::OpenDatabase;
use crate::error::Error;
use crate::store::fault::Fault;
use crate::store::wait::Wait;

/// The open database, held in place until this is dropped.
pub(in crate::store) type DatabaseGuard<'a> = MappedRwLockReadGuard<'a, OpenDatabase>;

pub(super) struct Slot {
    state: RwLock<State>,
    /// The database may refuse further work: it is to be reopened before the next.
    broken: AtomicBool,
    /// Raised by each reopening and by the closing: older snapshots are lost.
    generation: AtomicU64,
}

enum State {
    Open(OpenDatabase),
    /// The engine failed, and could not be reopened so far.
    Shut,
    Closed,
}

impl Slot {
    pub(super) fn new(database: OpenDatabase) -> Self {
        Self::in_state(State::Open(database))
    }

    fn in_state(state: State) -> Self {
        Self {
            state: RwLock::new(state),
            broken: AtomicBool::new(false),
            generation: AtomicU64::new(0),
        }
    }

    pub(super) fn note_broken(&self) {
        self.broken.store(true, Ordering::Release);
    }

    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(super) fn is_closed(&self, wait: Wait) -> bool {
        self.state
            .try_read_until(wait.deadline)
            .is_some_and(|state| matches!(*state, State::Closed))
    }

    /// Returns the database; `None` when it must be reopened first.
    pub(super) fn hold(&self, wait: Wait) -> Result<Option<DatabaseGuard<'_>>, Fault> {
        if self.broken.load(Ordering::Acquire) {
            return Ok(None);
        }
        let state = self
            .state
            .try_read_until(wait.deadline)
            .ok_or(Fault::TimedOut)?;
        if matches!(*state, State::Closed) {
            return Err(Error::Closed.into());
        }
        let held = RwLockReadGuard::try_map(state, |state| match state {
            State::Open(database) => Some(database),
            State::Shut | State::Closed => None,
        });
        if held.is_err() {
            self.note_broken();
        }
        Ok(held.ok())
    }

    /// Leaves the database as it is, for ever: neither closed nor used.
    pub(super) fn leak(&mut self) {
        std::mem::forget(std::mem::replace(self.state.get_mut(), State::Closed));
    }

    /// Waits for those who hold the database, and keeps everybody out.
    pub(super) fn seize(&self, wait: Wait) -> Result<Seizure<'_>, Fault> {
        let state = self
            .state
            .try_write_until(wait.deadline)
            .ok_or(Fault::TimedOut)?;
        Ok(Seizure { slot: self, state })
    }
}

/// A slot from which everybody else is kept out.
pub(super) struct Seizure<'a> {
    slot: &'a Slot,
    state: RwLockWriteGuard<'a, State>,
}

impl Seizure<'_> {
    pub(super) fn is_broken(&self) -> bool {
        self.slot.broken.load(Ordering::Acquire)
    }

    /// Whether the database is to be reopened now. Somebody else may have done so before this one came in,
    /// and a closed one stays closed.
    pub(super) fn needs_reopening(&self) -> bool {
        if self.is_broken() && !matches!(*self.state, State::Closed) {
            return true;
        }
        self.slot.broken.store(false, Ordering::Release);
        false
    }

    /// Returns what the open database runs on; `None` when there is none.
    pub(super) fn storage(&self) -> Option<&Arc<dyn StorageBackend>> {
        match &*self.state {
            State::Open(opened) => Some(&opened.storage),
            State::Shut | State::Closed => None,
        }
    }

    /// Takes the open database out, to be closed; `None` when there is none. Older snapshots are lost.
    pub(super) fn take(&mut self) -> Option<OpenDatabase> {
        if !matches!(*self.state, State::Open(_)) {
            return None;
        }
        self.replace(State::Shut)
    }

    /// As [`take`](Self::take), and for ever.
    pub(super) fn close(&mut self) -> Option<OpenDatabase> {
        self.replace(State::Closed)
    }

    /// Puts a database in that works.
    pub(super) fn put(&mut self, database: OpenDatabase) {
        *self.state = State::Open(database);
        self.slot.broken.store(false, Ordering::Release);
    }

    fn replace(&mut self, state: State) -> Option<OpenDatabase> {
        let before = std::mem::replace(&mut *self.state, state);
        self.slot.generation.fetch_add(1, Ordering::AcqRel);
        match before {
            State::Open(database) => Some(database),
            State::Shut | State::Closed => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;
    use crate::store::open_settings::Settings;

    /// Compacting takes the database out to work on it, and a closing may come in between.
    #[test]
    fn a_closed_slot_that_is_seized_for_compacting_stays_closed() {
        let slot = Slot::in_state(State::Closed);
        let wait = Settings::default().start();
        let mut seizure = slot.seize(wait).unwrap();
        assert!(seizure.take().is_none());
        drop(seizure);

        assert!(slot.is_closed(wait));
        let held = slot.hold(wait).map(|held| held.is_some());
        assert!(matches!(held, Err(Fault::Rule(Error::Closed))));
        slot.note_broken();
        assert!(!slot.seize(wait).unwrap().needs_reopening());
    }
}
