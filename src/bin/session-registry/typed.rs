//! What was typed to call this program, to be repeated with something else.

use std::env;

use clap::ArgMatches;

use crate::escape;
use crate::help;

/// The words of this call.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) words: Vec<String>,
    /// Where the name of the command stands.
    command: usize,
    matches: ArgMatches,
}

impl Typed {
    /// `None` if they cannot be printed.
    pub(crate) fn now() -> Option<Self> {
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

    pub(crate) fn name(&self) -> &str {
        self.matches.subcommand_name().unwrap_or_default()
    }

    pub(crate) fn has(&self, option: &str) -> bool {
        let own = self.words.iter().take_while(|word| *word != "--");
        own.into_iter().any(|word| word == option)
    }

    /// What was typed for the session: of several for this one, if it is known which is meant.
    fn session(&self, meant: Option<&str>) -> Option<&str> {
        let (_, matches) = self.matches.subcommand()?;
        let mut sessions = matches.try_get_many::<String>("session").ok()??;
        let first = sessions.next()?;
        if sessions.next().is_none() {
            return Some(first);
        }
        let mut sessions = matches.try_get_many::<String>("session").ok()??;
        let found = sessions.find(|session| Some(session.as_str()) == meant);
        found.map(String::as_str)
    }

    /// The same with another session in the place of the one that is meant; `None` if it is not plain which word
    /// means it.
    pub(crate) fn with_session(mut self, session: &str, meant: Option<&str>) -> Option<Self> {
        let typed = self.session(meant)?.to_owned();
        let end = self.words.iter().position(|word| word == "--");
        let own = self
            .words
            .iter()
            .enumerate()
            .take(end.unwrap_or(self.words.len()));
        let mut fitting = own
            .skip(self.command + 1)
            .filter(|(_, word)| **word == typed);
        let (at, _) = fitting.next().filter(|_| fitting.next().is_none())?;
        *self.words.get_mut(at)? = session.to_owned();
        Some(self)
    }

    pub(crate) fn with_option(mut self, option: &str) -> Self {
        if !self.has(option) {
            self.words.insert(self.command + 1, option.to_owned());
        }
        self
    }
}

/// Leaves out an option and its value.
pub(crate) fn without(words: &mut Vec<String>, option: &str) {
    let own = words.iter().position(|word| word == "--");
    let own = own.unwrap_or(words.len());
    let is_option = |word: &String| {
        let value = word.strip_prefix(option);
        value.is_some_and(|value| value.is_empty() || value.starts_with('='))
    };
    if let Some(at) = words.iter().take(own).position(is_option) {
        let is_alone = words.get(at).is_some_and(|word| word == option);
        let end = at + if is_alone { 2 } else { 1 };
        words.drain(at..end.min(words.len()));
    }
}

/// This program called with these words, as a shell reads it; `None` for what cannot be shown.
pub(crate) fn line(words: &[String]) -> Option<String> {
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
            let changed = typed(before).with_session("ID", None);
            assert_eq!(changed.map(|typed| typed.words.join(" ")).as_deref(), after);
        }
        let several = typed("close app api --force");
        assert!(several.clone().with_session("ID", None).is_none());
        let changed = several.with_session("ID", Some("api")).unwrap();
        assert_eq!(changed.words.join(" "), "close app ID --force");
        let over = typed("--json resume app -- --take-over").with_option("--take-over");
        assert_eq!(
            over.words.join(" "),
            "--json resume --take-over app -- --take-over"
        );
    }

    #[test]
    fn an_option_is_left_out_with_its_value() {
        for (before, after) in [
            ("register --wait 5m app", "register app"),
            ("register --wait=5m app", "register app"),
            ("register app --wait 5m", "register app"),
            ("register --waiting app", "register --waiting app"),
            ("resume app -- --wait 5m", "resume app -- --wait 5m"),
        ] {
            let mut words: Vec<_> = before.split(' ').map(str::to_owned).collect();
            without(&mut words, "--wait");
            assert_eq!(words.join(" "), after);
        }
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
