//! How long a call waits: one deadline, and the pauses of whoever polls until then.

use std::time::{Duration, Instant};

/// The one deadline of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    pub(super) started: Instant,
    pub(super) deadline: Instant,
}

impl Wait {
    /// Returns the deadline of a call that begins now and has this much patience.
    pub(crate) fn of(patience: Duration) -> Self {
        let started = Instant::now();
        Self {
            started,
            deadline: started + patience,
        }
    }

    /// Returns the earlier of `time` and the deadline.
    pub(crate) fn ends_by(&self, time: Instant) -> Instant {
        self.deadline.min(time)
    }

    /// Returns this deadline, or the one of a call that begins now and has this much patience if that comes first.
    pub(super) fn at_most(&self, patience: Duration) -> Self {
        Self {
            started: self.started,
            deadline: self.ends_by(Instant::now() + patience),
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.deadline
    }

    pub(crate) fn waited(&self) -> Duration {
        self.started.elapsed()
    }

    /// Sleeps for one step of a growing, jittered pause; `false` once the deadline has passed.
    pub(super) fn pause(&self, step: &mut Pause) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return false;
        }
        std::thread::sleep(step.next().min(left));
        true
    }
}

/// Polling pauses: 50 µs growing to 2 ms, each shortened by up to half at random so that waiters do
/// not move in step.
#[derive(Debug)]
pub(super) struct Pause {
    next: Duration,
    longest: Duration,
}

impl Pause {
    const SHORTEST: Duration = Duration::from_micros(50);
    const LONGEST: Duration = Duration::from_millis(2);

    pub(super) fn new() -> Self {
        Self {
            next: Self::SHORTEST,
            longest: Self::LONGEST,
        }
    }

    /// Of one for whom others make way, or who waits for that: 500 µs at most.
    pub(super) fn brief() -> Self {
        Self {
            next: Self::SHORTEST,
            longest: Self::LONGEST / 4,
        }
    }

    fn next(&mut self) -> Duration {
        let pause = self.next.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.next = (self.next * 2).min(self.longest);
        pause
    }
}
