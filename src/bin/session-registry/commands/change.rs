//! Changing a session.

use std::path::PathBuf;

use clap::{ArgGroup, ValueHint};
use session_registry::{Error, Session, SessionName};

use super::session_options::{SessionOptions, aliases, tags};
use super::show::details;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::place;
use crate::session_argument::SessionArgument;
use crate::sight::Sight;

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

/// Change the settings, metadata and labels of a session
///
/// At least one change must be given; what is not named stays as it is.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "session-registry set [OPTIONS] <SESSION>",
    group = ArgGroup::new("change").required(true).multiple(true).args(CHANGES),
    after_help = "\
Examples:
  session-registry set api --model opus --temperature 0.2
  session-registry set . --meta branch=main --unset-meta draft
  session-registry set api --project ~/src/api
  session-registry set api --tag review --untag draft --pin --if-revision 14"
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

    /// Where its project is now: a directory, or a URI
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    project: Option<PathBuf>,

    /// Take an alias from it; may be repeated, and comes before --alias
    #[arg(long, value_name = "NS:VALUE")]
    unalias: Vec<String>,

    /// Take a tag from it; may be repeated, and comes before --tag
    #[arg(long, value_name = "TAG")]
    untag: Vec<String>,

    /// Let its record be pruned again
    #[arg(long, conflicts_with = "pin")]
    unpin: bool,

    /// Change nothing unless its revision is N: `conflict` if somebody was quicker
    #[arg(long, value_name = "N")]
    if_revision: Option<u64>,
}

/// One of these must be given.
const CHANGES: [&str; 15] = [
    "project",
    "provider",
    "model",
    "temperature",
    "max_tokens",
    "meta",
    "unset_provider",
    "unset_model",
    "unset_meta",
    "alias",
    "tag",
    "pin",
    "unalias",
    "untag",
    "unpin",
];

impl Set {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let project = self.project.as_deref().map(place::of_project).transpose()?;
        let (registry, found) = self.session.drive(locator, output)?;
        let (session, ()) = registry.try_modify(found.id(), |session| {
            if let Some(project) = &project {
                session.set_project_path(project.clone());
            }
            self.apply(session)
        })?;
        let status = registry.status(session.id())?;
        let sight = Sight::of(status, registry.default_session_id()?);
        output.answer(&session, |out| details(out, &sight))
    }

    fn apply(&self, session: &mut Session) -> Result<(), Failure> {
        self.check(session)?;
        let (unalias, untag) = (aliases(&self.unalias)?, tags(&self.untag)?);
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
        if !unalias.is_empty() {
            session.aliases_mut().retain(|own| !unalias.contains(own));
        }
        if !untag.is_empty() {
            session.tags_mut().retain(|own| !untag.contains(own));
        }
        if self.unpin {
            session.set_pinned(false);
        }
        Ok(self.options.apply(session)?)
    }

    /// Whether it is still the session that the caller knows.
    fn check(&self, session: &Session) -> Result<(), Failure> {
        let (id, found) = (session.id(), session.revision());
        match self.if_revision {
            Some(expected) if expected != found => Err(Failure::Conflict {
                id,
                expected,
                found,
            }),
            _ => Ok(()),
        }
    }
}
