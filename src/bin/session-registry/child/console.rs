//! Looking after a command where there are no signals: a console tells every program on it that somebody wants
//! them to end.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use super::{LOOK, Verdict};

/// How late the end of a command is noticed, at most.
const TICK: Duration = Duration::from_millis(20);

/// Where nothing tells, none are left.
#[derive(Debug)]
pub(crate) struct Heirs;

impl Heirs {
    pub(crate) fn of(_: &mut Command) -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn are_left(&mut self) -> bool {
        false
    }
}

/// Outlives Ctrl-C and Ctrl-Break, from its making on: the command has got them too, and decides what they mean. A
/// child does not inherit that.
#[derive(Debug)]
pub(crate) struct Supervisor;

impl Supervisor {
    pub(crate) fn new() -> io::Result<Self> {
        #[cfg(windows)]
        stay_at_the_console()?;
        Ok(Self)
    }

    /// Waits for the child. `look` is asked now and then what becomes of it.
    pub(crate) fn wait(
        self,
        mut child: Child,
        mut look: impl FnMut() -> Verdict,
    ) -> io::Result<ExitStatus> {
        let mut next_look = Some(Instant::now() + LOOK);
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            thread::sleep(TICK);
            if next_look.is_some_and(|next| Instant::now() >= next) {
                let verdict = look();
                next_look = (verdict == Verdict::GoesOn).then(|| Instant::now() + LOOK);
                if verdict == Verdict::Ends {
                    child.kill()?;
                }
            }
        }
    }
}

/// Takes notice of what would end this process, and does nothing about it.
#[cfg(windows)]
fn stay_at_the_console() -> io::Result<()> {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use signal_hook::consts::SIGINT;

    /// Ctrl-Break, in the C library of Windows.
    const SIGBREAK: i32 = 21;

    for signal in [SIGINT, SIGBREAK] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    Ok(())
}

#[cfg(all(test, windows))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    /// The wrapper ended at once, and with it the claim, while the agent asked whether to save.
    #[test]
    fn ctrl_c_ended_the_wrapper_before_its_command() {
        let supervisor = Supervisor::new().unwrap();
        let child = Command::new("cmd")
            .args(["/c", "exit 300"])
            .spawn()
            .unwrap();
        // Each would end this process. More than once, because a handler of the C library serves once.
        for signal in [2, 21, 2, 21] {
            signal_hook::low_level::raise(signal).unwrap();
        }
        let status = supervisor.wait(child, || Verdict::GoesOn).unwrap();
        assert_eq!(status.code(), Some(300));
    }
}
