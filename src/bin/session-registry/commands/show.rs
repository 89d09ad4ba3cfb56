//! Looking at one session.

use std::io::{self, Write};

use clap::ValueEnum;
use session_registry::{Parent, Session, SessionState, Timestamp};

use crate::condition::Condition;
use crate::describe;
use crate::entry::Entry;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::SessionArgument;
use crate::sight::Sight;
use crate::time::ago;

/// Show everything about one session
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry show api
  session-registry show .
  session-registry show claude:7f3a
  session-registry show 0f8fad5b-d9cb-469f-a165-70867728950e --json")]
pub(crate) struct Show {
    #[command(flatten)]
    session: SessionArgument,

    /// Print nothing but this: for scripts, as in cd "$(session-registry show api --print path)"
    #[arg(long, value_name = "WHAT")]
    print: Option<Part>,
}

/// A part of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Its id
    Id,
    /// Its name
    Name,
    /// The path of its project
    Path,
}

impl Part {
    fn of(self, session: &Session) -> String {
        match self {
            Self::Id => session.id().to_string(),
            Self::Name => session.name().to_string(),
            Self::Path => session.project_path().to_string(),
        }
    }
}

impl Show {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (registry, session) = self.session.look(locator)?;
        if let (Some(part), true) = (self.print, output.is_for_people()) {
            return output.print(&part.of(&session));
        }
        let status = registry.status(session.id())?;
        let sight = Sight::of(status, registry.default_session_id()?);
        output.answer(&Entry::from(&sight), |out| details(out, &sight))
    }
}

pub(super) fn details(out: &mut dyn Write, sight: &Sight) -> io::Result<()> {
    let session = &sight.status.session;
    let (config, now) = (session.config(), Timestamp::now());
    let time = |time: Timestamp| format!("{time} ({})", ago(time, now));
    let text = |value: &Option<String>| Escaped(value.as_deref().unwrap_or("-")).to_string();
    writeln!(out, "id           {}", session.id())?;
    writeln!(out, "name         {}", Escaped(session.name()))?;
    let project = Escaped(session.project_path());
    let missing = if sight.is_missing { " (missing)" } else { "" };
    writeln!(out, "project      {project}{missing}")?;
    for alias in session.aliases() {
        writeln!(out, "alias        {}", Escaped(alias))?;
    }
    if !session.tags().is_empty() {
        writeln!(out, "tags         {}", describe::tags(session))?;
    }
    if session.is_pinned() {
        writeln!(out, "pinned       yes")?;
    }
    if let Some(Parent { id, relation, .. }) = session.parent() {
        writeln!(out, "parent       {id} ({relation})")?;
    }
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
            let (at, reason) = (time(at), describe::reason(reason));
            writeln!(out, "state        closed {at} ({reason})")?;
        }
        _ => match sight.condition {
            Condition::Open => writeln!(out, "state        open")?,
            condition => writeln!(out, "state        open, {}", condition.word())?,
        },
    }
    if let Some(owner) = &sight.status.owner {
        writeln!(out, "owner        {}", describe::owner(owner))?;
    }
    if let Some(report) = &sight.status.activity {
        writeln!(out, "activity     {}", describe::activity(report))?;
    }
    for (key, value) in session.metadata() {
        writeln!(out, "metadata     {}={}", Escaped(key), Escaped(value))?;
    }
    Ok(())
}
