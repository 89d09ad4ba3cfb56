//! Waiting until somebody commits something, with nothing held meanwhile.

use std::time::{Duration, Instant};

use super::Store;
use super::engine::{Engine, Stamp};

/// How often the state is looked at.
const TICK: Duration = Duration::from_millis(20);

/// Tells when something was committed that was not there yet when this was made.
pub(crate) struct Bell<'s> {
    engine: &'s Engine,
    /// `None` where it could not be told.
    state: Option<Stamp>,
}

impl Store {
    /// Returns a bell for what is committed from now on: made before one looks, it is not missed.
    pub(crate) fn bell(&self) -> Bell<'_> {
        Bell {
            engine: &self.engine,
            state: self.engine.stamp_now(),
        }
    }
}

impl Bell<'_> {
    /// Waits until something was committed, or until `deadline`. It may return too early, and does so late where
    /// the state cannot be told.
    pub(crate) fn wait_until(&self, deadline: Instant) {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(TICK));
            let state = self.engine.stamp_now();
            if state.is_some() && state != self.state {
                return;
            }
        }
    }
}
