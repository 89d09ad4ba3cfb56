//! What a person can do about a failure: commands that work as they are printed.

use std::env;

use clap::ArgMatches;
use session_registry::{Error, Liveness, Session, SessionId};

use crate::escape;
use crate::failure::Failure;
use crate::help;
use crate::locate::Locator;

/// More would be no help.
const MOST: usize = 2;

/// The commands that would help, the likeliest first; none where nothing is known that would.
pub(crate) fn hints(failure: &Failure, locator: &Locator) -> Vec<String> {
    let typed = Typed::now();
    let hints = Hints { typed, locator }.about(failure);
    hints.into_iter().flatten().take(MOST).collect()
}

/// The command that goes on where a page of a list ended.
pub(crate) fn next_page(cursor: &str) -> Option<String> {
    let mut typed = Typed::now()?;
    if let Some(at) = typed.words.iter().position(|word| word == "--after") {
        typed.words.drain(at..(at + 2).min(typed.words.len()));
    }
    typed.words.retain(|word| !word.starts_with("--after="));
    typed
        .words
        .extend(["--after".to_owned(), cursor.to_owned()]);
    line(&typed.words)
}

/// The words of this call.
#[derive(Clone, Debug)]
struct Typed {
    words: Vec<String>,
    /// Where the name of the command stands.
    command: usize,
    matches: ArgMatches,
}

impl Typed {
    /// `None` if they cannot be printed.
    fn now() -> Option<Self> {
        Self::new(
            env::args_os()
                .skip(1)
                .map(|word| word.into_string().ok())
                .collect::<Option<_>>()?,
        )
    }

    fn new(words: Vec<String>) -> Option<Self> {
        let mut parser = help::command();
        let all = [env!("CARGO_BIN_NAME").to_owned()]
            .into_iter()
            .chain(words.clone());
        let matches = parser.try_get_matches_from_mut(all).ok()?;
        let name = matches.subcommand_name()?;
        let is_command = |(at, word): &(usize, &String)| {
            let is_value = at.checked_sub(1).and_then(|before| words.get(before));
            let is_value = is_value.is_some_and(|before| before == "--registry");
            let found = parser.find_subcommand(word).map(clap::Command::get_name);
            !is_value && found == Some(name)
        };
        let (command, _) = words.iter().enumerate().find(is_command)?;
        Some(Self {
            words,
            command,
            matches,
        })
    }

    fn name(&self) -> &str {
        self.matches.subcommand_name().unwrap_or_default()
    }

    fn has(&self, option: &str) -> bool {
        let own = self.words.iter().take_while(|word| *word != "--");
        own.into_iter().any(|word| word == option)
    }

    /// What was typed for the session.
    fn session(&self) -> Option<&str> {
        let (_, matches) = self.matches.subcommand()?;
        let session = matches.try_get_one::<String>("session").ok()??;
        Some(session)
    }

    /// The same with another session; `None` if it is not plain which word means it.
    fn with_session(mut self, session: &str) -> Option<Self> {
        let typed = self.session()?.to_owned();
        let end = self.words.iter().position(|word| word == "--");
        let own = self
            .words
            .iter()
            .enumerate()
            .take(end.unwrap_or(self.words.len()));
        let mut meant = own
            .skip(self.command + 1)
            .filter(|(_, word)| **word == typed);
        let (at, _) = meant.next().filter(|_| meant.next().is_none())?;
        *self.words.get_mut(at)? = session.to_owned();
        Some(self)
    }

    fn with_option(mut self, option: &str) -> Self {
        if !self.has(option) {
            self.words.insert(self.command + 1, option.to_owned());
        }
        self
    }
}

struct Hints<'a> {
    typed: Option<Typed>,
    locator: &'a Locator,
}

impl Hints<'_> {
    fn about(&self, failure: &Failure) -> Vec<Option<String>> {
        match failure {
            Failure::Refused(error) => self.about_error(error),
            Failure::Inexact { session, .. } => vec![self.again_with(session)],
            Failure::Ambiguous {
                candidates: sessions,
                ..
            }
            | Failure::Unknown {
                similar: sessions, ..
            } => self.again_with_each(sessions),
            Failure::SameDirectory { session, .. } => vec![
                self.again_but("--or-existing"),
                self.command(&["show", &self.short(session.id())]),
            ],
            Failure::ProjectGone { .. } => vec![self.again_but("--here")],
            _ => Vec::new(),
        }
    }

    fn about_error(&self, error: &Error) -> Vec<Option<String>> {
        match error {
            Error::LimitReached {
                max_sessions, open, ..
            } => {
                let enough = u64::from(*max_sessions).max(*open).saturating_add(1);
                vec![
                    self.command(&["list", "--order", "active"]),
                    self.command(&["limit", &enough.to_string()]),
                ]
            }
            Error::AlreadyClaimed { id, owner, .. } => self.about_claim(*id, owner.liveness),
            Error::ProjectAlreadyOpen { holder, .. } => {
                let is_register = self
                    .typed
                    .as_ref()
                    .is_some_and(|typed| typed.name() == "register");
                let accept = is_register
                    .then(|| self.again_but("--or-existing"))
                    .flatten();
                vec![accept, self.command(&["show", &self.short(*holder)])]
            }
            Error::Ambiguous { matches, .. } => self.again_with_each(matches),
            Error::InUse { .. } => vec![self.typed.as_ref().and_then(|typed| line(&typed.words))],
            Error::SessionClosed { id, .. } => vec![self.command(&["reopen", &self.short(*id)])],
            Error::Corrupted { .. } => vec![self.command(&["check"])],
            _ => Vec::new(),
        }
    }

    /// The session is somebody else's, or nobody can tell.
    fn about_claim(&self, id: SessionId, liveness: Liveness) -> Vec<Option<String>> {
        let short = self.short(id);
        let typed = self
            .typed
            .clone()
            .and_then(|typed| typed.with_session(&short));
        let over = typed
            .clone()
            .map(|typed| typed.with_option("--take-over").words);
        let name = typed.as_ref().map_or("", Typed::name);
        match (liveness, name) {
            (_, "resume") => vec![over.and_then(|words| line(&words))],
            (Liveness::Unknown, "close") => {
                let forced = typed.map(|typed| typed.with_option("--force").words);
                vec![forced.and_then(|words| line(&words))]
            }
            (Liveness::Unknown, _) => vec![self.command(&["close", "--force", &short])],
            // Whose session it was learns that it no longer is.
            _ => {
                let taken = self.command(&["resume", &short, "--take-over", "--", "true"]);
                let again = typed.and_then(|typed| line(&typed.words));
                let both = taken
                    .zip(again)
                    .map(|(taken, again)| format!("{taken} && {again}"));
                vec![both]
            }
        }
    }

    fn again_with_each(&self, sessions: &[Session]) -> Vec<Option<String>> {
        sessions
            .iter()
            .map(|session| self.again_with(session))
            .collect()
    }

    /// The same command for that session; where it cannot be repeated, the session is shown.
    fn again_with(&self, session: &Session) -> Option<String> {
        let is_exact = self
            .typed
            .as_ref()
            .is_some_and(|typed| typed.has("--exact"));
        let id = if is_exact {
            session.id().to_string()
        } else {
            self.short(session.id())
        };
        let typed = self.typed.clone().and_then(|typed| typed.with_session(&id));
        match typed {
            Some(typed) => line(&typed.words),
            None => self.command(&["show", &id]),
        }
    }

    fn again_but(&self, option: &str) -> Option<String> {
        line(&self.typed.clone()?.with_option(option).words)
    }

    /// A command on the same registry.
    fn command(&self, words: &[&str]) -> Option<String> {
        let mut all: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
        if let Some(registry) = self.locator.flag() {
            let place = usize::from(!words.is_empty());
            all.splice(
                place..place,
                ["--registry".to_owned(), registry.to_str()?.to_owned()],
            );
        }
        line(&all)
    }

    /// As many digits as lists show, if these mean the session alone.
    fn short(&self, id: SessionId) -> String {
        let whole = id.to_string();
        let digits: String = whole.chars().take(8).collect();
        let found = self
            .locator
            .glance()
            .and_then(|registry| registry.find(&digits).ok());
        if found.is_some_and(|found| found.session.id() == id) {
            digits
        } else {
            whole
        }
    }
}

/// This program called with these words, as a shell reads it; `None` for what cannot be shown.
fn line(words: &[String]) -> Option<String> {
    let program = [Some(env!("CARGO_BIN_NAME").to_owned())];
    let words = words.iter().map(|word| quoted(word));
    let line: Option<Vec<_>> = program.into_iter().chain(words).collect();
    Some(line?.join(" "))
}

fn quoted(word: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if escape::is_needed(word) {
        return None;
    }
    Some(
        if word.chars().all(is_plain) && !word.is_empty() && !word.starts_with('=') {
            word.to_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        },
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn typed(line: &str) -> Typed {
        Typed::new(line.split(' ').map(str::to_owned).collect()).unwrap()
    }

    #[test]
    fn the_word_for_the_session_is_found() {
        for (before, after) in [
            ("set app --model m", Some("set ID --model m")),
            (
                "--registry set set app --model m",
                Some("--registry set set ID --model m"),
            ),
            ("resume app -- app app", Some("resume ID -- app app")),
            ("rename app app", None),
            ("list", None),
        ] {
            let changed = typed(before).with_session("ID");
            assert_eq!(changed.map(|typed| typed.words.join(" ")).as_deref(), after);
        }
        let over = typed("--json resume app -- --take-over").with_option("--take-over");
        assert_eq!(
            over.words.join(" "),
            "--json resume --take-over app -- --take-over"
        );
    }

    #[test]
    fn words_come_back_from_a_shell_as_they_were() {
        assert_eq!(quoted("--model=opus").as_deref(), Some("--model=opus"));
        assert_eq!(quoted("").as_deref(), Some("''"));
        assert_eq!(quoted("=x").as_deref(), Some("'=x'"));
        assert_eq!(quoted("it's $HOME").as_deref(), Some(r"'it'\''s $HOME'"));
        assert_eq!(quoted("a\nb"), None);
    }
}
