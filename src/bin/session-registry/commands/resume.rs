//! Driving a session by another program.

use std::ffi::OsString;
use std::process::{Command, ExitCode, ExitStatus};

use session_registry::{Claim, Error, Session, SessionRegistry};

use crate::child::Supervisor;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::SessionArgument;

/// Run a command that drives a session
///
/// The session is claimed while the command runs, and opened again first if it is closed. The command
/// runs in the project's directory and finds SESSION_ID, SESSION_NAME, SESSION_PROJECT and
/// SESSION_REGISTRY in its environment. Signals that ask to end are passed on to it; the claim ends when
/// the command does, however it ends.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: that of the command, or 128 and the signal that ended it; 127 if there is no such command,
126 if it cannot be run.

Examples:
  session-registry resume api -- my-agent --continue
  session-registry resume . --here -- sh -c 'echo \"$SESSION_NAME\"'")]
pub(crate) struct Resume {
    #[command(flatten)]
    session: SessionArgument,

    /// Claim it even if somebody else drives it, who is told by the registry
    #[arg(long)]
    take_over: bool,

    /// Run the command in the current directory
    #[arg(long)]
    here: bool,

    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Resume {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let (registry, session) = self.session.drive(locator, output)?;
        let mut command = self.command(&registry, &session)?;
        // From here on no signal keeps the claim from being released.
        let supervisor = Supervisor::new().map_err(Failure::Wait)?;
        let id = session.id();
        let was_open = session.state().is_open();
        if !was_open {
            output.reaped(&registry.reopen_opened(id)?.reaped);
        }
        let claim = if self.take_over {
            registry.take_over(id)
        } else {
            registry.claim(id)
        }?;
        let child = match command.spawn() {
            Ok(child) => child,
            Err(source) => {
                release(claim, &session, output);
                if !was_open {
                    registry.close_session(id)?;
                }
                let command = command.get_program().to_owned();
                return Err(Failure::Start { command, source });
            }
        };
        let ended = supervisor.wait(child);
        release(claim, &session, output);
        Ok(exit_code(ended.map_err(Failure::Wait)?))
    }

    fn command(&self, registry: &SessionRegistry, session: &Session) -> Result<Command, Failure> {
        let (program, arguments) = self
            .command
            .split_first()
            .ok_or(Failure::Usage("there is no command to run"))?;
        let project = session.project_path();
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("SESSION_ID", session.id().to_string())
            .env("SESSION_NAME", session.name().as_str())
            .env("SESSION_PROJECT", project.as_str());
        if let Some(path) = registry.path() {
            command.env("SESSION_REGISTRY", path);
        }
        if !self.here {
            let Some(directory) = project.local_path().filter(|path| path.is_dir()) else {
                let project = project.clone();
                return Err(Failure::ProjectGone { project });
            };
            command.current_dir(directory);
        }
        Ok(command)
    }
}

/// The command has ended, so whatever happens here is only told.
fn release(claim: Claim, session: &Session, output: &Output) {
    let name = Escaped(session.name());
    // Its end counts as activity. Where this fails, the release says why.
    let _ = claim.touch();
    match claim.release() {
        Ok(()) => {}
        Err(Error::OwnershipLost { owner: None, .. }) => {
            let message =
                format!("warning: session {name} was taken over, closed or removed meanwhile");
            output.notice("ownership_lost", &message, &[]);
        }
        Err(Error::OwnershipLost {
            owner: Some(owner), ..
        }) => {
            let owner = Escaped(owner);
            let message = format!("warning: session {name} was taken over meanwhile by {owner}");
            output.notice("ownership_lost", &message, &[]);
        }
        Err(error) => {
            let (code, error) = (error.code(), Escaped(error));
            let message = format!("warning: session {name} is still claimed: {error}");
            output.notice(code, &message, &[]);
        }
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    #[cfg(unix)]
    let status = {
        use std::os::unix::process::ExitStatusExt;
        status.code().or(status.signal().map(|signal| 128 + signal))
    };
    #[cfg(not(unix))]
    let status = status.code();
    ExitCode::from(status.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
