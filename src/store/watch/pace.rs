//! How often those look who are told nothing.

use std::time::{Duration, Instant};

/// A pace of looking: quick for a while after something happened.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last_change: Option<Instant>,
}

impl Pace {
    const QUICK: Duration = Duration::from_millis(20);
    const SLOW: Duration = Duration::from_millis(100);
    const QUICK_FOR: Duration = Duration::from_secs(2);

    pub(super) fn note_change(&mut self, now: Instant) {
        self.last_change = Some(now);
    }

    /// Returns when to look again after a look at `now`.
    pub(super) fn next(&self, now: Instant) -> Instant {
        let is_quick = self
            .last_change
            .is_some_and(|last| now.saturating_duration_since(last) < Self::QUICK_FOR);
        now + if is_quick { Self::QUICK } else { Self::SLOW }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_quick_for_two_seconds_after_a_change() {
        let begin = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.next(begin), begin + Duration::from_millis(100));
        pace.note_change(begin);
        for (after, interval) in [(0, 20), (1999, 20), (2000, 100), (9000, 100)] {
            let now = begin + Duration::from_millis(after);
            assert_eq!(pace.next(now), now + Duration::from_millis(interval));
        }
    }
}
