//! A view that outlives the call that made it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Engine;
use super::stamp::Stamp;
use crate::store::rows::view::View;

/// A view that outlives the call that made it, until its engine is reopened or closed.
pub(crate) struct Pinned {
    pub(in crate::store) view: View,
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
        self.engine.pinned.fetch_sub(1, Ordering::AcqRel);
    }
}
