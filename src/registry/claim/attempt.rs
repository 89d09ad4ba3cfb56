//! A claim that is being made.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::session::SessionId;
use crate::store::OwnLock;

/// An attempt to claim a session, shared with the transaction that makes it: when that ends in an unknown
/// way, a row that it may have left must be seen to be nobody's.
#[derive(Clone)]
pub(in crate::registry) struct ClaimAttempt {
    id: SessionId,
    lock: Arc<OwnLock>,
    /// What a commit may have made permanent; the last, when the transaction was begun several times.
    epoch: Arc<Mutex<Option<u64>>>,
}

impl ClaimAttempt {
    pub(in crate::registry) fn new(id: SessionId, lock: Arc<OwnLock>) -> Self {
        Self {
            id,
            lock,
            epoch: Arc::default(),
        }
    }

    pub(in crate::registry) fn lock(&self) -> &OwnLock {
        &self.lock
    }

    /// Notes which epoch is about to be written.
    pub(in crate::registry) fn has_epoch(&self, epoch: u64) {
        *self.epoch.lock() = Some(epoch);
        // An earlier claim that failed in an unknown way may have had this number.
        self.lock.forget(&[(self.id, epoch)]);
    }

    /// Notes that whatever it may have written is the claim of nobody.
    pub(in crate::registry) fn abandon(&self) {
        if let Some(epoch) = *self.epoch.lock() {
            self.lock.abandon(self.id, epoch);
        }
    }
}
