//! Whether the file at the path is still the file that was opened.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::Error;
use crate::store::disk::medium::Medium;
use crate::store::fault::Fault;

/// How often, at most, reads ask whether the file is still in its place.
const CHECK_MILLIS: u64 = 100;

/// What is known of the place of one file.
pub(super) struct Place {
    /// Once it is found replaced, for ever.
    replaced: AtomicBool,
    /// Milliseconds after the opening at which the place was last checked now and then.
    checked: AtomicU64,
}

impl Place {
    /// The place of a file that was opened just now.
    pub(super) fn of_opened() -> Self {
        Self {
            replaced: AtomicBool::new(false),
            checked: AtomicU64::new(0),
        }
    }

    /// Fails unless the file at the path is the one that was opened; once it is not, for ever.
    pub(super) fn check(&self, medium: &Medium) -> Result<(), Fault> {
        if !self.replaced.load(Ordering::Acquire) {
            match medium.check_in_place() {
                Err(Fault::Rule(Error::FileReplaced { .. })) => {
                    self.replaced.store(true, Ordering::Release);
                }
                other => return other,
            }
        }
        let path = medium.given().map(std::path::Path::to_path_buf);
        Err(Error::FileReplaced {
            path: path.unwrap_or_default(),
        }
        .into())
    }

    /// As [`check`](Self::check), but looks only now and then; `now` is in milliseconds since the opening.
    pub(super) fn check_now_and_then(&self, medium: &Medium, now: u64) -> Result<(), Fault> {
        let last = self.checked.load(Ordering::Relaxed);
        let due = now.saturating_sub(last) >= CHECK_MILLIS;
        if !due && !self.replaced.load(Ordering::Acquire) {
            return Ok(());
        }
        self.checked.store(now, Ordering::Relaxed);
        self.check(medium)
    }
}
