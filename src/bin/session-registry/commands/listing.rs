//! Several sessions as a table.

use std::io::{self, Write};

use session_registry::{Session, SessionState, Timestamp};

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

pub(super) fn write(out: &mut dyn Write, sessions: &[Session], last: Last) -> io::Result<()> {
    if sessions.is_empty() {
        return writeln!(out, "no sessions");
    }
    let now = Timestamp::now();
    let rows: Vec<_> = sessions.iter().map(|s| row(s, last, now)).collect();
    table::write(out, &columns(last), &rows, table::terminal_width())
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

fn row(session: &Session, last: Last, now: Timestamp) -> [String; 6] {
    let model = session.config().model.as_deref();
    [
        session.id().to_string().chars().take(8).collect(),
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

fn state(session: &Session, now: Timestamp) -> String {
    match session.state() {
        SessionState::Closed { at, reason, .. } => {
            format!("closed {} ({})", ago(at, now), describe::reason(reason))
        }
        _ => "open".to_owned(),
    }
}
