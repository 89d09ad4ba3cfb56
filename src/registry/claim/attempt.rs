//! A claim that is being made.

use std::sync::Arc;

use parking_lot::Mutex;

use super::{Claim, remove_abandoned};
use crate::error::{Error, Result};
use crate::registry::SessionRegistry;
use crate::session::{SessionId, Timestamp};
use crate::store::{Call, Fault, OwnLock, Owners, WriteTx};

/// An attempt to claim a session, shared with the transaction that makes it: when that ends in an unknown
/// way, a row that it may have left must be seen to be nobody's.
#[derive(Clone)]
pub(in crate::registry) struct ClaimAttempt {
    owners: Arc<Owners>,
    lock: Arc<OwnLock>,
    /// The session and the epoch that a commit may have made permanent; the last, when the transaction was
    /// begun several times.
    written: Arc<Mutex<Option<(SessionId, u64)>>>,
}

/// A claim as a transaction made it.
pub(in crate::registry) struct MadeClaim {
    id: SessionId,
    epoch: u64,
    /// Earlier claims of the handle whose rows are gone now.
    ended: Vec<(SessionId, u64)>,
}

impl ClaimAttempt {
    /// Writes the claim on session `id`, and removes what earlier claims of this handle left behind.
    pub(in crate::registry) fn write(
        &self,
        tx: &mut WriteTx<'_>,
        id: SessionId,
        now: Timestamp,
    ) -> Result<MadeClaim, Fault> {
        let epoch = tx.raise_epoch()?;
        let ended = remove_abandoned(tx, &self.lock)?;
        *self.written.lock() = Some((id, epoch));
        // An earlier claim that failed in an unknown way may have had this number.
        self.lock.forget(&[(id, epoch)]);
        tx.put_claim(id, &self.owners.claim_row(&self.lock, epoch, now))?;
        Ok(MadeClaim { id, epoch, ended })
    }

    /// Notes that whatever it may have written is the claim of nobody.
    fn abandon(&self) {
        if let Some((id, epoch)) = *self.written.lock() {
            self.lock.abandon(id, epoch);
        }
    }
}

impl SessionRegistry {
    /// Makes a claim, and whatever goes with it, in one transaction: `operation` checks first, and then has
    /// the attempt write.
    pub(in crate::registry) fn make_claim<T, F>(
        &self,
        call: Call<'_>,
        action: &'static str,
        mut operation: F,
    ) -> Result<(Claim, T)>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>, &ClaimAttempt) -> Result<(MadeClaim, T), Fault> + Send + 'static,
    {
        let owners = &self.inner.owners;
        let lock = owners.acquire()?;
        let attempt = ClaimAttempt {
            owners: Arc::clone(owners),
            lock: Arc::clone(&lock),
            written: Arc::default(),
        };
        let own = attempt.clone();
        let claimed = call.write(action, move |tx| operation(tx, &own));
        if matches!(claimed, Err(Error::OutcomeUnknown(_))) {
            attempt.abandon();
        }
        let (made, answer) = claimed?;
        lock.forget(&made.ended);
        self.sweep();
        let claim = Claim::new(self.clone(), made.id, made.epoch, lock);
        Ok((claim, answer))
    }
}
