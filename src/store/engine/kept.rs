//! What the engine keeps between calls to answer the next one sooner.

use std::sync::Arc;

use super::Engine;
use super::open::Opened;
use super::stamp::{Committing, Stamp};
use crate::store::rows::view::View;
use crate::store::settings::Sharing;

impl Engine {
    /// Which state a read would see now; `None` when that cannot be told.
    pub(in crate::store) fn stamp(&self, held: &Opened) -> Option<Stamp> {
        match self.settings.sharing {
            Sharing::Shared => Stamp::of_header(&held.storage),
            Sharing::Exclusive => self.commits.stamp(),
        }
    }

    /// Notes that a commit is under way until the answer is dropped.
    pub(in crate::store) fn committing(&self) -> Committing<'_> {
        self.commits.begin()
    }

    /// The view that was kept in this state.
    pub(in crate::store) fn kept(&self, stamp: &Stamp) -> Option<Arc<View>> {
        let kept = self.kept.lock();
        let (of, view) = kept.as_ref()?;
        (of == stamp).then(|| Arc::clone(view))
    }

    /// Keeps a view of the state of `stamp`; never where it would pin pages that others replace.
    pub(in crate::store) fn keep(&self, stamp: Stamp, view: &Arc<View>) {
        if self.settings.sharing == Sharing::Exclusive {
            *self.kept.lock() = Some((stamp, Arc::clone(view)));
        }
    }

    /// Lets the kept view go, so that it pins nothing.
    pub(in crate::store) fn let_go(&self) {
        let kept = self.kept.lock().take();
        drop(kept);
    }

    /// Forgets the present state, because the engine failed: what it answered since need not be what is
    /// in the file. The caller keeps all reads out.
    pub(in crate::store) fn forget(&self) {
        self.let_go();
        drop(self.commits.begin());
    }
}
