//! Closing sessions and opening them again.

use session_registry::{CloseAs, Error, Session, SessionId, SessionRegistry};

use crate::describe;
use crate::failure::Failure;
use crate::inside;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::{OptionalSession, SessionArgument};

/// Close a session: its slot and its project are free again, its record is kept
///
/// One that another process drives is left alone, unless that process runs this command: inside of `resume`
/// the session that it drives can be closed, and is the default.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry close api
  session-registry close .
  session-registry close api --force")]
pub(crate) struct Close {
    #[command(flatten)]
    session: OptionalSession,

    /// Close it even if nobody can tell whether its owner still runs; never while it is known to
    #[arg(long)]
    force: bool,
}

impl Close {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let inside = || inside::session().map(|(id, _)| id.to_string());
        let named = self.session.clone().or_else(inside).ok_or(Failure::Usage(
            "name the session to close; only a command that resume runs has one to close",
        ))?;
        let (registry, found) = named.end(locator)?;
        let session = self.close(&registry, found.id())?;
        output.answer(&session, |out| {
            let session = describe::named(&session);
            if found.state().is_open() {
                writeln!(out, "closed {session}")
            } else {
                writeln!(out, "closed already: {session}")
            }
        })
    }

    /// What runs inside of the session may close it. If it is another's by now, that gives no right.
    fn close(&self, registry: &SessionRegistry, id: SessionId) -> Result<Session, Error> {
        if let Some((inside, epoch)) = inside::session()
            && inside == id
        {
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

/// Open a closed session again
///
/// Fails if the project has another open session, or if the registry holds as many as its limit allows.
/// Sessions whose owners died are closed, as few as needed, if they are in the way; that is reported.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry reopen api
  session-registry list --state closed --json | jq -r '.[0].id' | xargs session-registry reopen")]
pub(crate) struct Reopen {
    #[command(flatten)]
    session: SessionArgument,
}

impl Reopen {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (registry, found) = self.session.drive(locator, output)?;
        let opened = registry.reopen_opened(found.id())?;
        output.reaped(&opened.reaped);
        output.answer(&opened.session, |out| {
            let session = describe::named(&opened.session);
            if found.state().is_open() {
                writeln!(out, "open already: {session}")
            } else {
                writeln!(out, "reopened {session}")
            }
        })
    }
}
