//! Whether this is the process that opened the file, told without asking the system each time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::store::disk::medium::Medium;
use crate::store::disk::process::Process;
use crate::store::fault::Fault;

/// The process that opened a file, and when.
pub(super) struct Opener {
    /// `None` for memory, which is each fork's own.
    process: Option<Process>,
    opened: Instant,
    /// Milliseconds after `opened` at which it was last asked which process this is.
    checked: AtomicU64,
}

impl Opener {
    /// Of what this process opened just now.
    pub(super) fn of(medium: &Medium) -> Self {
        Self {
            process: medium.path().map(|_| Process::this()),
            opened: Instant::now(),
            checked: AtomicU64::new(0),
        }
    }

    /// Whether this process is a fork of the opener: then nothing here may touch the file, or let go of a
    /// lock that both have.
    pub(super) fn is_another(&self) -> bool {
        self.process.is_some_and(Process::is_another)
    }

    /// Fails in a fork.
    pub(super) fn check(&self) -> Result<(), Fault> {
        self.process.map_or(Ok(()), Process::check)
    }

    /// As [`check`](Self::check), but asks at most once a millisecond: asking costs as much as a short
    /// answer. Returns the milliseconds since the opening.
    pub(super) fn check_now_and_then(&self) -> Result<u64, Fault> {
        let now = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        if self.checked.load(Ordering::Relaxed) != now {
            self.check()?;
            self.checked.store(now, Ordering::Relaxed);
        }
        Ok(now)
    }
}
