//! Tidying up behind dead owners.

use super::SessionRegistry;
use crate::session::Session;
use crate::store::{Claims, Waiters};

impl SessionRegistry {
    /// Tidies up behind owners whose last claim may just have gone.
    pub(super) fn sweep_after(&self, reaped: &[Session]) {
        if !reaped.is_empty() {
            self.sweep();
        }
    }

    /// Removes the lock files of dead owners that nothing names any more: no claim, and nobody who waits.
    pub(super) fn sweep(&self) {
        self.inner.owners.sweep(|| {
            self.ask(|view| {
                let reads = view.reads();
                let claims = reads.claims()?.into_iter().map(|(_, claim)| claim.owner);
                let waiters = reads.waiters()?.into_iter().map(|(_, waiter)| waiter.owner);
                Ok(claims.chain(waiters).collect())
            })
        });
    }
}
