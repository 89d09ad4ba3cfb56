//! What wakes those who wait for a slot.

use std::time::{Duration, Instant};

use crate::store::{Glance, Means, Store, Waking};

/// For how long those who are woken let things come together: many that look at once, for every commit, slow down who
/// commits.
const BREATH: Duration = Duration::from_millis(2);

/// The system tells that a lock file is closed a little before it drops the lock.
const SOON_AFTER: Duration = Duration::from_millis(10);

/// Wakes for commits, and where the system tells of them for the deaths of owners.
pub(super) struct Alarm<'s> {
    store: &'s Store,
    waking: Waking,
    /// Which state was seen last, where it can be told.
    seen: Option<Glance>,
}

impl<'s> Alarm<'s> {
    pub(super) fn new(store: &'s Store) -> Self {
        Self {
            store,
            waking: store.waking(Means::Best),
            seen: None,
        }
    }

    /// Begins to listen anew: what happens from now on wakes.
    pub(super) fn listen(&mut self) {
        self.waking.drain();
        self.waking.listen_for_deaths();
        self.seen = self.glance();
    }

    /// Waits until there may be something to see since [`listen`](Self::listen), for so long at most.
    pub(super) fn wait(&mut self, time: Duration) {
        let mut until = Instant::now() + time;
        loop {
            let now = Instant::now();
            if now >= until {
                return;
            }
            let next = self.waking.next_look(now).unwrap_or(until);
            self.waking.wait(next.min(until));
            if self.waking.drain() {
                until = until.min(Instant::now() + SOON_AFTER);
            }
            if self.has_changed() {
                self.waking.note_change(Instant::now());
                std::thread::sleep(BREATH.min(until.saturating_duration_since(Instant::now())));
                return;
            }
        }
    }

    fn has_changed(&self) -> bool {
        match (self.glance(), &self.seen) {
            (Some(now), Some(seen)) => now.shows_another(seen),
            // That it cannot be told, of a closed registry for instance, is for the next look to find out.
            _ => true,
        }
    }

    fn glance(&self) -> Option<Glance> {
        self.store.call_at_once().glance("read").ok()
    }
}
