//! Saying what whoever drives a session does.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use session_registry::{Activity, Report as Said};

use crate::describe;
use crate::failure::Failure;
use crate::inside;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::OptionalSession;

/// Say what whoever drives a session does now: for hooks
///
/// What was said before is not written again, so that it can be called often. Inside of `resume` the session that
/// it drives is the default, and what is reported of it late, when somebody else drives it, is refused.
#[derive(Debug, clap::Args)]
#[command(
    allow_missing_positional = true,
    after_help = "\
Examples:
  session-registry report api working --note 'runs the tests'
  session-registry resume api -- sh -c 'session-registry report waiting; read answer'"
)]
pub(crate) struct Report {
    #[command(flatten)]
    session: OptionalSession,

    /// What it does
    #[arg(value_parser = activities(), value_name = "ACTIVITY")]
    activity: Activity,

    /// One line about it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// Say it of the claim with this number only
    #[arg(long, value_name = "N")]
    epoch: Option<u64>,
}

/// The words of the library.
fn activities() -> impl TypedValueParser<Value = Activity> {
    PossibleValuesParser::new(["working", "waiting", "idle", "failed"])
        .try_map(|word| word.parse::<Activity>())
}

impl Report {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let inside = inside::session();
        let driven = || inside.map(|(id, _)| id.to_string());
        let named = self.session.clone().or_else(driven).ok_or(Failure::Usage(
            "name the session; only a command that resume runs has one to report of",
        ))?;
        let (registry, session) = named.drive(locator, output)?;
        let id = session.id();
        let mut said = Said::new(self.activity);
        if let Some(note) = &self.note {
            said = said.note(note);
        }
        // What runs inside of the session speaks of the claim that it was told of.
        let own = inside.filter(|(inside, _)| *inside == id);
        if let Some(epoch) = self.epoch.or(own.map(|(_, epoch)| epoch)) {
            said = said.epoch(epoch);
        }
        registry.report(id, said)?;
        let status = registry.status(id)?;
        output.answer(&status, |out| {
            writeln!(
                out,
                "{}: {}",
                self.activity,
                describe::named(&status.session)
            )
        })
    }
}
