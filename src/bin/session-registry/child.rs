//! A command that runs for us, and what happens meanwhile.

#[cfg(unix)]
mod heirs;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod witness;

use std::time::Duration;

#[cfg(unix)]
pub(crate) use heirs::Heirs;
#[cfg(unix)]
pub(crate) use supervisor::Supervisor;
#[cfg(unix)]
pub(crate) use witness::{bear_witness, is_witness, own_program};

/// How often it is looked whether the command should still run.
const LOOK: Duration = Duration::from_millis(500);

/// What becomes of the command after a look at what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes on, and will be looked after.
    GoesOn,
    /// It goes on, and there is nothing more to look for.
    GoesOnUnseen,
    /// It is asked to end, and made to after a while.
    Ends,
}

/// Where nothing tells, none are left.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Heirs;

#[cfg(not(unix))]
impl Heirs {
    pub(crate) fn of(_: &mut std::process::Command) -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn are_left(&mut self) -> bool {
        false
    }
}

/// Waits, where there are no such signals.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Supervisor;

#[cfg(not(unix))]
impl Supervisor {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn wait(
        self,
        mut child: std::process::Child,
        mut look: impl FnMut() -> Verdict,
    ) -> std::io::Result<std::process::ExitStatus> {
        let mut verdict = Verdict::GoesOn;
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(LOOK);
            if verdict == Verdict::GoesOn {
                verdict = look();
                if verdict == Verdict::Ends {
                    child.kill()?;
                }
            }
        }
    }
}
