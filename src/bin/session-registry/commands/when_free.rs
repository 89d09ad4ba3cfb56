//! Waiting for a slot instead of being refused.

use std::time::Duration;

use session_registry::{Error, SessionRegistry};

use crate::failure::Failure;
use crate::output::Output;
use crate::time;

/// How long to wait.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct WaitOption {
    /// While the limit or the project leaves no room, wait in line for so long at most, such as 90s, 10m or 2h
    #[arg(long, value_name = "DURATION", value_parser = time::duration)]
    wait: Option<Duration>,
}

impl WaitOption {
    /// Makes a call at once. If it is refused, or others are in line, tells how many wait before, and makes it when
    /// there is room.
    pub(super) fn call<T>(
        &self,
        registry: &SessionRegistry,
        output: &Output,
        at_once: impl FnOnce() -> Result<T, Error>,
        when_free: impl FnOnce(Duration) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let Some(patience) = self.wait.filter(|patience| !patience.is_zero()) else {
            return Ok(at_once()?);
        };
        let before = registry.waiting()?;
        if before == 0 {
            match at_once() {
                Err(
                    Error::LimitReached { .. }
                    | Error::ProjectAlreadyOpen { .. }
                    | Error::AlreadyClaimed { .. },
                ) => {}
                done => return Ok(done?),
            }
        }
        output.notice("waiting", &told(before, patience), &[]);
        // What cannot be waited out is refused here once more.
        Ok(when_free(patience)?)
    }
}

fn told(before: u64, patience: Duration) -> String {
    let others = match before {
        0 => "nobody waits before".to_owned(),
        1 => "1 waits before".to_owned(),
        several => format!("{several} wait before"),
    };
    let patience = time::span(patience);
    format!("note: waiting for a slot, {patience} at most; {others}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_is_told_how_many_are_before() {
        let ten_minutes = Duration::from_secs(600);
        for (before, expected) in [
            (
                0,
                "note: waiting for a slot, 10 min at most; nobody waits before",
            ),
            (
                1,
                "note: waiting for a slot, 10 min at most; 1 waits before",
            ),
            (7, "note: waiting for a slot, 10 min at most; 7 wait before"),
        ] {
            assert_eq!(told(before, ten_minutes), expected);
        }
    }
}
