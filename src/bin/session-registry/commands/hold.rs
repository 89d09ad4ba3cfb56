//! Driving a session for a program that runs already.

mod background;

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;
use session_registry::{Claim, Error, Liveness, Owner, SessionId, SessionRegistry};

use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::process::Process;
use crate::program;
use crate::session_argument::SessionArgument;

/// How often it is looked whether the session is still ours.
const LOOK: Duration = Duration::from_millis(500);

/// Claim a session for a program that runs already, for as long as it does: for hooks
///
/// A process in the background keeps the claim. When the program ends and nobody has closed the session before,
/// its owner is dead: `interrupted` lists it. When the session is closed, removed or taken over, that process ends.
/// A closed session is opened again first. If the session is held for that program already, nothing is changed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry hold --pid $PPID .
  session-registry hold --pid $PPID --program claude claude:7f3a
  session-registry close --pid $PPID claude:7f3a")]
pub(crate) struct Hold {
    #[command(flatten)]
    session: SessionArgument,

    /// The number of the process that drives it
    #[arg(long)]
    pid: u32,

    /// What that program is called [default: what the system calls it]
    #[arg(long, value_name = "NAME")]
    program: Option<String>,

    /// Claim it even if somebody else drives it, who is told by the registry
    #[arg(long)]
    take_over: bool,

    /// Keep the claim in this process, which ends when the claim does: for supervisors
    #[arg(long)]
    foreground: bool,

    /// Started by itself: lets go of everything that whoever called may wait for
    #[arg(long, hide = true, requires = "foreground")]
    detached: bool,
}

impl Hold {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let driver = Process::of(self.pid).map_err(|source| {
            let pid = self.pid;
            Failure::Process { pid, source }
        })?;
        let (registry, session) = self.session.drive(locator, output)?;
        let id = session.id();
        if let Some(epoch) = held_already(&registry, id, self.pid)? {
            self.answer(output, id, epoch, &driver)?;
            return Ok(ExitCode::SUCCESS);
        }
        if !self.foreground {
            drop(registry);
            return background::start(&self, id, locator, output);
        }
        let started = if self.take_over {
            registry.resume_taking_over(id)
        } else {
            registry.resume(id)
        }?;
        output.reaped(started.reaped());
        let (_, claim) = started.into_parts();
        // For people to read: the claim is made, whatever becomes of this.
        let name = self
            .program(&driver)
            .unwrap_or_else(|| "unknown".to_owned());
        let _ = claim.driven_by(self.pid, &program::name(name.as_ref()));
        self.answer(output, id, claim.epoch(), &driver)?;
        output.flush()?;
        if self.detached {
            background::let_go().map_err(Failure::Wait)?;
        }
        keep(&driver, claim, registry);
        Ok(ExitCode::SUCCESS)
    }

    fn program(&self, driver: &Process) -> Option<String> {
        self.program.clone().or_else(|| driver.name())
    }

    fn answer(
        &self,
        output: &mut Output,
        id: SessionId,
        epoch: u64,
        driver: &Process,
    ) -> Result<(), Failure> {
        let (pid, program) = (self.pid, self.program(driver));
        let value = json!({ "id": id, "epoch": epoch, "pid": pid, "program": program });
        output.answer(&value, |out| {
            let program = program
                .as_deref()
                .map(|name| format!(" ({})", Escaped(name)));
            let program = program.unwrap_or_default();
            writeln!(
                out,
                "held for process {pid}{program}: session {id} (claim {epoch})"
            )
        })
    }
}

/// The number of the claim that is held for this program.
fn held_already(
    registry: &SessionRegistry,
    id: SessionId,
    pid: u32,
) -> Result<Option<u64>, Failure> {
    let owner = registry.owner(id)?;
    let held = owner.filter(|owner| owner.liveness == Liveness::Alive && is_driver(owner, pid));
    Ok(held.map(|owner| owner.epoch))
}

/// Whether a session is held for the program of this number, which counts here.
pub(super) fn is_driver(owner: &Owner, pid: u32) -> bool {
    owner.driver == Some(pid) && owner.pid_namespace.is_none()
}

/// Returns when the driver has ended, or the claim is over. Of a driver that ended the claim is not released: its
/// owner is dead then, and that is what the system tells as soon as this process has ended too.
fn keep(driver: &Process, claim: Claim, registry: SessionRegistry) {
    loop {
        if driver.ends_within(LOOK) {
            std::mem::forget(claim);
            let _ = registry.close();
            return;
        }
        // What cannot be told now can be told later.
        if let Err(Error::OwnershipLost { .. }) = claim.check() {
            return;
        }
    }
}
