//! Who drives what, and what that does.

use std::io::{self, Write};

use serde_json::json;
use session_registry::{Liveness, Owner, Query, Session, SessionStatus, Timestamp};

use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::OptionalSession;
use crate::table::{self, Column, Cut};
use crate::time::ago;

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

const COLUMNS: [Column; 7] = [
    column("ID", 8, Cut::End),
    column("NAME", 8, Cut::End),
    column("PROJECT", 12, Cut::Start),
    column("DRIVEN BY", 9, Cut::End),
    column("ACTIVITY", 8, Cut::End),
    column("SINCE", 10, Cut::End),
    column("NOTE", 12, Cut::End),
];

const fn column(title: &'static str, least: usize, cut: Cut) -> Column {
    Column { title, least, cut }
}

fn write(out: &mut dyn Write, statuses: &[SessionStatus]) -> io::Result<()> {
    if statuses.is_empty() {
        return writeln!(out, "no sessions");
    }
    let now = Timestamp::now();
    let rows: Vec<_> = statuses.iter().map(|status| row(status, now)).collect();
    table::write(out, &COLUMNS, &rows, table::terminal_width())
}

fn row(status: &SessionStatus, now: Timestamp) -> Vec<String> {
    const NOTHING: &str = "-";
    let SessionStatus {
        session,
        owner,
        activity,
        ..
    } = status;
    let since = activity.as_ref().map(|report| ago(report.since, now));
    let note = activity.as_ref().and_then(|report| report.note.as_deref());
    vec![
        session.id().to_string().chars().take(8).collect(),
        Escaped(session.name()).to_string(),
        Escaped(session.project_path()).to_string(),
        owner.as_ref().map_or(NOTHING.to_owned(), driver),
        activity
            .as_ref()
            .map_or(idle(session), |report| report.activity.as_str())
            .to_owned(),
        since.unwrap_or_else(|| NOTHING.to_owned()),
        Escaped(note.unwrap_or(NOTHING)).to_string(),
    ]
}

/// What a session does of which nobody says anything.
fn idle(session: &Session) -> &'static str {
    if session.state().is_open() {
        "-"
    } else {
        "closed"
    }
}

/// The program and the number of its process, and whether that lives, unless it does.
fn driver(owner: &Owner) -> String {
    let program = owner.program.as_deref().unwrap_or("process");
    let pid = owner.driver.unwrap_or(owner.pid);
    let place = match owner.pid_namespace {
        Some(namespace) => format!(" in namespace {namespace}"),
        None => String::new(),
    };
    let liveness = match owner.liveness {
        Liveness::Alive => String::new(),
        other => format!(" ({other})"),
    };
    format!("{} {pid}{place}{liveness}", Escaped(program))
}
