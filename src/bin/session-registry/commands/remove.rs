//! Removing sessions.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use session_registry::{Session, SessionRegistry};

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::outcome::{Done, Outcome};
use crate::output::Output;
use crate::session_argument::{Sessions, or_empty};

/// Remove sessions from the registry; their projects are not touched
///
/// Removing one that is not registered does no harm. To keep its record, `close` it instead. One that
/// another process drives is left alone. Of several, all are tried; the exit status is 1 if any was refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry unregister api
  session-registry unregister . docs")]
pub(crate) struct Unregister {
    #[command(flatten)]
    sessions: Sessions,
}

impl Unregister {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        let registry = or_empty(locator.open_existing()?)?;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for named in self.sessions.named() {
            match named.end_in(&registry) {
                Ok(session) => found.push(session),
                Err(Failure::Unknown { similar, .. }) => missing.push((named, similar)),
                Err(failure) => return Err(failure),
            }
        }
        for (named, similar) in missing {
            tell_of(&similar, output);
            if output.is_for_people() {
                let query = Escaped(named.as_typed());
                let line = format!("nothing to remove: \"{query}\" is not registered\n");
                output.copy(line.as_bytes())?;
            }
        }
        // Somebody else may be quicker, to the same end.
        let remove = |session: &Session| {
            let removed = registry.unregister(session.id())?;
            Ok(removed.unwrap_or_else(|| session.clone()))
        };
        let line = |done: &Done| format!("removed {}", describe::named(&done.after));
        Outcome::of_each(found, remove).answer(locator, output, line)
    }
}

/// A mistyped name is no reason to believe that its session is gone.
fn tell_of(similar: &[Session], output: &Output) {
    if !similar.is_empty() {
        output.notice("similar", "note: there is something similar:", similar);
    }
}

/// Remove every session, open or closed; asks first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  session-registry clear
  session-registry clear --yes")]
pub(crate) struct Clear {
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl Clear {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<(), Failure> {
        if !self.yes {
            confirm(locator)?;
        }
        let removed = match locator.open_existing()? {
            Some(registry) => registry.clear()?,
            None => 0,
        };
        output.answer(&json!({ "removed": removed }), |out| {
            writeln!(out, "removed {}", describe::count(removed))
        })
    }
}

/// The registry is not held open while a person thinks.
fn confirm(locator: &Locator) -> Result<(), Failure> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Failure::Usage(
            "there is no terminal to ask at: pass --yes to remove every session",
        ));
    }
    let count = locator.open_existing()?.as_ref().map_or(Ok(0), records)?;
    let question = question(count, &locator.path()?);
    if agrees(&question).map_err(Failure::Question)? {
        Ok(())
    } else {
        Err(Failure::Cancelled)
    }
}

/// How many sessions would be removed: open ones and closed ones.
fn records(registry: &SessionRegistry) -> Result<u64, Failure> {
    let stats = registry.stats()?;
    Ok(stats.open_sessions + stats.closed_sessions)
}

fn question(count: u64, registry: &Path) -> String {
    let (count, path) = (describe::count(count), Escaped(registry.display()));
    format!("Remove {count} from {path}? [y/N] ")
}

fn agrees(question: &str) -> io::Result<bool> {
    io::stderr().write_all(question.as_bytes())?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    if !answer.ends_with('\n') {
        io::stderr().write_all(b"\n")?;
    }
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    let answer = answer.trim();
    answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use session_registry::{ProjectPath, Session};

    use super::*;

    #[test]
    fn the_question_counted_the_open_sessions_only() {
        let registry = SessionRegistry::in_memory().unwrap();
        for (path, is_open) in [("/a", true), ("/b", false), ("/c", false)] {
            let session = Session::builder(ProjectPath::new(path).unwrap()).build();
            let id = registry.register(session).unwrap().id();
            if !is_open {
                registry.close_session(id).unwrap();
            }
        }
        let asked = records(&registry).unwrap();
        let expected = "Remove 3 sessions from /r? [y/N] ";
        assert_eq!(question(asked, Path::new("/r")), expected);
        assert_eq!(registry.clear().unwrap(), asked, "as many as are removed");
    }

    #[test]
    fn only_yes_is_yes() {
        for yes in ["y\n", "Y", " yes\r\n", "YES"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "no", "yeah", "y es", "1"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
