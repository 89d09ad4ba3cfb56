//! Who drives what, and who died.

use std::cmp::Reverse;

use serde_json::json;
use session_registry::{Error, Liveness, Query, Session, SessionRegistry};

use super::listing::Paper;
use crate::describe;
use crate::failure::Failure;
use crate::field::Field;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::SessionArgument;
use crate::sight::Sight;

/// Tell which process drives a session, and what it does
///
/// Where a program such as `resume` holds the claim for another, that other one drives.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry owner api
  session-registry owner . --json | jq -r .owner.pid")]
pub(crate) struct Owner {
    #[command(flatten)]
    session: SessionArgument,
}

impl Owner {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (registry, session) = self.session.look(locator)?;
        let status = registry.status(session.id())?;
        let value = json!({ "owner": status.owner, "activity": status.activity });
        output.answer(&value, |out| {
            match &status.owner {
                Some(owner) => writeln!(out, "{}", describe::owner(owner))?,
                None => writeln!(out, "nobody")?,
            }
            match &status.activity {
                Some(report) => writeln!(out, "{}", describe::activity(report)),
                None => Ok(()),
            }
        })
    }
}

/// List the sessions whose owner died: open ones, and those that were closed because of that
///
/// The most recently active first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry interrupted
  session-registry interrupted --unknown
  session-registry interrupted --json | jq -r '.sessions[].id'")]
pub(crate) struct Interrupted {
    /// List also those of whose owner nobody can tell whether it still runs: `close --force` frees them
    #[arg(long)]
    unknown: bool,
}

/// What is told of them.
const FIELDS: &[Field] = &[
    Field::ShortId,
    Field::State,
    Field::Name,
    Field::Project,
    Field::DrivenBy,
    Field::Active,
    Field::Closed,
];

impl Interrupted {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (mut sessions, mut sights) = (Vec::new(), Vec::new());
        if let Some(registry) = locator.look_at_existing()? {
            sessions = registry.interrupted()?;
            if self.unknown {
                sessions.extend(unknown(&registry)?);
                sessions.sort_by_key(|session| Reverse((session.last_active_at(), session.id())));
            }
            if output.is_for_people() {
                sights = seen(&registry, &sessions)?;
            }
        }
        let value = json!({ "sessions": sessions });
        output.answer(&value, |out| {
            Paper::of_output().write(out, &sights, Some(FIELDS))
        })
    }
}

/// The sessions with who drove them, without those that were removed since.
fn seen(registry: &SessionRegistry, sessions: &[Session]) -> Result<Vec<Sight>, Error> {
    let default = registry.default_session_id()?;
    let mut sights = Vec::new();
    for session in sessions {
        match registry.status(session.id()) {
            Ok(status) => sights.push(Sight::of(status, default)),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sights)
}

/// The open sessions of whose owner nobody can tell whether it lives.
fn unknown(registry: &SessionRegistry) -> Result<Vec<Session>, Error> {
    let mut found = Vec::new();
    for page in registry.pages(&Query::new().limit(Query::MAX_LIMIT)) {
        for session in page? {
            // It may have been removed since.
            match registry.owner(session.id()) {
                Ok(Some(owner)) if owner.liveness == Liveness::Unknown => found.push(session),
                Ok(_) | Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(found)
}
