//! Asking who lives: each owner once, however many claims it has.

use std::collections::HashMap;
use std::fs::TryLockError;
use std::sync::Arc;

use uuid::Uuid;

use super::{OwnLock, Owners};
use crate::session::{Liveness, Owner, SessionId};
use crate::store::format::claim_row::ClaimRow;
use crate::store::format::waiter_row::WaiterRow;

/// One look at the owners: what the lock of one was found to be, it is for all of its claims.
pub(crate) struct Probe<'a> {
    owners: &'a Owners,
    own: Option<Arc<OwnLock>>,
    found: HashMap<[u8; 16], Found>,
}

/// What became of a lock.
#[derive(Clone, Copy)]
enum Found {
    Held,
    Free,
    /// There is none, or it cannot be examined.
    Nothing,
}

impl<'a> Probe<'a> {
    pub(super) fn new(owners: &'a Owners) -> Self {
        Self {
            owners,
            own: owners.own.lock().upgrade(),
            found: HashMap::new(),
        }
    }

    pub(crate) fn owner(&mut self, id: SessionId, claim: &ClaimRow) -> Owner {
        let liveness = self.liveness(id, claim);
        let here = &self.owners.host;
        let mut owner = Owner::new(claim.pid, claim.host.clone(), claim.claimed_at(), liveness);
        owner.epoch = claim.epoch;
        owner.program.clone_from(&claim.program);
        owner.driver = claim.driver;
        // The numbers of namespaces mean something on one and the same kernel only.
        owner.pid_namespace = claim.pid_namespace.filter(|namespace| {
            are_known_and_equal(claim.boot.as_ref(), here.boot.as_ref())
                && here.pid_namespace.is_some_and(|here| here != *namespace)
        });
        owner
    }

    pub(crate) fn liveness(&mut self, id: SessionId, claim: &ClaimRow) -> Liveness {
        if let Some(lock) = self.own.as_ref().filter(|lock| lock.owns(claim)) {
            let abandoned = lock.abandoned.lock().contains(&(id, claim.epoch));
            return if abandoned {
                Liveness::Dead
            } else {
                Liveness::Alive
            };
        }
        self.liveness_by_lock(claim.owner, claim.boot.as_ref(), claim.machine.as_ref())
    }

    /// Whether one who waits, by this number, is alive.
    pub(crate) fn liveness_of_waiter(&mut self, number: u64, waiter: &WaiterRow) -> Liveness {
        if let Some(lock) = self.own.as_ref().filter(|lock| lock.id() == waiter.owner) {
            return if lock.has_abandoned_wait(number) {
                Liveness::Dead
            } else {
                Liveness::Alive
            };
        }
        self.liveness_by_lock(waiter.owner, waiter.boot.as_ref(), waiter.machine.as_ref())
    }

    /// Whether an owner that is not this handle is alive, as its lock tells.
    fn liveness_by_lock(
        &mut self,
        owner: [u8; 16],
        boot: Option<&String>,
        machine: Option<&String>,
    ) -> Liveness {
        if self.owners.folder.is_none() {
            // In memory there is no other handle: that owner was this one, and let go.
            return Liveness::Dead;
        }
        let found = match self.found.get(&owner) {
            Some(found) => *found,
            None => {
                let found = self.look(owner);
                self.found.insert(owner, found);
                found
            }
        };
        match found {
            Found::Held => Liveness::Alive,
            Found::Free if self.is_here(boot, machine) => Liveness::Dead,
            Found::Free | Found::Nothing => Liveness::Unknown,
        }
    }

    fn look(&self, owner: [u8; 16]) -> Found {
        let folder = self.owners.folder.as_ref();
        let Some(file) = folder.and_then(|folder| folder.lock_of(Uuid::from_bytes(owner))) else {
            return Found::Nothing;
        };
        match file.try_lock_shared() {
            Ok(()) => Found::Free,
            Err(TryLockError::WouldBlock) => Found::Held,
            Err(TryLockError::Error(_)) => Found::Nothing,
        }
    }

    /// Whether a row was made where a free lock proves that its owner is gone: on this very kernel, or on an
    /// earlier start of this machine. Another machine's locks may not be seen here.
    fn is_here(&self, boot: Option<&String>, machine: Option<&String>) -> bool {
        let here = &self.owners.host;
        are_known_and_equal(boot, here.boot.as_ref())
            || are_known_and_equal(machine, Some(&here.machine))
    }
}

fn are_known_and_equal(one: Option<&String>, other: Option<&String>) -> bool {
    one.is_some_and(|one| other == Some(one))
}
