//! Opening sessions again.

use std::process::ExitCode;

use session_registry::Session;

use crate::describe;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::outcome::{Done, Outcome};
use crate::output::Output;
use crate::session_argument::{Sessions, or_empty};

/// Open closed sessions again
///
/// Fails if the project has another open session, or if the registry holds as many as its limit allows.
/// Sessions whose owners died are closed, as few as needed, if they are in the way; that is reported. Of several
/// sessions, all are tried; the exit status is 1 if any was refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry reopen api docs
  session-registry list --state closed --json | jq -r '.sessions[0].id' | xargs session-registry reopen")]
pub(crate) struct Reopen {
    #[command(flatten)]
    sessions: Sessions,
}

impl Reopen {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let registry = or_empty(locator.open_existing()?)?;
        let named = self.sessions.named();
        let found = named.iter().map(|named| named.drive_in(&registry, output));
        let found: Vec<_> = found.collect::<Result<_, _>>()?;
        let reopen = |session: &Session| {
            let opened = registry.reopen_opened(session.id())?;
            output.reaped(&opened.reaped);
            Ok(opened.session)
        };
        Outcome::of_each(found, reopen).answer(locator, output, line)
    }
}

fn line(Done { before, after }: &Done) -> String {
    let session = describe::named(after);
    if before.state().is_open() {
        format!("open already: {session}")
    } else {
        format!("reopened {session}")
    }
}
