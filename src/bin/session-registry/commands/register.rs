//! A new session.

use std::io::{self, Write};
use std::path::PathBuf;

use session_registry::{Error, ProjectPath, Session, SessionName};

use super::session_options::SessionOptions;
use crate::current_dir;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;

/// Register a session on a project directory
///
/// Fails if the project has an open session, or if the registry holds as many as its limit allows.
/// Sessions whose owners died are closed, as few as needed, if they are in the way; that is reported.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry register
  session-registry register ~/app --name api --provider anthropic --model opus
  session-registry register . --or-existing --json")]
pub(crate) struct Register {
    /// The project directory
    #[arg(default_value = ".")]
    dir: PathBuf,

    /// What to call the session [default: the directory's name]
    #[arg(long)]
    name: Option<String>,

    /// If the project has a session already, answer that one, unchanged
    #[arg(long)]
    or_existing: bool,

    #[command(flatten)]
    options: SessionOptions,
}

impl Register {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let session = self.session()?;
        let registry = locator.open_or_create()?;
        let (session, is_new, reaped) = if self.or_existing {
            let registration = registry.get_or_register(session)?;
            let (is_new, reaped) = (registration.is_new(), registration.reaped().to_vec());
            (registration.into_session(), is_new, reaped)
        } else {
            let opened = registry.register_opened(session)?;
            (opened.session, true, opened.reaped)
        };
        output.reaped(&reaped);
        output.answer(&session, |out| tell(out, &session, is_new))
    }

    /// All that can be wrong with it is found before a registry is created for it.
    fn session(&self) -> Result<Session, Failure> {
        current_dir::check(&self.dir)?;
        let mut builder = Session::builder(ProjectPath::resolve(&self.dir).map_err(Error::from)?);
        if let Some(name) = &self.name {
            builder = builder.name(SessionName::new(name).map_err(Error::from)?);
        }
        let mut session = builder.build();
        self.options.apply(&mut session);
        session.validate().map_err(Error::from)?;
        Ok(session)
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
