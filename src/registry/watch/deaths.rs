//! The owners whose death a watch is to tell of.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::session::{Change, ChangeKind, Changes, Liveness, SessionId};
use crate::store::{ClaimRow, Owners};

/// The claims there are, as far as is known, and of which of their owners it was told that they are gone.
#[derive(Debug, Default)]
pub(super) struct Deaths {
    /// `None` until they are read for the first time.
    claims: Option<Vec<(SessionId, ClaimRow)>>,
    /// By session and epoch.
    told: HashSet<(SessionId, u64)>,
    /// When to ask again whether owners live, soonest last.
    due: Vec<Instant>,
}

/// The system tells that a lock file is closed a little before it drops the lock.
const SOON_AFTER: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(5)];

impl Deaths {
    /// Whether the claims are to be read again after these changes.
    pub(super) fn are_outdated_by(&self, changes: &Changes) -> bool {
        self.claims.is_none()
            || changes.lost
            || changes.changes.iter().any(|c| moves_claims(c.kind))
    }

    /// Takes the claims as they are after these changes.
    pub(super) fn learn(
        &mut self,
        claims: Vec<(SessionId, ClaimRow)>,
        changes: &Changes,
        now: Instant,
    ) {
        let begins_anew =
            |change: &Change| matches!(change.kind, ChangeKind::Everything | ChangeKind::Cleared);
        if changes.lost || changes.changes.iter().any(begins_anew) {
            self.told.clear();
        }
        let claimed = |id: SessionId| {
            let is_claim = |c: &Change| c.kind == ChangeKind::Claimed && c.id == Some(id);
            changes.changes.iter().any(is_claim)
        };
        self.told.retain(|(id, epoch)| {
            !claimed(*id)
                && claims
                    .iter()
                    .any(|(of, claim)| (of, &claim.epoch) == (id, epoch))
        });
        self.claims = Some(claims);
        self.due.push(now);
    }

    /// Notes that an owner may have died just now.
    pub(super) fn suspect(&mut self, now: Instant) {
        self.due = SOON_AFTER.iter().map(|after| now + *after).collect();
        self.due.push(now);
    }

    /// Returns when to ask next.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.last().copied()
    }

    /// Returns the claims whose owner is dead, and of whom nobody was told: to be asked whether they still stand.
    pub(super) fn find(&mut self, owners: &Owners, now: Instant) -> Vec<(SessionId, ClaimRow)> {
        if self.next().is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.due.retain(|due| *due > now);
        let claims = self.claims.iter().flatten();
        claims
            .filter(|(id, claim)| !self.told.contains(&(*id, claim.epoch)))
            .filter(|(id, claim)| owners.liveness(*id, claim) == Liveness::Dead)
            .cloned()
            .collect()
    }

    /// Notes that it is told now that the owner of this claim is gone.
    pub(super) fn tell(&mut self, id: SessionId, claim: &ClaimRow) {
        self.told.insert((id, claim.epoch));
    }
}

fn moves_claims(kind: ChangeKind) -> bool {
    use ChangeKind::{Claimed, Cleared, Closed, Everything, Released, Removed};

    matches!(
        kind,
        Claimed | Released | Closed | Removed | Cleared | Everything
    )
}
