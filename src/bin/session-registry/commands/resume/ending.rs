//! How a command ended.

use std::process::{ExitCode, ExitStatus};

/// Whether a signal ended it.
pub(super) fn was_killed(status: &ExitStatus) -> bool {
    !status.success() && status.code().is_none()
}

/// What a shell would answer for it.
#[cfg(unix)]
pub(super) fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;

    let status = status.code().or(status.signal().map(|signal| 128 + signal));
    ExitCode::from(status.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Codes are of 32 bits there, as those of programs that crashed; an `ExitCode` is of 8 everywhere.
#[cfg(not(unix))]
#[allow(
    clippy::exit,
    reason = "the one safe way to end with such a code; nothing is left to do"
)]
pub(super) fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().unwrap_or(1);
    match u8::try_from(code) {
        Ok(code) => ExitCode::from(code),
        Err(_) => std::process::exit(code),
    }
}
