//! Whether everything in the file is as it should be.

use std::io::{self, Write};
use std::process::ExitCode;

use serde::Serialize;
use session_registry::Inconsistency;

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::progress::Progress;

/// Check every page, row and index entry of the registry
///
/// Others may use the registry meanwhile. --repair makes the indexes anew from the sessions; it changes no
/// session and cannot mend damaged ones, for which there are `export` and backups.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 1 if anything is wrong, with --repair if anything still is.

Examples:
  session-registry check
  session-registry check --repair
  session-registry check --json | jq -r '.found[].message'")]
pub(crate) struct Check {
    /// Make the indexes anew if anything is wrong, and check again
    #[arg(long)]
    repair: bool,
}

/// Who only looks keeps nobody out.
const PAGES_LEFT: &str = "others have it open for writing, so its pages were not compared with their checksums; \
                          check --repair waits for a moment to do that";

#[derive(Serialize)]
struct Report<'a> {
    clean: bool,
    sessions: u64,
    pages_checked: bool,
    found: &'a [Inconsistency],
    left: &'a [Inconsistency],
}

impl Check {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let registry = if self.repair {
            locator.open()?
        } else {
            locator.look()?
        };
        let progress = Progress::spinner("checking", output.is_for_people());
        let found = registry.verify()?;
        let left = if self.repair && !found.is_clean() {
            // It tells what it found, which is known.
            let _ = registry.rebuild_indexes()?;
            registry.verify()?
        } else {
            found.clone()
        };
        drop(progress);
        let report = Report {
            clean: left.is_clean(),
            sessions: left.sessions,
            pages_checked: left.pages_checked,
            found: &found.inconsistencies,
            left: &left.inconsistencies,
        };
        output.answer(&report, |out| {
            tell(out, report.found)?;
            let checked = format!("checked {}", describe::count(report.sessions));
            let found = problems(report.found.len());
            if report.found.is_empty() {
                writeln!(out, "{checked}: nothing is wrong")?;
                if report.pages_checked {
                    Ok(())
                } else {
                    writeln!(out, "{PAGES_LEFT}")
                }
            } else if !self.repair {
                writeln!(out, "{checked}: {found} found")
            } else if report.clean {
                writeln!(out, "{checked}: {found} found, all repaired")
            } else {
                writeln!(out, "{checked}: {found} found; still there:")?;
                tell(out, report.left)
            }
        })?;
        Ok(ExitCode::from(u8::from(!report.clean)))
    }
}

fn tell(out: &mut dyn Write, findings: &[Inconsistency]) -> io::Result<()> {
    findings
        .iter()
        .try_for_each(|finding| writeln!(out, "{}", Escaped(finding)))
}

fn problems(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} problem{plural}")
}
