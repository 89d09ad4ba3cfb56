//! How long the first in the line has left room untaken, as one behind it sees it.

use std::time::{Duration, Instant};

use super::line::Before;

/// How often, at least, one who waits looks: a death is no commit, and wakes nobody.
pub(super) const LOOKS: Duration = Duration::from_millis(250);

/// How long room is left to those who came before.
const GRACE: Duration = Duration::from_secs(1);

/// How much longer for each of several, so that the next in the line goes first.
const STEP: Duration = Duration::from_millis(50);
const MOST_STEPS: u32 = 8;

/// What one who could be admitted has seen of those before it.
#[derive(Debug, Default)]
pub(super) struct Overdue(Option<Sight>);

#[derive(Debug)]
struct Sight {
    before: Before,
    at: Instant,
    untaken: Duration,
}

impl Overdue {
    /// Notes that there is room now, and who comes before; returns the first of those once it has left the room
    /// untaken for too long.
    pub(super) fn look(&mut self, before: Before, now: Instant) -> Option<u64> {
        let untaken = match &self.0 {
            Some(seen) if seen.before.first == before.first => {
                // Who was stopped itself has seen nothing meanwhile.
                let since = now.saturating_duration_since(seen.at);
                seen.untaken + since.min(LOOKS)
            }
            _ => Duration::ZERO,
        };
        self.0 = Some(Sight {
            before,
            at: now,
            untaken,
        });
        (untaken >= grace(before)).then_some(before.first)
    }

    /// Notes that there is no room.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }

    /// Returns how long it takes until somebody is overdue; `None` while nobody is waited for.
    pub(super) fn left(&self) -> Option<Duration> {
        let seen = self.0.as_ref()?;
        Some(grace(seen.before).saturating_sub(seen.untaken))
    }
}

fn grace(before: Before) -> Duration {
    let others = u32::try_from(before.count.saturating_sub(1)).unwrap_or(MOST_STEPS);
    GRACE + STEP * others.min(MOST_STEPS)
}
