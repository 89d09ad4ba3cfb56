//! A claim in a transaction.

use std::sync::Arc;

use crate::error::Error;
use crate::session::SessionId;
use crate::store::{ClaimRow, Claims, Fault, OwnLock, Owners, WriteTx};

/// A claim as operations carry it into a transaction.
pub(super) struct HeldClaim {
    pub(super) owners: Arc<Owners>,
    pub(super) lock: Arc<OwnLock>,
    pub(super) id: SessionId,
    pub(super) epoch: u64,
}

impl HeldClaim {
    pub(super) fn check(&self, tx: &impl Claims) -> Result<(), Fault> {
        self.row(tx).map(drop)
    }

    /// The row, as long as the claim holds.
    pub(super) fn row(&self, tx: &impl Claims) -> Result<ClaimRow, Fault> {
        let id = self.id;
        let claim: Option<ClaimRow> = tx.claim(id)?;
        match claim {
            Some(claim) if claim.epoch == self.epoch && self.lock.owns(&claim) => Ok(claim),
            other => {
                let owner = other.map(|claim| self.owners.owner(id, &claim));
                Err(Error::OwnershipLost { id, owner }.into())
            }
        }
    }

    /// Removes this claim's row, and those that earlier claims of this handle left behind.
    pub(super) fn end(&self, tx: &mut WriteTx<'_>) -> Result<Vec<(SessionId, u64)>, Fault> {
        self.check(tx)?;
        let ended = remove_abandoned(tx, &self.lock)?;
        tx.remove_claim(self.id)?;
        Ok(ended)
    }
}

/// Removes the rows of claims that ended while they could not be removed: until then other handles take
/// their owner for alive, because it is. Answers which claims need not be remembered any more.
pub(super) fn remove_abandoned(
    tx: &mut WriteTx<'_>,
    lock: &OwnLock,
) -> Result<Vec<(SessionId, u64)>, Fault> {
    let ended = lock.abandoned();
    let mut left = Vec::new();
    for &(id, epoch) in &ended {
        let claim: Option<ClaimRow> = tx.claim(id)?;
        if claim.is_some_and(|claim| claim.epoch == epoch && lock.owns(&claim)) {
            left.push(id);
        }
    }
    for id in left {
        tx.remove_claim(id)?;
    }
    Ok(ended)
}
