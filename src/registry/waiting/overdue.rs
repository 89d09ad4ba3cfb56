//! How long the first in the line has left room untaken, as one behind it sees it.

use std::time::{Duration, Instant};

use crate::registry::line::Before;

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

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Before = Before { first: 3, count: 1 };

    /// Looks every 100 ms until somebody is overdue; how long that took, 10 seconds at most.
    fn until_overdue(overdue: &mut Overdue, before: Before, begin: Instant) -> Duration {
        (0..=100)
            .map(|look| Duration::from_millis(100) * look)
            .find(|after| overdue.look(before, begin + *after).is_some())
            .unwrap_or(Duration::MAX)
    }

    #[test]
    fn who_leaves_room_untaken_for_a_second_is_passed() {
        let begin = Instant::now();
        let mut overdue = Overdue::default();
        assert_eq!(overdue.left(), None);
        assert_eq!(overdue.look(FIRST, begin), None);
        assert_eq!(overdue.left(), Some(GRACE));
        assert_eq!(until_overdue(&mut overdue, FIRST, begin), GRACE);
        assert_eq!(overdue.look(FIRST, begin + GRACE), Some(3));
        assert_eq!(overdue.left(), Some(Duration::ZERO));
    }

    /// Of several behind one who is stopped the next goes first.
    #[test]
    fn those_further_behind_wait_a_little_longer() {
        let begin = Instant::now();
        for (count, expected) in [
            (1, 1000),
            (2, 1100),
            (3, 1100),
            (5, 1200),
            (9, 1400),
            (99, 1400),
        ] {
            let before = Before { first: 3, count };
            let after = until_overdue(&mut Overdue::default(), before, begin);
            assert_eq!(after, Duration::from_millis(expected), "{count}");
        }
    }

    #[test]
    fn whoever_takes_room_or_finds_none_begins_anew() {
        let begin = Instant::now();
        let mut overdue = Overdue::default();
        let almost = begin + Duration::from_millis(900);
        until_overdue(&mut overdue, FIRST, begin);
        let next = Before { first: 4, count: 1 };
        assert_eq!(overdue.look(next, almost), None);
        assert_eq!(overdue.left(), Some(GRACE));
        overdue.forget();
        assert_eq!(overdue.left(), None);
        assert_eq!(until_overdue(&mut overdue, next, begin), GRACE);
    }

    /// Who was stopped itself has not seen that the others did nothing.
    #[test]
    fn time_without_looks_does_not_count() {
        let begin = Instant::now();
        let mut overdue = Overdue::default();
        assert_eq!(overdue.look(FIRST, begin), None);
        let later = begin + Duration::from_secs(600);
        assert_eq!(overdue.look(FIRST, later), None);
        assert_eq!(overdue.left(), Some(GRACE - LOOKS));
    }
}
