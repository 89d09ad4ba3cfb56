//! Sessions as text.

use std::io::{self, BufReader, Seek, Write};
use std::path::{Path, PathBuf};

use serde_json::json;
use session_registry::{Error, SessionRegistry};
use tempfile::{NamedTempFile, SpooledTempFile};

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::progress::Progress;

/// An export to standard output is kept in memory up to this size, and in a temporary file above it.
const KEPT_IN_MEMORY: usize = 8 * 1024 * 1024;

/// Write all sessions, open and closed, as JSON Lines
///
/// Rows that are damaged are left out and reported, and the exit status is then 1. Nothing is overwritten.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry export sessions.jsonl
  session-registry export | gzip > sessions.jsonl.gz")]
pub(crate) struct Export {
    /// The file to make; standard output if it is absent or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        let registry = locator.look()?;
        match self.file.as_deref().filter(|file| *file != Path::new("-")) {
            Some(file) => to_file(&registry, file, output),
            None => to_stdout(&registry, output),
        }
    }
}

/// Readers of a pipe may be slow, and the registry must not wait for them.
fn to_stdout(registry: &SessionRegistry, output: &mut Output) -> Result<(), Failure> {
    let mut spool = SpooledTempFile::new(KEPT_IN_MEMORY);
    let exported = write(registry, &mut spool, output)?;
    spool.rewind().map_err(Failure::Output)?;
    output.copy(BufReader::new(spool))?;
    exported.map(drop).map_err(Failure::from)
}

/// The file appears under its name when all is in it.
fn to_file(registry: &SessionRegistry, file: &Path, output: &mut Output) -> Result<(), Failure> {
    let exists = || {
        let path = file.to_path_buf();
        Failure::TargetExists { path }
    };
    if file.symlink_metadata().is_ok() {
        return Err(exists());
    }
    let failed = |source| Failure::File {
        action: "write",
        path: file.to_path_buf(),
        source,
    };
    let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    let mut made = NamedTempFile::new_in(directory).map_err(failed)?;
    let exported = write(registry, &mut made, output)?;
    made.as_file().sync_all().map_err(failed)?;
    made.persist_noclobber(file).map_err(|refused| {
        if refused.error.kind() == io::ErrorKind::AlreadyExists {
            exists()
        } else {
            failed(refused.error)
        }
    })?;
    let exported = exported?;
    let path = file.canonicalize().unwrap_or(file.to_path_buf());
    let value = json!({ "exported": exported, "path": path.to_string_lossy() });
    output.answer(&value, |out| {
        let (sessions, path) = (describe::count(exported), Escaped(path.display()));
        writeln!(out, "exported {sessions} to {path}")
    })
}

/// The inner error is damage: what was written is all that can be read.
fn write(
    registry: &SessionRegistry,
    to: impl Write,
    output: &Output,
) -> Result<Result<u64, Error>, Failure> {
    let stats = registry.stats()?;
    let total = stats.open_sessions + stats.closed_sessions;
    let progress = Progress::sessions(total, "exporting", output.is_for_people());
    match registry.export(progress.count_lines(to)) {
        Err(error) if !error.is_corruption() => Err(error.into()),
        exported => Ok(exported),
    }
}
