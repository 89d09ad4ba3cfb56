//! Several sessions as a table.

use std::io::{self, Write};

use session_registry::{Parent, Session, SessionState, Timestamp};

use crate::describe;
use crate::escape::Escaped;
use crate::table::{self, Column, Cut};
use crate::time::ago;

/// What the last column tells.
#[derive(Clone, Copy, Debug)]
pub(super) enum Last {
    Updated,
    Active,
    State,
}

/// A column, and what a session has in it.
type Label = (Column, fn(&Session) -> String);

/// What a session says about itself besides: a column is there if any of them has something in it.
const LABELS: [Label; 4] = [
    (column("PARENT", 8, Cut::End), parent),
    (column("PINNED", 6, Cut::End), pinned),
    (column("TAGS", 6, Cut::End), describe::tags),
    (column("ALIASES", 8, Cut::End), describe::aliases),
];

pub(super) fn write(out: &mut dyn Write, sessions: &[Session], last: Last) -> io::Result<()> {
    if sessions.is_empty() {
        return writeln!(out, "no sessions");
    }
    let now = Timestamp::now();
    let mut columns = columns(last).to_vec();
    let mut rows: Vec<_> = sessions.iter().map(|s| row(s, last, now)).collect();
    for (column, label) in LABELS {
        let labels: Vec<_> = sessions.iter().map(label).collect();
        if labels.iter().all(String::is_empty) {
            continue;
        }
        columns.push(column);
        for (row, label) in rows.iter_mut().zip(labels) {
            row.push(label);
        }
    }
    table::write(out, &columns, &rows, table::terminal_width())
}

fn columns(last: Last) -> [Column; 6] {
    let last = match last {
        Last::Updated => "UPDATED",
        Last::Active => "ACTIVE",
        Last::State => "STATE",
    };
    [
        column("ID", 8, Cut::End),
        column("NAME", 8, Cut::End),
        column("PROJECT", 12, Cut::Start),
        column("MODEL", 6, Cut::End),
        column("CREATED", 10, Cut::End),
        column(last, 10, Cut::End),
    ]
}

const fn column(title: &'static str, least: usize, cut: Cut) -> Column {
    Column { title, least, cut }
}

fn row(session: &Session, last: Last, now: Timestamp) -> Vec<String> {
    let model = session.config().model.as_deref();
    vec![
        describe::short(session.id()),
        Escaped(session.name()).to_string(),
        Escaped(session.project_path()).to_string(),
        Escaped(model.unwrap_or("-")).to_string(),
        ago(session.created_at(), now),
        match last {
            Last::Updated => ago(session.updated_at(), now),
            Last::Active => ago(session.last_active_at(), now),
            Last::State => state(session, now),
        },
    ]
}

fn parent(session: &Session) -> String {
    match session.parent() {
        Some(Parent { id, relation, .. }) => format!("{} ({relation})", describe::short(id)),
        None => String::new(),
    }
}

fn pinned(session: &Session) -> String {
    if session.is_pinned() { "yes" } else { "" }.to_owned()
}

fn state(session: &Session, now: Timestamp) -> String {
    match session.state() {
        SessionState::Closed { at, reason, .. } => {
            format!("closed {} ({})", ago(at, now), describe::reason(reason))
        }
        _ => "open".to_owned(),
    }
}
