//! The proof of life of those who wait for a slot: the same lock as of those who claim.

use super::{OwnLock, Owners};
use crate::session::ProjectPath;
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
            machine: Some(self.host.machine.clone()),
            boot: self.host.boot.clone(),
            project_path,
            aim,
        }
    }

    /// Whether one who waits does so by this handle.
    pub(crate) fn is_own_waiter(&self, waiter: &WaiterRow) -> bool {
        let own = self.own.lock().upgrade();
        own.is_some_and(|lock| waiter.owner == lock.id())
    }
}

impl OwnLock {
    /// Notes that somebody waits no longer although the row is still there.
    pub(crate) fn abandon_wait(&self, number: u64) {
        self.waits_abandoned.lock().push(number);
    }

    pub(super) fn has_abandoned_wait(&self, number: u64) -> bool {
        self.waits_abandoned.lock().contains(&number)
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
