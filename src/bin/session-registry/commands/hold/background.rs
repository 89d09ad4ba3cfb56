//! A process in the background that holds a claim.

use std::io;
use std::process::ExitCode;

use session_registry::SessionId;

use super::Hold;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;

/// Starts it, waits until it has the claim or was refused, and tells what it told.
#[cfg(unix)]
pub(super) fn start(
    hold: &Hold,
    id: SessionId,
    locator: &Locator,
    output: &mut Output,
) -> Result<ExitCode, Failure> {
    use std::io::{Read, Write};

    let mut command = command(hold, id, locator)?;
    let mut process = command.spawn().map_err(|source| {
        let command = command.get_program().to_owned();
        Failure::Start { command, source }
    })?;
    let (mut answer, mut told) = (Vec::new(), Vec::new());
    // It lets go of both once it has the claim.
    if let Some(mut stdout) = process.stdout.take() {
        stdout.read_to_end(&mut answer).map_err(Failure::Wait)?;
    }
    if let Some(mut stderr) = process.stderr.take() {
        stderr.read_to_end(&mut told).map_err(Failure::Wait)?;
    }
    let _ = io::stderr().write_all(&told);
    output.copy(answer.as_slice())?;
    if !answer.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let status = process.wait().map_err(Failure::Wait)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.filter(|code| *code != 0).unwrap_or(1)))
}

#[cfg(unix)]
fn command(
    hold: &Hold,
    id: SessionId,
    locator: &Locator,
) -> Result<std::process::Command, Failure> {
    use std::process::{Command, Stdio};

    let program = crate::child::own_program().map_err(Failure::Wait)?;
    let mut command = Command::new(program);
    command.arg("--registry").arg(locator.path()?);
    if locator.is_for_programs() {
        command.arg("--json");
    }
    command.args(["hold", "--foreground", "--detached", "--pid"]);
    command.arg(hold.pid.to_string()).arg(id.to_string());
    if let Some(program) = &hold.program {
        command.arg("--program").arg(program);
    }
    if hold.take_over {
        command.arg("--take-over");
    }
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(command)
}

/// Lets go of the terminal, and of the streams whose end somebody may wait for.
#[cfg(unix)]
pub(super) fn let_go() -> io::Result<()> {
    use rustix::stdio::{dup2_stderr, dup2_stdin, dup2_stdout};

    // Who leads a group already, as where a shell with job control started it, is on its own anyway.
    let _ = rustix::process::setsid();
    let nothing = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    dup2_stdin(&nothing)?;
    dup2_stdout(&nothing)?;
    dup2_stderr(&nothing)?;
    Ok(())
}

/// No process can be watched there, which was the answer before.
#[cfg(not(unix))]
pub(super) fn start(
    hold: &Hold,
    _: SessionId,
    _: &Locator,
    _: &mut Output,
) -> Result<ExitCode, Failure> {
    let source = io::ErrorKind::Unsupported.into();
    Err(Failure::Process {
        pid: hold.pid,
        source,
    })
}

#[cfg(not(unix))]
pub(super) fn let_go() -> io::Result<()> {
    Ok(())
}
