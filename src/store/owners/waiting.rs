//! The proof of life of those who wait for a slot: the same lock as of those who claim.

use super::{OwnLock, Owners};
use crate::session::{Liveness, ProjectPath};
use crate::store::format::waiter_row::{Aim, WaiterRow};

impl Owners {
    /// Returns the row of one who waits, by `lock`.
    pub(crate) fn waiter_row(
        &self,
        lock: &OwnLock,
        project_path: ProjectPath,
        aim: Aim,
    ) -> WaiterRow {
        WaiterRow {
            owner: lock.id(),
            machine: Some(self.machine.clone()),
            boot: self.boot.clone(),
            project_path,
            aim,
        }
    }

    /// Whether one who waits does so by this handle.
    pub(crate) fn is_own_waiter(&self, waiter: &WaiterRow) -> bool {
        let own = self.own.lock().upgrade();
        own.is_some_and(|lock| waiter.owner == lock.id())
    }

    /// Whether one who waits, by this number, is proven alive or dead.
    pub(crate) fn liveness_of_waiter(&self, number: u64, waiter: &WaiterRow) -> Liveness {
        if let Some(lock) = self.own.lock().upgrade()
            && waiter.owner == lock.id()
        {
            return if lock.waits_abandoned.lock().contains(&number) {
                Liveness::Dead
            } else {
                Liveness::Alive
            };
        }
        self.liveness_of_lock(waiter.owner, waiter.machine.as_ref())
    }
}

impl OwnLock {
    /// Notes that somebody waits no longer although the row is still there.
    pub(crate) fn abandon_wait(&self, number: u64) {
        self.waits_abandoned.lock().push(number);
    }

    /// The numbers that were noted so.
    pub(crate) fn waits_abandoned(&self) -> Vec<u64> {
        self.waits_abandoned.lock().clone()
    }

    /// Strikes numbers whose rows are gone, or somebody else's now.
    pub(crate) fn forget_waits(&self, ended: &[u64]) {
        self.waits_abandoned
            .lock()
            .retain(|number| !ended.contains(number));
    }
}
