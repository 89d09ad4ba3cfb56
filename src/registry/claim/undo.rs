//! Ending a claim as if it had never been made.

use super::Claim;
use crate::error::{Error, Result};
use crate::registry::change::{remove_whole, store_back};
use crate::registry::rules::{check_revision, registered};
use crate::session::Session;
use crate::store::{ClaimRow, Claims, OwnLock, Reads};

/// A session as it was when it was claimed.
#[derive(Debug)]
pub(in crate::registry) struct Before {
    /// `None` where it was not there.
    pub(in crate::registry) session: Option<Session>,
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
        let (id, registry) = (self.id, &self.registry);
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
        let attempt = || {
            let (held, row) = (self.held(), row.clone());
            let (made, before) = (made.clone(), before.clone());
            let call = registry.call();
            call.write("undo the claim of a session in", move |tx| {
                held.check(tx)?;
                let stored = registered(tx, id)?;
                check_revision(&stored, made.revision())?;
                let ended = held.end(tx)?;
                let session = match &before {
                    Some(before) => store_back(tx, &stored, &made, before, now)?,
                    None => {
                        remove_whole(tx, &stored)?;
                        stored
                    }
                };
                if let Some(row) = &row {
                    tx.put_claim(id, row)?;
                }
                Ok((session, ended))
            })
        };
        // A start that is left half undone hides a crash from everybody, so one failure of the disk is not the
        // end of it: the next call opens the file anew.
        let undone = match attempt() {
            Err(Error::Storage(_)) => attempt(),
            Err(Error::OutcomeUnknown(error)) => match attempt() {
                // The first one may have been saved after all.
                Err(Error::OwnershipLost { .. }) => self
                    .undone(row.as_ref(), before.is_none().then_some(&made))
                    .map(|session| (session, vec![(id, self.epoch)]))
                    .ok_or(Error::OutcomeUnknown(error)),
                Err(_) => Err(Error::OutcomeUnknown(error)),
                done => done,
            },
            other => other,
        };
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

    /// Returns the session, if `left`, which an undoing leaves, is all there is of a claim, and nothing is
    /// there of a `new` session.
    fn undone(&self, left: Option<&ClaimRow>, new: Option<&Session>) -> Option<Session> {
        let read = self.registry.call().read("read", |view| {
            let reads = view.reads();
            Ok((reads.claim(self.id)?, reads.session(self.id)?))
        });
        let (row, session) = read.ok()?;
        let is_undone = row.as_ref() == left && session.is_some() == new.is_none();
        if is_undone {
            session.or_else(|| new.cloned())
        } else {
            None
        }
    }
}
