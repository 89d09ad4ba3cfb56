//! Ending a claim as if it had never been made.

use super::Claim;
use crate::error::{Error, Result};
use crate::registry::change::store_back;
use crate::registry::rules::{check_revision, registered};
use crate::session::Session;
use crate::store::{ClaimRow, OwnLock};

/// A session as it was when it was claimed.
#[derive(Debug)]
pub(in crate::registry) struct Before {
    pub(in crate::registry) session: Session,
    /// The claim that was replaced, if its owner was dead.
    pub(in crate::registry) dead: Option<ClaimRow>,
    /// The proof of death that this claim may get again, made beforehand: an undoing should need nothing that
    /// may be short then.
    pub(in crate::registry) corpse: Option<OwnLock>,
}

impl Claim {
    /// Puts back what was changed when the claim was made, as long as nothing came after it but activity, and ends
    /// the claim in the same transaction.
    pub(in crate::registry) fn undo(mut self, made: Session, before: Before) -> Result<Session> {
        let (held, id, registry) = (self.held(), self.id, &self.registry);
        let corpse = match (before.dead, before.corpse) {
            (None, _) => None,
            (Some(claim), Some(corpse)) => Some((corpse, claim)),
            (Some(claim), None) => Some((registry.inner.owners.stillborn()?, claim)),
        };
        let before = before.session;
        // The dead owner's own lock may have been swept away meanwhile.
        let row = corpse.as_ref().map(|(corpse, claim)| ClaimRow {
            owner: corpse.id(),
            ..claim.clone()
        });
        let now = registry.now();
        let undone = registry
            .call()
            .write("undo the claim of a session in", move |tx| {
                held.check(tx)?;
                let stored = registered(tx, id)?;
                check_revision(&stored, made.revision())?;
                let ended = held.end(tx)?;
                let session = store_back(tx, &stored, &made, &before, now)?;
                if let Some(row) = &row {
                    tx.put_claim(id, row)?;
                }
                Ok((session, ended))
            });
        if let Some((corpse, claim)) = corpse
            && matches!(undone, Ok(_) | Err(Error::OutcomeUnknown(_)))
        {
            // Its lock file stays, and is free once it is let go: that is how a dead owner looks.
            corpse.abandon(id, claim.epoch);
        }
        self.released = undone.is_ok();
        let (session, ended) = undone?;
        self.lock.forget(&ended);
        Ok(session)
    }
}
