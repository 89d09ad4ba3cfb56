//! The view of the present state, kept between calls where nobody else can commit.

use std::sync::Arc;

use parking_lot::Mutex;

use super::stamp::Stamp;
use crate::store::rows::view::View;

/// At most one view, and the state it sees. It pins the pages of that state, so it goes before the next
/// commit, and must not outlive the database.
#[derive(Default)]
pub(super) struct PresentView(Mutex<Option<(Stamp, Arc<View>)>>);

impl PresentView {
    /// Returns the view that was kept in the state of `stamp`.
    pub(super) fn of(&self, stamp: &Stamp) -> Option<Arc<View>> {
        let kept = self.0.lock();
        let (of, view) = kept.as_ref()?;
        (of == stamp).then(|| Arc::clone(view))
    }

    pub(super) fn keep(&self, stamp: Stamp, view: &Arc<View>) {
        *self.0.lock() = Some((stamp, Arc::clone(view)));
    }

    /// Leaves the view as it is, for ever.
    pub(super) fn leak(&mut self) {
        std::mem::forget(self.0.get_mut().take());
    }

    /// Lets the view go, so that it pins nothing.
    pub(super) fn let_go(&self) {
        let kept = self.0.lock().take();
        drop(kept);
    }
}
