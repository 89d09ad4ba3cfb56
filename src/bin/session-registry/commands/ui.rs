//! The sessions on a whole screen.

use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal, stdin};
use std::process::ExitCode;

use clap::{FromArgMatches, ValueEnum};
use serde_json::json;
use session_registry::{Session, SessionId};

use crate::args::Args;
use crate::failure::Failure;
use crate::help;
use crate::locate::Locator;
use crate::output::Output;
use crate::ui::{self, Outcome, Purpose, Stream};

/// Somebody ended it with Ctrl-C.
const INTERRUPTED: u8 = 130;

/// See all sessions live, and drive, change or choose one
///
/// Letters narrow the list at once, by names, paths, tags and aliases; commands are letters with Ctrl or Alt, and ?
/// lists them. Enter ends the view and runs COMMAND, or your shell, in the selected session, as `resume` does.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: that of the command, if one was run. With --print: 1 if nothing was chosen, 130 after Ctrl-C.

Examples:
  session-registry ui
  session-registry ui -- my-agent --continue
  cd \"$(session-registry ui --print path)\"")]
pub(crate) struct Ui {
    /// Let somebody choose a session, on the terminal at standard error, and print its id or path
    #[arg(long, value_name = "WHAT", value_enum, conflicts_with = "command")]
    print: Option<Printed>,

    /// What Enter runs in a session [default: your shell]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// What of the chosen session is printed.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Printed {
    /// Its whole id
    Id,
    /// Its project directory or URI
    Path,
}

impl Ui {
    pub(super) fn run(self, locator: &Locator, output: &mut Output) -> Result<ExitCode, Failure> {
        if !output.is_for_people() && self.print.is_none() {
            return Err(Failure::Usage("the view is for people: try `list --json`"));
        }
        if !stdin().is_terminal() {
            return Err(Failure::Usage(
                "the view needs a terminal to hear keys from",
            ));
        }
        let (purpose, stream) = match self.print {
            Some(_) => (Purpose::Pick, Stream::Error),
            None => (Purpose::Resume, Stream::Output),
        };
        match ui::show(locator, purpose, stream)? {
            Outcome::Quit => Ok(ExitCode::from(u8::from(self.print.is_some()))),
            Outcome::Interrupted => Ok(ExitCode::from(INTERRUPTED)),
            Outcome::Chosen(session) => self.answer(&session, output),
            Outcome::Resume { id, take_over } => self.resume(id, take_over, locator, output),
            Outcome::Failed(why) => Err(Failure::Screen(std::io::Error::other(why))),
        }
    }

    fn answer(&self, session: &Session, output: &mut Output) -> Result<ExitCode, Failure> {
        let (field, text) = match self.print {
            Some(Printed::Path) => ("path", session.project_path().to_string()),
            _ => ("id", session.id().to_string()),
        };
        if output.is_for_people() {
            output.print(&text)?;
        } else {
            output.answer(&json!({ field: text }), |_| Ok(()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// As if that command had been typed.
    fn resume(
        &self,
        id: SessionId,
        take_over: bool,
        locator: &Locator,
        output: &mut Output,
    ) -> Result<ExitCode, Failure> {
        let id = id.to_string();
        let mut words: Vec<OsString> = ["session-registry", "resume", &id, "--exact"]
            .map(Into::into)
            .into();
        words.extend(take_over.then(|| "--take-over".into()));
        words.push("--".into());
        if self.command.is_empty() {
            words.push(shell());
        } else {
            words.extend(self.command.iter().cloned());
        }
        let matches = help::command().try_get_matches_from(words);
        let args = matches.and_then(|matches| Args::from_arg_matches(&matches));
        let args = args.map_err(|_| Failure::Usage("that command cannot be run"))?;
        args.command.run(locator, output)
    }
}

fn shell() -> OsString {
    let (variable, usual) = if cfg!(windows) {
        ("COMSPEC", "cmd")
    } else {
        ("SHELL", "sh")
    };
    let said = env::var_os(variable).filter(|shell| !shell.is_empty());
    said.unwrap_or_else(|| usual.into())
}
