//! A view that outlives the call that made it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Engine;
use super::opening::OpenDatabase;
use super::stamp::Stamp;
use crate::error::{Error, Result};
use crate::store::fault::{Fault, guarded};
use crate::store::rows::view::View;
use crate::store::wait::Wait;

/// A view that outlives the call that made it, until its engine is reopened or closed.
pub(crate) struct PinnedView {
    view: Arc<View>,
    /// Which state it sees, where that could be told.
    stamp: Option<Stamp>,
    generation: u64,
    engine: Arc<Engine>,
}

impl PinnedView {
    /// Pins the present state.
    pub(in crate::store) fn of(
        engine: &Arc<Engine>,
        held: &OpenDatabase,
        wait: Wait,
    ) -> Result<Self, Fault> {
        let generation = engine.slot.generation();
        // Looked at before and after, because others may commit meanwhile.
        let before = engine.stamp(held);
        let view = Arc::new(engine.view(held, wait)?);
        let stamp = before.filter(|stamp| engine.stamp(held).as_ref() == Some(stamp));
        engine.pins.fetch_add(1, Ordering::AcqRel);
        Ok(Self {
            view,
            stamp,
            generation,
            engine: Arc::clone(engine),
        })
    }

    /// Returns which state it sees; `None` where that could not be told.
    pub(in crate::store) fn stamp(&self) -> Option<&Stamp> {
        self.stamp.as_ref()
    }

    pub(in crate::store) fn view(&self) -> &View {
        &self.view
    }

    /// Runs `question` on this view.
    pub(crate) fn read<T>(
        &self,
        action: &'static str,
        question: impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T> {
        let answer = if self.is_lost() {
            Err(Error::SnapshotLost.into())
        } else {
            let checked = self.engine.opener.check_now_and_then();
            checked.and_then(|_| guarded(|| question(&self.view)))
        };
        answer.map_err(|fault| {
            let wait = self.engine.start();
            self.engine.note(&fault);
            // Also when it went while the question was asked, or is about to: an engine that only repeats
            // an earlier failure is reopened by the next call.
            if self.is_lost() || fault.is_stale_engine() {
                return if self.engine.slot.is_closed(wait) {
                    Error::Closed
                } else {
                    Error::SnapshotLost
                };
            }
            fault.into_error(self.engine.context(action, wait))
        })
    }

    /// Whether its engine was reopened or closed since.
    pub(in crate::store) fn is_lost(&self) -> bool {
        self.engine.slot.generation() != self.generation
    }
}

impl Drop for PinnedView {
    fn drop(&mut self) {
        if self.engine.is_forked() {
            // Its end would unlock the pages for the other process too, which may still read them.
            std::mem::forget(Arc::clone(&self.view));
        }
        self.engine.pins.fetch_sub(1, Ordering::AcqRel);
    }
}
