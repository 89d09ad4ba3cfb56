//! What the engine keeps between calls to answer the next one sooner.

use std::sync::Arc;

use super::engine::{Engine, Opened};
use super::settings::Sharing;
use super::stamp::{Committing, Stamp};
use super::view::View;

impl Engine {
    /// Which state a read would see now; `None` when that cannot be told.
    pub(super) fn stamp(&self, held: &Opened) -> Option<Stamp> {
        match self.settings.sharing {
            Sharing::Shared => Stamp::of_header(&held.storage),
            Sharing::Exclusive => self.commits.stamp(),
        }
    }

    /// Notes that a commit is under way until the answer is dropped.
    pub(super) fn committing(&self) -> Committing<'_> {
        self.commits.begin()
    }

    /// The view that was kept in this state.
    pub(super) fn kept(&self, stamp: &Stamp) -> Option<Arc<View>> {
        let kept = self.kept.lock();
        let (of, view) = kept.as_ref()?;
        (of == stamp).then(|| Arc::clone(view))
    }

    /// Keeps a view of the state of `stamp`; never where it would pin pages that others replace.
    pub(super) fn keep(&self, stamp: Stamp, view: &Arc<View>) {
        if self.settings.sharing == Sharing::Exclusive {
            *self.kept.lock() = Some((stamp, Arc::clone(view)));
        }
    }

    /// Lets the kept view go, so that it pins nothing.
    pub(super) fn let_go(&self) {
        let kept = self.kept.lock().take();
        drop(kept);
    }

    /// Forgets the present state, because the engine failed: what it answered since need not be what is
    /// in the file. The caller keeps all reads out.
    pub(super) fn forget(&self) {
        self.let_go();
        drop(self.commits.begin());
    }
}
