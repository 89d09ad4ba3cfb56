//! The end of an engine, and who is told of it.

use super::Engine;
use super::bell::{Bell, Ringing};
use crate::store::fault::{Fault, guarded};
use crate::store::wait::Wait;

impl Engine {
    /// Closes the database for every clone; waits for calls under way.
    pub(in crate::store) fn close(&self, wait: Wait) -> Result<(), Fault> {
        self.opener.check()?;
        let closed = self.close_slot(wait);
        self.bell.ring(Ringing::Closing);
        closed
    }

    fn close_slot(&self, wait: Wait) -> Result<(), Fault> {
        let mut seizure = self.slot.seize(wait)?;
        self.present_view.let_go();
        let Some(opened) = seizure.close() else {
            return Ok(());
        };
        let closed = guarded(|| opened.database.close());
        // One that failed before has nothing left to lose.
        if seizure.is_broken() { Ok(()) } else { closed }
    }

    /// Returns what is rung after each commit of this handle, and when it is closed.
    pub(in crate::store) fn bell(&self) -> &Bell {
        &self.bell
    }
}
