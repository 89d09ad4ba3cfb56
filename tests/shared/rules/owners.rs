//! Who proves to be alive: a handle keeps one lock for all of its claims, as long as it has any.

use std::collections::BTreeMap;

use session_registry::SessionId;

#[derive(Clone, Debug, Default)]
pub(crate) struct Owners {
    locks: Vec<Lock>,
    /// The lock behind each claim that a living handle ever made, by its epoch.
    behind: BTreeMap<u64, usize>,
    /// The lock that each handle has now.
    current: BTreeMap<usize, usize>,
}

#[derive(Clone, Debug)]
struct Lock {
    handle: usize,
    /// How many claims are in the hands of the test.
    claims: usize,
    /// Those that ended while a peer was writing, so that nobody could remove them.
    abandoned: Vec<(SessionId, u64)>,
}

impl Owners {
    /// A claim comes into the hands of the test.
    pub(super) fn make(&mut self, handle: usize, epoch: u64) {
        let lock = *self.current.entry(handle).or_insert_with(|| {
            self.locks.push(Lock {
                handle,
                claims: 0,
                abandoned: Vec::new(),
            });
            self.locks.len() - 1
        });
        self.locks[lock].claims += 1;
        self.behind.insert(epoch, lock);
    }

    /// A claim leaves the hands of the test; the last one takes its lock with it.
    pub(super) fn let_go(&mut self, epoch: u64) {
        let at = self.behind[&epoch];
        let lock = &mut self.locks[at];
        lock.claims -= 1;
        if lock.claims == 0 && self.current.get(&lock.handle) == Some(&at) {
            self.current.remove(&lock.handle);
        }
    }

    /// As [`let_go`](Self::let_go), and nobody could write that down.
    pub(super) fn abandon(&mut self, id: SessionId, epoch: u64) {
        let lock = self.behind[&epoch];
        self.locks[lock].abandoned.push((id, epoch));
        self.let_go(epoch);
    }

    /// What the lock behind a claim could not say earlier, and says now.
    pub(super) fn take_abandoned(&mut self, epoch: u64) -> Vec<(SessionId, u64)> {
        let lock = self.behind[&epoch];
        std::mem::take(&mut self.locks[lock].abandoned)
    }

    /// A claim is given to somebody who never lived.
    pub(super) fn bury(&mut self, epoch: u64) {
        self.behind.remove(&epoch);
    }

    /// A handle ends without letting go; its claims leave the hands of the test one by one.
    pub(super) fn end(&mut self, handle: usize) {
        self.current.remove(&handle);
    }

    /// Nobody ever had the lock of a claim that was written down by somebody dead.
    pub(super) fn is_alive(&self, viewer: usize, id: SessionId, epoch: u64) -> bool {
        self.behind.get(&epoch).is_some_and(|lock| {
            let lock = &self.locks[*lock];
            let abandoned = lock.handle == viewer && lock.abandoned.contains(&(id, epoch));
            lock.claims > 0 && !abandoned
        })
    }

    /// Whether `handle` has the lock behind a claim, and so may do as if it had the claim.
    pub(super) fn is_own(&self, handle: usize, epoch: u64) -> bool {
        let lock = self.behind.get(&epoch);
        lock.is_some() && lock == self.current.get(&handle)
    }
}
