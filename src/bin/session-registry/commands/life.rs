//! Closing sessions and opening them again.

use crate::describe;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::SessionArgument;

/// Close a session: its slot and its project are free again, its record is kept
///
/// One that another process drives is left alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry close api
  session-registry close .")]
pub(crate) struct Close {
    #[command(flatten)]
    session: SessionArgument,
}

impl Close {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (registry, found) = self.session.end(locator)?;
        let session = registry.close_session(found.id())?;
        output.answer(&session, |out| {
            let session = describe::named(&session);
            if found.state().is_open() {
                writeln!(out, "closed {session}")
            } else {
                writeln!(out, "closed already: {session}")
            }
        })
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
