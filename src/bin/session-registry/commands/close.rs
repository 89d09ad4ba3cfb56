//! Closing sessions.

use std::process::ExitCode;

use session_registry::{CloseAs, Error, Query, Session, SessionId, SessionRegistry};

use super::hold::is_driver;
use crate::describe;
use crate::failure::Failure;
use crate::gone::is_gone;
use crate::inside;
use crate::locate::Locator;
use crate::outcome::{Done, Outcome};
use crate::output::Output;
use crate::session_argument::{OptionalSessions, or_empty};

/// Close sessions: their slots and projects are free again, their records are kept
///
/// One that another process drives is left alone, unless that process runs this command: inside of `resume`
/// the session that it drives can be closed, and is the default. Of several, all are tried; the exit status is 1
/// if any was refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry close api
  session-registry close . ~/work/docs
  session-registry close --gone
  session-registry close --pid $PPID claude:7f3a
  session-registry close api --force")]
pub(crate) struct Close {
    #[command(flatten)]
    sessions: OptionalSessions,

    /// Close every open session whose project directory does not exist any more
    #[arg(long, conflicts_with = "session")]
    gone: bool,

    /// Close it for the program of this number, for which it is held by `hold`
    #[arg(long, value_name = "PID")]
    pid: Option<u32>,

    /// Close it even if nobody can tell whether its owner still runs; never while it is known to
    #[arg(long)]
    force: bool,
}

impl Close {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let inside = || inside::session().map(|(id, _)| id.to_string());
        let (registry, sessions) = if self.gone {
            let registry = or_empty(locator.open_existing()?)?;
            let gone = gone(&registry)?;
            (registry, gone)
        } else {
            let named = self.sessions.or_else(inside);
            if named.is_empty() {
                return Err(Failure::Usage(
                    "name the session to close; only a command that resume runs has one to close",
                ));
            }
            let registry = or_empty(locator.open_existing()?)?;
            let found = named.iter().map(|named| named.end_in(&registry));
            let found = found.collect::<Result<_, _>>()?;
            (registry, found)
        };
        if sessions.is_empty() && output.is_for_people() {
            let none = "the directories of all open sessions exist\n";
            output.copy(none.as_bytes())?;
        }
        let close = |found: &Session| Ok(self.close(&registry, found.id())?);
        Outcome::of_each(sessions, close).answer(locator, output, line)
    }

    /// What runs inside of the session may close it, and the program that it is held for. If it is another's by
    /// now, that gives no right.
    fn close(&self, registry: &SessionRegistry, id: SessionId) -> Result<Session, Error> {
        let inside = inside::session().filter(|(inside, _)| *inside == id);
        let held = match self.pid {
            Some(pid) => registry.owner(id)?.filter(|owner| is_driver(owner, pid)),
            None => None,
        };
        let inside = inside.map(|(_, epoch)| epoch);
        for epoch in inside.into_iter().chain(held.map(|owner| owner.epoch)) {
            match registry.close_session_with(id, CloseAs::Holder(epoch)) {
                Err(Error::OwnershipLost { .. }) => {}
                closed => return closed,
            }
        }
        let by = if self.force {
            CloseAs::EvenUnknown
        } else {
            CloseAs::Anybody
        };
        registry.close_session_with(id, by)
    }
}

/// The open sessions whose directory does not exist.
fn gone(registry: &SessionRegistry) -> Result<Vec<Session>, Failure> {
    let mut gone = Vec::new();
    for page in registry.pages(&Query::new().limit(Query::MAX_LIMIT)) {
        gone.extend(page?.into_iter().filter(is_gone));
    }
    Ok(gone)
}

fn line(Done { before, after }: &Done) -> String {
    let session = describe::named(after);
    if before.state().is_open() {
        format!("closed {session}")
    } else {
        format!("closed already: {session}")
    }
}
