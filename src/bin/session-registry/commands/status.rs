//! Who drives what, and what that does.

use std::io::{self, Write};

use serde_json::json;
use session_registry::{Query, SessionStatus};

use super::listing::Paper;
use crate::failure::Failure;
use crate::field::Field;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::OptionalSession;
use crate::sight::Sight;

/// Tell who drives the sessions, and what that does
///
/// All open sessions, the most recently active first, or the one that is named.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry status
  session-registry status api --json | jq -r .activity.note
  session-registry status --json | jq -r '.statuses[] | select(.activity.activity == \"waiting\") | .session.name'")]
pub(crate) struct Status {
    #[command(flatten)]
    session: OptionalSession,
}

impl Status {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        if let Some(named) = self.session.or_else(|| None) {
            let (registry, session) = named.look(locator)?;
            let status = registry.status(session.id())?;
            return output.answer(&status, |out| write(out, std::slice::from_ref(&status)));
        }
        let statuses = all(locator)?;
        let value = json!({ "statuses": statuses });
        output.answer(&value, |out| write(out, &statuses))
    }
}

/// Every open session, of one moment.
fn all(locator: &Locator) -> Result<Vec<SessionStatus>, Failure> {
    let mut all = Vec::new();
    let Some(registry) = locator.look_at_existing()? else {
        return Ok(all);
    };
    let snapshot = registry.snapshot()?;
    let order = session_registry::Order::LastActive;
    let mut next = Some(
        Query::new()
            .order(order)
            .descending()
            .limit(Query::MAX_LIMIT),
    );
    while let Some(query) = next {
        let page = snapshot.list_status(&query)?;
        all.extend(page.items);
        next = page.next.map(|cursor| query.after(cursor));
    }
    Ok(all)
}

/// What is told, also where nobody has anything in a column.
const FIELDS: &[Field] = &[
    Field::ShortId,
    Field::State,
    Field::Name,
    Field::Project,
    Field::DrivenBy,
    Field::Active,
    Field::Note,
];

fn write(out: &mut dyn Write, statuses: &[SessionStatus]) -> io::Result<()> {
    let sights = statuses
        .iter()
        .map(|status| Sight::of(status.clone(), None));
    Paper::of_output().write(out, &sights.collect::<Vec<_>>(), Some(FIELDS))
}
