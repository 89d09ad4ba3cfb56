//! A new session.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ValueHint;
use serde::Serialize;
use session_registry::{Error, ProjectPath, Session, SessionId, SessionName, SessionRegistry};

use super::session_options::SessionOptions;
use super::when_free::WaitOption;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::lineage;
use crate::locate::Locator;
use crate::output::Output;
use crate::place;
use crate::same_directory;

/// Register a session on a project directory, or on a place elsewhere
///
/// Fails if the project has an open session, or if the registry holds as many as its limit allows.
/// Sessions whose owners died are closed, as few as needed, if they are in the way; that is reported.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry register
  session-registry register ~/app --name api --provider anthropic --model opus
  session-registry register . --or-existing --json
  session-registry register --wait 5m
  session-registry register ssh://dev1/work/app
  session-registry register --alias claude:7f3a --tag review --parent api:fork")]
pub(crate) struct Register {
    /// The project directory, or a URI of a place that is none here, such as ssh://dev1/work/app
    #[arg(default_value = ".", value_hint = ValueHint::DirPath)]
    dir: PathBuf,

    /// What to call the session [default: the directory's name]
    #[arg(long)]
    name: Option<String>,

    /// If the project has a session already, answer that one, unchanged
    #[arg(long, conflicts_with = "wait")]
    or_existing: bool,

    /// Its id, if it has one elsewhere already: a UUID [default: a new one]
    #[arg(long)]
    id: Option<String>,

    /// The session it comes from, and how: child, fork or continuation [default: child]
    #[arg(long, value_name = "ID[:RELATION]")]
    parent: Option<String>,

    #[command(flatten)]
    wait: WaitOption,

    #[command(flatten)]
    options: SessionOptions,
}

#[derive(Serialize)]
struct Registered<'a> {
    outcome: &'static str,
    #[serde(flatten)]
    session: &'a Session,
}

impl Register {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let session = self.session(locator)?;
        let registry = locator.open_or_create()?;
        let other = same_place(&registry, session.project_path())?;
        let (session, is_new, reaped) = if let Some(other) = other {
            if !self.or_existing {
                let project = session.project_path().clone();
                let session = Box::new(other);
                return Err(Failure::SameDirectory { project, session });
            }
            (other, false, Vec::new())
        } else if self.or_existing {
            let registration = registry.get_or_register(session)?;
            let (is_new, reaped) = (registration.is_new(), registration.reaped().to_vec());
            (registration.into_session(), is_new, reaped)
        } else {
            let opened = self.wait.call(
                &registry,
                output,
                || registry.register_opened(session.clone()),
                |patience| registry.register_when_free(session.clone(), patience),
            )?;
            (opened.session, true, opened.reaped)
        };
        output.reaped(&reaped);
        let value = Registered {
            outcome: if is_new { "registered" } else { "found" },
            session: &session,
        };
        output.answer(&value, |out| tell(out, &session, is_new))
    }

    /// All that can be wrong with it is found before a registry is created for it.
    fn session(&self, locator: &Locator) -> Result<Session, Failure> {
        let mut builder = Session::builder(place::of_project(&self.dir)?);
        if let Some(name) = &self.name {
            builder = builder.name(SessionName::new(name).map_err(Error::from)?);
        }
        if let Some(id) = &self.id {
            builder = builder.id(id.parse::<SessionId>().map_err(Error::from)?);
        }
        if let Some(parent) = &self.parent {
            let (id, relation) = lineage::parent(parent, locator)?;
            builder = builder.parent(id, relation);
        }
        let mut session = builder.build();
        self.options.apply(&mut session)?;
        session.validate().map_err(Error::from)?;
        Ok(session)
    }
}

/// The open session on the same directory under another path.
fn same_place(
    registry: &SessionRegistry,
    project: &ProjectPath,
) -> Result<Option<Session>, Failure> {
    if registry.lookup_by_path(project)?.is_some() {
        return Ok(None);
    }
    match project.local_path() {
        Some(directory) => same_directory::session_on(registry, directory),
        None => Ok(None),
    }
}

fn tell(out: &mut dyn Write, session: &Session, is_new: bool) -> io::Result<()> {
    let what = if is_new {
        "registered session"
    } else {
        "already registered: session"
    };
    writeln!(out, "{what} {}", session.id())?;
    writeln!(out, "  name     {}", Escaped(session.name()))?;
    writeln!(out, "  project  {}", Escaped(session.project_path()))
}
