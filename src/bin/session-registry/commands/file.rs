//! The file as a whole: its figures, its size, a copy of it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::progress::Progress;
use crate::size::human;

/// Copy the registry into a new file, while others go on using it
///
/// Nothing is overwritten. To restore a backup, end every program that uses the registry and put a copy of
/// the backup in its place.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry backup ~/backups/sessions-$(date +%F).redb
  session-registry backup copy.redb && session-registry --registry copy.redb list")]
pub(crate) struct Backup {
    /// The file to make
    file: PathBuf,
}

impl Backup {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let registry = locator.look()?;
        let progress = Progress::spinner("copying", output.is_for_people());
        registry.backup_to(&self.file)?;
        drop(progress);
        let bytes = size_of(&self.file)?;
        let path = self.file.canonicalize().unwrap_or(self.file);
        let value = json!({ "path": path.to_string_lossy(), "bytes": bytes });
        output.answer(&value, |out| {
            let (path, size) = (Escaped(path.display()), human(bytes));
            writeln!(out, "backed up to {path} ({size})")
        })
    }
}

/// Give unused space of the file back; nobody else may have the registry open
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry compact")]
pub(crate) struct Compact {}

impl Compact {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let registry = locator.open()?;
        let path = locator.path()?;
        let before = size_of(&path)?;
        let progress = Progress::spinner("compacting", output.is_for_people());
        registry.compact()?;
        // Closing writes too.
        registry.close()?;
        drop(progress);
        let after = size_of(&path)?;
        let value = json!({ "bytes_before": before, "bytes_after": after });
        output.answer(&value, |out| {
            writeln!(
                out,
                "compacted: {} before, {} now",
                human(before),
                human(after)
            )
        })
    }
}

/// Show figures about the registry and its file
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry stats
  session-registry stats --json | jq .file_bytes")]
pub(crate) struct Stats {}

impl Stats {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let stats = locator.look()?.stats()?;
        output.answer(&stats, |out| {
            let open = stats.open_sessions;
            writeln!(out, "open sessions    {open} of {}", stats.max_sessions)?;
            writeln!(out, "closed sessions  {}", stats.closed_sessions)?;
            writeln!(out, "claims           {}", stats.claims)?;
            writeln!(out, "file size        {}", human(stats.file_bytes))?;
            writeln!(out, "schema version   {}", stats.schema_version)
        })
    }
}

fn size_of(path: &Path) -> Result<u64, Failure> {
    let size = fs::metadata(path).map(|metadata| metadata.len());
    size.map_err(|source| Failure::File {
        action: "read the size of",
        path: path.to_path_buf(),
        source,
    })
}
