//! Who drives what, who died, and what is here.

use std::path::PathBuf;

use serde_json::json;
use session_registry::{Error, ProjectPath};

use super::listing::{self, Last};
use crate::current_dir;
use crate::describe;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::session_argument;

/// Tell which process drives a session
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry owner api
  session-registry owner . --json | jq -r .owner.pid")]
pub(crate) struct Owner {
    /// Its id, name or path
    session: String,
}

impl Owner {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let (registry, session) = session_argument::looked_at(locator, &self.session)?;
        let owner = registry.owner(session.id())?;
        let value = json!({ "owner": owner });
        output.answer(&value, |out| match &owner {
            Some(owner) => writeln!(out, "{}", describe::owner(owner)),
            None => writeln!(out, "nobody"),
        })
    }
}

/// List the sessions whose owner died: open ones, and those that were closed because of that
///
/// The most recently active first.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry interrupted
  session-registry interrupted --json | jq -r '.[].id'")]
pub(crate) struct Interrupted {}

impl Interrupted {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let sessions = match locator.look_at_existing()? {
            Some(registry) => registry.interrupted()?,
            None => Vec::new(),
        };
        output.answer(&sessions, |out| listing::write(out, &sessions, Last::State))
    }
}

/// Tell in which open session's project a path is
///
/// Of projects inside each other, the innermost.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry which
  session-registry which ~/app/src/main.rs --json | jq -r .id")]
pub(crate) struct Which {
    /// A file or directory
    #[arg(default_value = ".")]
    path: PathBuf,
}

impl Which {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let path = current_dir::absolute(&self.path)?;
        let inside = ProjectPath::new(&path).map_err(Error::from)?;
        let found = match locator.look_at_existing()? {
            Some(registry) => registry.lookup_containing(&inside)?,
            None => None,
        };
        let session = found.ok_or(Failure::Outside { path })?;
        output.answer(&session, |out| {
            writeln!(out, "{}", describe::line(&session))
        })
    }
}
