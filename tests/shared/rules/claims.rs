//! Claiming, and the ways in which a claim ends.

use session_registry::SessionId;

use super::{Checked, Model};
use crate::shared::refusal::Refusal;

impl Model {
    /// The epoch of the new claim.
    pub(crate) fn claim(&mut self, by: usize, id: SessionId, takes_over: bool) -> Checked<u64> {
        self.known_open(id)?;
        let claimed = self.content.claims.contains_key(&id);
        if !takes_over && claimed && !self.is_dead(by, id) {
            return Err(Refusal::Other("already_claimed"));
        }
        let epoch = self.next_epoch();
        self.owners.make(by, epoch);
        self.tidy(epoch);
        self.content.claims.insert(id, epoch);
        let mut row = self.known(id)?;
        row.active = row.active.max(self.now);
        self.content.rows.insert(id, row);
        Ok(epoch)
    }

    /// A claim by somebody who is dead already.
    pub(crate) fn claim_by_the_dead(&mut self, id: SessionId) {
        let epoch = self.next_epoch();
        self.content.claims.insert(id, epoch);
    }

    fn next_epoch(&mut self) -> u64 {
        self.content.claims_made += 1;
        self.content.claims_made
    }

    pub(crate) fn release(&mut self, id: SessionId, epoch: u64) -> Checked<()> {
        let released = if self.holds(id, epoch) {
            self.tidy(epoch);
            self.content.claims.remove(&id);
            Ok(())
        } else {
            Err(Refusal::Other("ownership_lost"))
        };
        self.owners.let_go(epoch);
        released
    }

    /// A claim ends while a peer writes.
    pub(crate) fn abandon(&mut self, id: SessionId, epoch: u64) {
        self.owners.abandon(id, epoch);
    }

    /// A handle ends with these claims in its hands.
    pub(crate) fn end(&mut self, handle: usize, claims: impl IntoIterator<Item = u64>) {
        for epoch in claims {
            self.owners.let_go(epoch);
        }
        self.owners.end(handle);
    }

    /// What a handle could not say earlier it says with its next claim or release.
    fn tidy(&mut self, epoch: u64) {
        for (id, epoch) in self.owners.take_abandoned(epoch) {
            if self.holds(id, epoch) {
                self.content.claims.remove(&id);
            }
        }
    }

    /// Nobody but its owner may end a session that somebody alive drives.
    pub(super) fn check_not_driven(&self, by: usize, id: SessionId) -> Checked<()> {
        let claim = self.content.claims.get(&id);
        let is_own = claim.is_some_and(|epoch| self.owners.is_own(by, *epoch));
        if claim.is_some() && !is_own && !self.is_dead(by, id) {
            return Err(Refusal::Other("already_claimed"));
        }
        Ok(())
    }
}
