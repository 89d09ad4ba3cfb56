//! What the registry itself remembers, and where it is.

use serde_json::json;
use session_registry::{DEFAULT_MAX_SESSIONS, Session, SessionRegistry};

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::{OptionalSession, SessionArgument};

/// Show or choose the default session
///
/// As long as none was chosen, or the chosen one is gone, it is the oldest.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry default
  session-registry default api
  session-registry default --unset")]
pub(crate) struct Default {
    #[command(flatten)]
    session: OptionalSession,

    /// Go back to the oldest
    #[arg(long, conflicts_with = "session")]
    unset: bool,
}

impl Default {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let is_change = self.unset;
        let session = match self.session.or_else(|| None) {
            Some(chosen) => Some(choose(&chosen, locator, output)?),
            None => match open(locator, is_change)? {
                Some(registry) => {
                    if is_change {
                        registry.set_default_session(None)?;
                    }
                    current(&registry)?
                }
                None => None,
            },
        };
        let id = session.as_ref().map(Session::id);
        output.answer(&json!({ "default_session": id }), |out| match &session {
            Some(session) => writeln!(out, "{}", describe::line(session)),
            None => writeln!(out, "no sessions"),
        })
    }
}

fn open(locator: &Locator, is_change: bool) -> Result<Option<SessionRegistry>, Failure> {
    if is_change {
        locator.open_existing()
    } else {
        locator.look_at_existing()
    }
}

fn choose(
    chosen: &SessionArgument,
    locator: &Locator,
    output: &Output,
) -> Result<Session, Failure> {
    let (registry, session) = chosen.drive(locator, output)?;
    registry.set_default_session(Some(session.id()))?;
    Ok(session)
}

fn current(registry: &SessionRegistry) -> Result<Option<Session>, Failure> {
    let snapshot = registry.snapshot()?;
    Ok(match snapshot.default_session_id()? {
        Some(id) => snapshot.lookup(id)?,
        None => None,
    })
}

/// Show or set how many sessions may be open at once
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry limit
  session-registry limit 25
  session-registry limit --per-project 3")]
pub(crate) struct Limit {
    /// The new limit; lowering it removes no session, and 0 accepts no new one
    #[arg(value_name = "N")]
    limit: Option<u32>,

    /// Set how many of them may be on one project path, 1 or more; closes none
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    per_project: Option<u32>,
}

impl Limit {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let is_change = self.limit.is_some() || self.per_project.is_some();
        let registry = if is_change {
            Some(locator.open_or_create()?)
        } else {
            locator.look_at_existing()?
        };
        let (limit, per_project) = match registry {
            Some(registry) => {
                if let Some(limit) = self.limit {
                    registry.set_max_sessions(limit)?;
                }
                if let Some(limit) = self.per_project {
                    registry.set_max_sessions_per_project(limit)?;
                }
                (
                    registry.max_sessions()?,
                    registry.max_sessions_per_project()?,
                )
            }
            None => (DEFAULT_MAX_SESSIONS, 1),
        };
        let answer = json!({ "max_sessions": limit, "max_sessions_per_project": per_project });
        output.answer(&answer, |out| {
            writeln!(out, "{limit}")?;
            if per_project > 1 || self.per_project.is_some() {
                writeln!(out, "{per_project} per project")?;
            }
            Ok(())
        })
    }
}

/// Print which file the registry is, whether or not it exists
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry path
  session-registry path --registry ./test.redb")]
pub(crate) struct Path {}

impl Path {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let path = locator.path()?;
        output.answer(&json!({ "path": path.to_string_lossy() }), |out| {
            writeln!(out, "{}", Escaped(path.display()))
        })
    }
}
