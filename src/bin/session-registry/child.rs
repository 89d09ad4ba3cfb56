//! A command that runs for us, and what happens meanwhile.

#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod heirs;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod witness;

use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

#[cfg(not(unix))]
pub(crate) use console::{Heirs, Supervisor};
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

/// What this program ends with when the command has ended so.
#[cfg(unix)]
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;

    let status = status.code().or(status.signal().map(|signal| 128 + signal));
    ExitCode::from(status.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// What this program ends with when the command has ended so, which may be at once, when there is nothing left to do:
/// codes are of 32 bits there, as those of programs that crashed; an `ExitCode` is of 8 everywhere.
#[cfg(not(unix))]
#[allow(clippy::exit, reason = "the one safe way to end with such a code")]
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().unwrap_or(1);
    match u8::try_from(code) {
        Ok(code) => ExitCode::from(code),
        Err(_) => std::process::exit(code),
    }
}
