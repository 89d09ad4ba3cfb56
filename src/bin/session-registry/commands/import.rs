//! Sessions from text.

use std::path::PathBuf;

use serde_json::json;
use session_registry::{ImportMode, SessionRegistry};

use crate::describe;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::source::Source;

/// Register the sessions of an export, all or none of them
///
/// The rules are those of `register`: the limit, one session per id, one open session per project. A line
/// that is wrong is named by its number.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry import sessions.jsonl
  gunzip -c sessions.jsonl.gz | session-registry import --new-ids -")]
pub(crate) struct Import {
    /// What `export` wrote; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,

    /// Give the sessions new ids [default: they keep theirs]
    #[arg(long)]
    new_ids: bool,
}

impl Import {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let mut source = Source::open(&self.file)?;
        let registry = match locator.open_existing()? {
            Some(registry) => registry,
            // What is no import leaves no new registry behind.
            None => {
                source.read_ahead("checking", output, |from| {
                    SessionRegistry::check_import(from)
                })?;
                locator.open_or_create()?
            }
        };
        let mode = if self.new_ids {
            ImportMode::NewIds
        } else {
            ImportMode::KeepIds
        };
        let report = source.read("importing", output, |from| registry.import(from, mode))?;
        let imported = report.sessions.len();
        let value = json!({ "imported": imported, "sessions": report.sessions });
        output.answer(&value, |out| {
            writeln!(out, "imported {}", describe::count(imported as u64))
        })
    }
}
