//! What is being asked for: which command, and what of it.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::{Arg, ArgAction, Command, ValueHint};
use session_registry::Session;

use super::answer::{Answer, Candidate};
use super::values::{self, Whose};
use crate::locate::Locator;

/// The argument of every command that takes a session.
const SESSION: &str = "session";
const REGISTRY: &str = "registry";

/// What has been typed, matched with what can be typed.
#[derive(Debug)]
pub(super) struct Request<'a> {
    command: &'a Command,
    current: &'a str,
    /// The option whose value is being typed in a word of its own.
    option: Option<&'a Arg>,
    /// How many positional arguments stand before.
    positionals: usize,
    /// The options that are there already.
    used: Vec<&'a str>,
    /// Where the words after the two hyphens begin.
    escaped_at: Option<usize>,
    registry: Option<PathBuf>,
}

impl<'a> Request<'a> {
    pub(super) fn new(program: &'a Command, words: &'a [String]) -> Self {
        let (current, before) = match words.split_last() {
            Some((current, before)) => (current.as_str(), before),
            None => ("", words),
        };
        let mut request = Self {
            command: program,
            current,
            option: None,
            positionals: 0,
            used: Vec::new(),
            escaped_at: None,
            registry: None,
        };
        for (number, word) in before.iter().enumerate().skip(1) {
            request.pass(number, word);
        }
        request
    }

    /// Takes note of a word that stands before the one being typed.
    fn pass(&mut self, number: usize, word: &'a str) {
        if let Some(option) = self.option.take() {
            self.learn(option, word);
        } else if self.escaped_at.is_some() {
            self.positionals += 1;
        } else if word == "--" {
            self.escaped_at = Some(number + 1);
        } else if let Some((name, value)) = long(word) {
            if let Some(option) = self.option_named(name) {
                self.used.push(option.get_id().as_str());
                match value {
                    Some(value) => self.learn(option, value),
                    None => self.option = Some(option).filter(|option| takes_value(option)),
                }
            }
        } else if word.len() > 1 && word.starts_with('-') {
            let last = word.chars().next_back();
            let option = self
                .command
                .get_opts()
                .find(|option| option.get_short() == last);
            self.option = option.filter(|option| takes_value(option));
        } else if let Some(below) = self.command.find_subcommand(word) {
            self.command = below;
            self.positionals = 0;
        } else {
            self.positionals += 1;
        }
    }

    fn learn(&mut self, option: &Arg, value: &str) {
        if option.get_id() == REGISTRY {
            self.registry = Some(values::expanded(value));
        }
    }

    fn option_named(&self, name: &str) -> Option<&'a Arg> {
        self.command.get_arguments().find(|argument| {
            let aliases = argument.get_all_aliases().unwrap_or_default();
            argument.get_long() == Some(name) || aliases.contains(&name)
        })
    }

    pub(super) fn answer(&self) -> Answer {
        if let Some(option) = self.option {
            return self.values(option, self.current);
        }
        if let Some(at) = self.escaped_at {
            let is_command = |argument: &&Arg| argument.is_last_set();
            if self
                .command
                .get_positionals()
                .any(|argument| is_command(&argument))
            {
                return Answer::Command { at };
            }
        } else if let Some((name, Some(value))) = long(self.current) {
            let option = self.option_named(name).filter(|option| takes_value(option));
            return option.map_or(Answer::nothing(), |option| self.values(option, value));
        } else if self.current.starts_with('-') {
            return Answer::Values(self.options());
        } else if self.command.has_subcommands() {
            // After a command that there is not, there is nothing.
            return match self.positionals {
                0 => Answer::Values(self.subcommands()),
                _ => Answer::nothing(),
            };
        }
        match self.positional() {
            Some(argument) if argument.is_last_set() => {
                Answer::Values(fitting(vec![hyphens(argument)], self.current))
            }
            Some(argument) => self.values(argument, self.current),
            None => Answer::nothing(),
        }
    }

    /// The argument that comes next; the last one may be repeated.
    fn positional(&self) -> Option<&'a Arg> {
        let mut all = self.command.get_positionals();
        let next = all.nth(self.positionals);
        let last = self.command.get_positionals().last();
        next.or(last.filter(|last| {
            let is_repeated = matches!(last.get_action(), ArgAction::Append);
            is_repeated && !last.is_last_set()
        }))
    }

    fn subcommands(&self) -> Vec<Candidate> {
        let shown = self
            .command
            .get_subcommands()
            .filter(|below| !below.is_hide_set());
        let candidates = shown.map(|below| {
            let about = below.get_about().map(ToString::to_string);
            Candidate::new(below.get_name(), about)
        });
        fitting(candidates.collect(), self.current)
    }

    fn options(&self) -> Vec<Candidate> {
        let is_offered = |argument: &&Arg| {
            let is_repeated = matches!(argument.get_action(), ArgAction::Append);
            let is_used = self.used.contains(&argument.get_id().as_str());
            !argument.is_hide_set() && (is_repeated || !is_used)
        };
        let shown = self.command.get_arguments().filter(is_offered);
        let candidates = shown.filter_map(|argument| {
            let about = argument.get_help().map(ToString::to_string);
            Some(Candidate::new(format!("--{}", argument.get_long()?), about))
        });
        let mut candidates: Vec<_> = candidates.collect();
        let next = self.command.get_positionals().nth(self.positionals);
        candidates.extend(next.filter(|argument| argument.is_last_set()).map(hyphens));
        fitting(candidates, self.current)
    }

    /// What could be the value of an argument, of which so much is typed.
    fn values(&self, argument: &Arg, typed: &str) -> Answer {
        match argument.get_id().as_str() {
            SESSION | "parent" | "children_of" => return self.sessions(typed),
            "tag" | "untag" => return self.labels(values::tags, typed),
            "alias" if self.command.get_name() == "list" => {
                return self.labels(values::aliases, typed);
            }
            "unalias" => return self.labels(values::aliases, typed),
            _ => {}
        }
        let possible = argument.get_possible_values();
        if !possible.is_empty() {
            let shown = possible.iter().filter(|value| !value.is_hide_set());
            let candidates = shown.map(|value| {
                let about = value.get_help().map(ToString::to_string);
                Candidate::new(value.get_name(), about)
            });
            return Answer::Values(fitting(candidates.collect(), typed));
        }
        match argument.get_value_hint() {
            ValueHint::DirPath => Answer::Directories,
            ValueHint::AnyPath | ValueHint::FilePath => Answer::Files,
            _ => Answer::nothing(),
        }
    }

    /// What sessions are labelled with already.
    fn labels(&self, labels: fn(&Session) -> Vec<String>, typed: &str) -> Answer {
        let locator = Locator::new(self.registry.clone(), false);
        Answer::Values(values::labels(&locator, labels, typed))
    }

    /// Names and ids; directories for what begins like a path or is no session.
    fn sessions(&self, typed: &str) -> Answer {
        let whose = match self.command.get_name() {
            "close" | "report" => Whose::Open,
            "reopen" => Whose::Closed,
            _ => Whose::Any,
        };
        let can_be_hyphen = self.escaped_at.is_some();
        let found = values::sessions(
            &Locator::new(self.registry.clone(), false),
            whose,
            typed,
            can_be_hyphen,
        );
        let is_path = typed.starts_with(['.', '~']) || typed.contains(std::path::is_separator);
        if found.is_empty() && (is_path || !typed.is_empty()) {
            return Answer::Directories;
        }
        Answer::Values(found)
    }
}

/// The name of a long option, and the value after its sign.
fn long(word: &str) -> Option<(&str, Option<&str>)> {
    let word = word.strip_prefix("--")?;
    Some(match word.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (word, None),
    })
}

/// What stands before the last arguments.
fn hyphens(argument: &Arg) -> Candidate {
    Candidate::new("--", argument.get_help().map(ToString::to_string))
}

fn takes_value(option: &Arg) -> bool {
    option.get_action().takes_values()
}

/// Those that begin with what is typed; if none does, those that do in another case.
pub(super) fn fitting(candidates: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    let folded = typed.to_lowercase();
    let (exact, other): (Vec<_>, Vec<_>) = candidates
        .into_iter()
        .partition(|candidate| candidate.value.starts_with(typed));
    if !exact.is_empty() {
        return exact;
    }
    let is_folded = |candidate: &Candidate| candidate.value.to_lowercase().starts_with(&folded);
    other.into_iter().filter(is_folded).collect()
}

/// Whether a word would be read as an option.
pub(super) fn is_like_an_option(word: impl AsRef<OsStr>) -> bool {
    word.as_ref().to_string_lossy().starts_with('-')
}
