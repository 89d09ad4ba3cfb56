//! Tidying up behind dead owners.

use super::SessionRegistry;
use crate::session::Session;
use crate::store::Claims;

impl SessionRegistry {
    /// Tidies up behind owners whose last claim may just have gone.
    pub(super) fn sweep_after(&self, reaped: &[Session]) {
        if !reaped.is_empty() {
            self.sweep();
        }
    }

    /// Removes the lock files of dead owners that no claim names any more.
    pub(super) fn sweep(&self) {
        self.inner
            .owners
            .sweep(|| self.ask(|view| view.reads().claims()));
    }
}
