//! Changing a session.

use clap::ArgGroup;
use session_registry::{Error, Session, SessionName};

use super::session_options::SessionOptions;
use super::show::details;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument::SessionArgument;

/// Give a session another name
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry rename api backend
  session-registry rename . \"The old backend\"")]
pub(crate) struct Rename {
    #[command(flatten)]
    session: SessionArgument,

    /// Its new name: 1 to 200 characters; others may have the same one
    name: String,
}

impl Rename {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let name = SessionName::new(&self.name).map_err(Error::from)?;
        let (registry, session) = self.session.drive(locator, output)?;
        let session = registry.rename(session.id(), name)?;
        output.answer(&session, |out| {
            let (id, name) = (session.id(), Escaped(session.name()));
            writeln!(out, "session {id} is named {name}")
        })
    }
}

/// Change the settings and metadata of a session
///
/// At least one change must be given; what is not named stays as it is.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "session-registry set [OPTIONS] <SESSION>",
    group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES),
    after_help = "\
Examples:
  session-registry set api --model opus --temperature 0.2
  session-registry set . --meta branch=main --unset-meta draft"
)]
pub(crate) struct Set {
    #[command(flatten)]
    session: SessionArgument,

    #[command(flatten)]
    options: SessionOptions,

    /// Forget the provider
    #[arg(long, conflicts_with = "provider")]
    unset_provider: bool,

    /// Forget the model
    #[arg(long, conflicts_with = "model")]
    unset_model: bool,

    /// Forget a pair of metadata; may be repeated, and comes before --meta
    #[arg(long, value_name = "KEY")]
    unset_meta: Vec<String>,
}

/// One of these must be given.
const CHANGES: [&str; 8] = [
    "provider",
    "model",
    "temperature",
    "max_tokens",
    "meta",
    "unset_provider",
    "unset_model",
    "unset_meta",
];

impl Set {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (registry, found) = self.session.drive(locator, output)?;
        let session = registry.modify(found.id(), |session| self.apply(session))?;
        output.answer(&session, |out| details(out, &session, None))
    }

    fn apply(&self, session: &mut Session) {
        let mut config = session.config().clone();
        if self.unset_provider {
            config.provider = None;
        }
        if self.unset_model {
            config.model = None;
        }
        session.set_config(config);
        for key in &self.unset_meta {
            session.metadata_mut().remove(key);
        }
        self.options.apply(session);
    }
}
