//! Sessions from text.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde_json::json;
use session_registry::{ImportMode, ImportReport, SessionRegistry};

use crate::describe;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::progress::Progress;

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
        let report = if self.file == Path::new("-") {
            self.import(locator, io::stdin().lock(), None, output)?
        } else {
            let opened = open(&self.file).and_then(|file| {
                let metadata = file.metadata()?;
                Ok((file, metadata.is_file().then_some(metadata.len())))
            });
            let (file, size) = opened.map_err(|source| Failure::File {
                action: "read",
                path: self.file.clone(),
                source,
            })?;
            self.import(locator, file, size, output)?
        };
        let imported = report.sessions.len();
        let value = json!({ "imported": imported, "sessions": report.sessions });
        output.answer(&value, |out| {
            writeln!(out, "imported {}", describe::count(imported as u64))
        })
    }

    fn import(
        &self,
        locator: &Locator,
        from: impl io::Read,
        size: Option<u64>,
        output: &Output,
    ) -> Result<ImportReport, Failure> {
        let registry: SessionRegistry = locator.open_or_create()?;
        let mode = if self.new_ids {
            ImportMode::NewIds
        } else {
            ImportMode::KeepIds
        };
        let progress = Progress::bytes(size, "importing", output.is_for_people());
        let from = BufReader::new(progress.count_bytes(from));
        Ok(registry.import(from, mode)?)
    }
}

/// Opens what may be a pipe without waiting for somebody to write to it: one that nobody has open for writing
/// is at its end. What a writer has not written yet is waited for.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::os::unix::fs::OpenOptionsExt;

    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}
