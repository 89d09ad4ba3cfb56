//! Saying that somebody works in sessions.

use std::process::ExitCode;

use session_registry::Session;

use crate::describe;
use crate::failure::Failure;
use crate::inside;
use crate::locate::Locator;
use crate::outcome::{Done, Outcome};
use crate::output::Output;
use crate::session_argument::{OptionalSessions, or_empty};

/// Note that sessions are worked in, so that they count as active now
///
/// Moves their last activity and nothing else; more often than once a second it writes nothing. Inside of `resume`
/// the session that it drives is the default. Of several, all are tried; the exit status is 1 if any was refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry touch api
  session-registry touch . docs")]
pub(crate) struct Touch {
    #[command(flatten)]
    sessions: OptionalSessions,
}

impl Touch {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let inside = || inside::session().map(|(id, _)| id.to_string());
        let named = self.sessions.or_else(inside);
        if named.is_empty() {
            return Err(Failure::Usage(
                "name the session; only a command that resume runs has one to touch",
            ));
        }
        let registry = or_empty(locator.open_existing()?)?;
        let found = named.iter().map(|named| named.drive_in(&registry, output));
        let found: Vec<_> = found.collect::<Result<_, _>>()?;
        let touch = |session: &Session| {
            let id = session.id();
            registry.touch(id)?;
            // If it was removed since, it is what it was.
            Ok(registry.lookup(id)?.unwrap_or_else(|| session.clone()))
        };
        Outcome::of_each(found, touch).answer(locator, output, line)
    }
}

fn line(Done { after, .. }: &Done) -> String {
    format!("active now: {}", describe::named(after))
}
