//! Looking at sessions.

use std::io::{self, Write};

use session_registry::{Session, SessionState, Timestamp};

use crate::escape::Escaped;
use crate::failure::Failure;
use crate::find;
use crate::locate::Locator;
use crate::output::Output;
use crate::table::{self, Column, Cut};
use crate::time::ago;

/// List all sessions, oldest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry list
  session-registry list --json | jq -r '.[].project_path'")]
pub(crate) struct List {}

impl List {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let sessions = match locator.open_existing()? {
            Some(registry) => registry.list_all()?,
            None => Vec::new(),
        };
        output.answer(&sessions, |out| {
            if sessions.is_empty() {
                return writeln!(out, "no sessions");
            }
            let now = Timestamp::now();
            let rows: Vec<_> = sessions.iter().map(|session| row(session, now)).collect();
            table::write(out, &COLUMNS, &rows, table::terminal_width())
        })
    }
}

const COLUMNS: [Column; 6] = [
    column("ID", 8, Cut::End),
    column("NAME", 8, Cut::End),
    column("PROJECT", 12, Cut::Start),
    column("MODEL", 6, Cut::End),
    column("CREATED", 10, Cut::End),
    column("UPDATED", 10, Cut::End),
];

const fn column(title: &'static str, least: usize, cut: Cut) -> Column {
    Column { title, least, cut }
}

fn row(session: &Session, now: Timestamp) -> [String; 6] {
    let model = session.config().model.as_deref();
    [
        session.id().to_string().chars().take(8).collect(),
        Escaped(session.name()).to_string(),
        Escaped(session.project_path()).to_string(),
        Escaped(model.unwrap_or("-")).to_string(),
        ago(session.created_at(), now),
        ago(session.updated_at(), now),
    ]
}

/// Show everything about one session
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry show api
  session-registry show .
  session-registry show 0f8fad5b-d9cb-469f-a165-70867728950e --json")]
pub(crate) struct Show {
    /// Its id, exact name or path
    session: String,
}

impl Show {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (_, session) = find::existing(locator, &self.session)?;
        output.answer(&session, |out| details(out, &session))
    }
}

pub(super) fn details(out: &mut dyn Write, session: &Session) -> io::Result<()> {
    let (config, now) = (session.config(), Timestamp::now());
    let time = |time: Timestamp| format!("{time} ({})", ago(time, now));
    let text = |value: &Option<String>| Escaped(value.as_deref().unwrap_or("-")).to_string();
    writeln!(out, "id           {}", session.id())?;
    writeln!(out, "name         {}", Escaped(session.name()))?;
    writeln!(out, "project      {}", Escaped(session.project_path()))?;
    writeln!(out, "provider     {}", text(&config.provider))?;
    writeln!(out, "model        {}", text(&config.model))?;
    writeln!(out, "temperature  {}", config.temperature)?;
    writeln!(out, "max tokens   {}", config.max_tokens)?;
    writeln!(out, "created      {}", time(session.created_at()))?;
    writeln!(out, "updated      {}", time(session.updated_at()))?;
    writeln!(out, "active       {}", time(session.last_active_at()))?;
    writeln!(out, "revision     {}", session.revision())?;
    match session.state() {
        SessionState::Closed { at, reason, .. } => {
            writeln!(out, "state        closed {} ({reason})", time(at))?;
        }
        _ => writeln!(out, "state        open")?,
    }
    for (key, value) in session.metadata() {
        writeln!(out, "metadata     {}={}", Escaped(key), Escaped(value))?;
    }
    Ok(())
}
