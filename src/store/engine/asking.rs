//! Questions to the engine: on a database that works, in a view of the present state.

use std::sync::Arc;

use super::Engine;
use super::opening::OpenDatabase;
use crate::error::Result;
use crate::store::fault::{Fault, guarded};
use crate::store::open_settings::Sharing;
use crate::store::rows::view::View;
use crate::store::wait::Wait;

impl Engine {
    /// Does `work` on the open database; a second time if that had to be reopened.
    pub(in crate::store) fn with_open<T>(
        &self,
        action: &'static str,
        wait: Wait,
        work: impl Fn(&OpenDatabase) -> Result<T, Fault>,
    ) -> Result<T> {
        let attempt = || {
            let now = self.opener.check_now_and_then()?;
            self.place.check_now_and_then(&self.opening.medium, now)?;
            let held = self.hold(wait)?;
            work(&held)
        };
        let mut outcome = attempt();
        // An engine that only repeats an earlier failure says nothing about this question.
        if outcome.as_ref().is_err_and(Fault::is_stale_engine) {
            self.note_broken();
            outcome = attempt();
        }
        outcome.map_err(|fault| {
            self.note(&fault);
            fault.into_error(self.context(action, wait))
        })
    }

    /// Asks the view of the present state, kept or new.
    pub(in crate::store) fn ask<T>(
        &self,
        held: &OpenDatabase,
        wait: Wait,
        question: &impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        // A view that is kept pins pages that others may be replacing.
        if self.opening.settings.sharing == Sharing::Shared {
            let view = self.view(held, wait)?;
            return guarded(|| question(&view));
        }
        let before = self.stamp(held);
        if let Some(view) = before
            .as_ref()
            .and_then(|stamp| self.present_view.of(stamp))
        {
            return guarded(|| question(&view));
        }
        let view = Arc::new(self.view(held, wait)?);
        // A commit in between makes it unknown which of the two states the view sees.
        if let Some(stamp) = before
            && self.stamp(held).as_ref() == Some(&stamp)
        {
            self.present_view.keep(stamp, &view);
        }
        guarded(|| question(&view))
    }
}
