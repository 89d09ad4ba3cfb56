//! Driving a session by another program.

mod claim_watch;
mod ending;
mod last;
mod letting_go;
mod target;

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::thread;

use clap::{ValueEnum, ValueHint};
use session_registry::{ProjectPath, Session, SessionRegistry, Started};

use claim_watch::ClaimWatch;
use ending::{exit_code, was_killed};
use last::last_around;
use letting_go::{leave, release};
use target::{Target, known_or_new};

use super::when_free::WaitOption;
use crate::child::{Heirs, Supervisor};
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::inside;
use crate::locate::Locator;
use crate::output::Output;
use crate::plain_path::plain;
use crate::program;
use crate::report::report_as;
use crate::session_argument::{OptionalSession, SessionArgument, or_empty};
use crate::ui;

/// The exit status of what this program refused itself, as of `env` and `timeout`.
const REFUSED: u8 = 125;

/// Run a command that drives a session
///
/// The session is claimed while the command runs, and opened again first if it is closed; if the command
/// cannot be run, all of that is taken back. The command runs in the project's directory and finds
/// SESSION_ID, SESSION_EPOCH, SESSION_NAME, SESSION_PROJECT and SESSION_REGISTRY in its environment.
///
/// Signals are passed on to it: HUP, INT, QUIT, TERM, USR1, USR2, WINCH and CONT. The claim ends when the
/// command does, however it ends; if this program is killed, the session counts as driven for as long as
/// the command runs, and if a signal ends the command, for as long as what it started runs. Inside, `close` without a SESSION closes it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: that of the command, or 128 and the signal that ended it; 127 if there is no such command,
126 if it cannot be run; 125 if it was not run because the request was refused.

Examples:
  session-registry resume api -- my-agent --continue
  session-registry resume --last -- my-agent
  session-registry resume --register -- my-agent
  session-registry resume api --wait 10m -- my-agent
  session-registry resume . --here -- sh -c 'echo \"$SESSION_NAME\"'
  session-registry resume api --on-lost term -- my-agent")]
pub(crate) struct Resume {
    #[command(flatten)]
    session: OptionalSession,

    /// Take the most recently active session, open or closed, of the project that DIR is in [default: the
    /// current directory]; one that somebody drives only if there is no other
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = ".",
        value_hint = ValueHint::DirPath, conflicts_with = "session")]
    last: Option<PathBuf>,

    /// If SESSION, by default the current directory, is a directory or a URI without a session, register one; a
    /// part of a name or id is not enough then
    #[arg(long, conflicts_with = "last")]
    register: bool,

    /// Claim it even if somebody else drives it, who is told by the registry
    #[arg(long, conflicts_with = "wait")]
    take_over: bool,

    #[command(flatten)]
    wait: WaitOption,

    /// Run the command in the current directory
    #[arg(long)]
    here: bool,

    /// What to do when somebody else takes the session over: warn, or end the command too
    #[arg(long, value_name = "WHAT", default_value = "warn")]
    on_lost: OnLost,

    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What to do when the session is somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OnLost {
    /// Say so on standard error
    Warn,
    /// Say so, and end the command: TERM, and KILL 5 seconds later
    Term,
}

impl Resume {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        match self.drive(locator, output) {
            // By now the registry is closed, and the claim gone.
            Ok(ended) => Ok(exit_code(ended)),
            Err(failure) => {
                let status = failure.status_of_start().unwrap_or(REFUSED);
                Ok(report_as(&failure, locator, status))
            }
        }
    }

    fn drive(&self, locator: &Locator, output: &Output) -> Result<ExitStatus, Failure> {
        let (registry, target) = self.target(locator, output)?;
        let command = self.command(target.session())?;
        let name = program::name(command.get_program());
        let started = target.start(&registry, self.take_over, &self.wait, output)?;
        let Running {
            supervisor,
            child,
            mut heirs,
        } = match start(command, &registry, &started) {
            Ok(running) => running,
            Err(failure) => {
                undo(started, output);
                return Err(failure);
            }
        };
        output.reaped(started.reaped());
        let (session, claim) = started.into_parts();
        let pid = child.id();
        let mut watch = ClaimWatch::new(&registry, &session, &claim, output);
        let ended = thread::scope(|scope| {
            // For people to read: nothing that keeps it from being written holds the command up.
            let tell = || claim.driven_by(pid, &name);
            let told = thread::Builder::new().spawn_scoped(scope, tell);
            drop(told);
            supervisor.wait(child, || watch.look(self.on_lost))
        });
        let is_told = watch.is_told();
        // Its end counts as activity. Where this fails, the release says why.
        let _ = claim.touch();
        if !is_told && ended.as_ref().is_ok_and(was_killed) && heirs.are_left() {
            leave(claim, &session, output);
        } else {
            release(claim, &registry, &session, output, is_told);
        }
        ended.map_err(Failure::Wait)
    }

    /// The session that is meant, and the registry that it is or will be in.
    fn target(
        &self,
        locator: &Locator,
        output: &Output,
    ) -> Result<(SessionRegistry, Target), Failure> {
        if let Some(directory) = &self.last {
            let registry = or_empty(locator.open_existing()?)?;
            let session = last_around(&registry, directory, self.take_over)?;
            let message = "note: the last session here is";
            output.notice("last", message, std::slice::from_ref(&session));
            return Ok((registry, Target::Known(session)));
        }
        let here = || self.register.then(|| ".".to_owned());
        let named = self.session.clone().or_else(here);
        let named = match named {
            Some(named) => named,
            None => chosen(locator)?,
        };
        if self.register {
            return known_or_new(&named, locator);
        }
        let (registry, session) = named.drive(locator, output)?;
        Ok((registry, Target::Known(session)))
    }

    fn command(&self, session: &Session) -> Result<Command, Failure> {
        let (program, arguments) = self
            .command
            .split_first()
            .ok_or(Failure::Usage("there is no command to run"))?;
        let project = session.project_path();
        let mut command = Command::new(program);
        command.args(arguments);
        let directory = if self.here {
            plain(env::current_dir().map_err(Failure::NoCurrentDirectory)?)
        } else {
            directory_of(project)?
        };
        let failed = |source| Failure::Start {
            command: program.clone(),
            source,
        };
        program::find(program, &directory).map_err(failed)?;
        self.place(&mut command, directory);
        Ok(command)
    }

    /// Where the command runs, and believes that it runs: many trust PWD more than the system.
    fn place(&self, command: &mut Command, directory: PathBuf) {
        if self.here && is_here(&directory) {
            return;
        }
        command.env("PWD", &directory).env_remove("OLDPWD");
        if !self.here {
            command.current_dir(directory);
        }
    }
}

/// The session that somebody at a terminal chooses.
fn chosen(locator: &Locator) -> Result<SessionArgument, Failure> {
    if !ui::can_pick(locator) {
        return Err(Failure::Usage(
            "name the session to drive, or pass --last or --register",
        ));
    }
    let session = ui::pick(locator)?.ok_or(Failure::Cancelled)?;
    Ok(SessionArgument::exactly(&session.id().to_string()))
}

/// The directory of a project that is here.
fn directory_of(project: &ProjectPath) -> Result<PathBuf, Failure> {
    match project.local_path() {
        Some(path) if path.is_dir() => Ok(path.to_path_buf()),
        Some(_) => Err(Failure::ProjectGone {
            project: project.clone(),
        }),
        None => Err(Failure::ProjectElsewhere {
            project: project.clone(),
        }),
    }
}

/// Whether PWD names this directory, be it by way of links.
fn is_here(directory: &Path) -> bool {
    let named = env::var_os("PWD").map(PathBuf::from);
    named.is_some_and(|named| {
        named.is_absolute()
            && named
                .canonicalize()
                .is_ok_and(|named| plain(named) == directory)
    })
}

/// A command that runs.
struct Running {
    supervisor: Supervisor,
    child: Child,
    heirs: Heirs,
}

/// Starts the command; on a failure nothing runs.
fn start(
    mut command: Command,
    registry: &SessionRegistry,
    started: &Started,
) -> Result<Running, Failure> {
    let claim = started.claim();
    inside::tell(&mut command, registry, started.session(), claim);
    #[cfg(unix)]
    claim.inherit(&mut command)?;
    let heirs = Heirs::of(&mut command).map_err(Failure::Wait)?;
    // From here on no signal keeps the claim from being released.
    let supervisor = Supervisor::new().map_err(Failure::Wait)?;
    match command.spawn() {
        Ok(child) => Ok(Running {
            supervisor,
            child,
            heirs,
        }),
        Err(source) => {
            let command = command.get_program().to_owned();
            Err(Failure::Start { command, source })
        }
    }
}

/// Why the command does not run is told anyway.
fn undo(started: Started, output: &Output) {
    let name = Escaped(started.session().name()).to_string();
    if let Err(error) = started.undo() {
        let message = format!(
            "warning: session {name} is not as it was before: {}",
            Escaped(&error)
        );
        output.notice(error.code(), &message, &[]);
    }
}
