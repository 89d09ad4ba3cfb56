//! A view that outlives the call that made it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Engine;
use super::stamp::Stamp;
use crate::store::rows::view::View;

/// A view that outlives the call that made it, until its engine is reopened or closed.
pub(crate) struct Pinned {
    pub(in crate::store) view: Arc<View>,
    /// Which state it sees, where that could be told.
    pub(in crate::store) stamp: Option<Stamp>,
    pub(in crate::store) generation: u64,
    pub(in crate::store) engine: Arc<Engine>,
}

impl Pinned {
    pub(in crate::store) fn view(&self) -> &View {
        &self.view
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if self.engine.is_forked() {
            // Its end would unlock the pages for the other process too, which may still read them.
            std::mem::forget(Arc::clone(&self.view));
        }
        self.engine.pinned.fetch_sub(1, Ordering::AcqRel);
    }
}
