//! What is offered, in the form that the scripts of the shells read: a line that says what follows, then one line
//! for each value.

use serde_json::{Value, json};
use session_registry::Session;

use super::Shell;
use super::line::{Typed, Word};
use crate::describe;
use crate::escape::Escaped;

/// What could stand where the cursor is.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    Values(Vec<Candidate>),
    /// The shell knows them.
    Files,
    Directories,
    /// Another command, which the word of this number begins.
    Command {
        at: usize,
    },
}

impl Answer {
    /// With the word of the function that `init` defines.
    pub(super) fn with_run(self, typed: &str) -> Self {
        const RUN: &str = "run";
        if !RUN.starts_with(typed) {
            return self;
        }
        let mut candidates = match self {
            Self::Values(candidates) => candidates,
            _ => Vec::new(),
        };
        let about = "drive a session by a command".to_owned();
        candidates.push(Candidate::new(RUN, Some(about)));
        Self::Values(candidates)
    }

    pub(super) fn nothing() -> Self {
        Self::Values(Vec::new())
    }
}

/// A word that could be typed, and what it means.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Candidate {
    pub(super) value: String,
    about: Option<String>,
}

impl Candidate {
    pub(super) fn new(value: impl Into<String>, about: Option<String>) -> Self {
        Self {
            value: value.into(),
            about,
        }
    }

    pub(super) fn named(session: &Session) -> Self {
        let about = format!("{}, {}", describe::state(session), session.project_path());
        Self::new(session.name().as_str(), Some(about))
    }

    /// By its aliases.
    pub(super) fn called(session: &Session) -> Vec<Self> {
        let (name, path) = (session.name(), session.project_path());
        let about = format!("{}, {name}, {path}", describe::state(session));
        let aliases = session.aliases().iter();
        aliases
            .map(|alias| Self::new(alias.as_str(), Some(about.clone())))
            .collect()
    }

    pub(super) fn numbered(session: &Session) -> Self {
        let (name, path) = (session.name(), session.project_path());
        let about = format!("{}, {name}, {path}", describe::state(session));
        Self::new(session.id().to_string(), Some(about))
    }
}

pub(super) fn text(shell: Shell, typed: &Typed, answer: &Answer) -> String {
    if shell == Shell::Nushell {
        return records(typed, answer);
    }
    // The value of an option may be part of its word.
    let option = option_part(&typed.last.value);
    match answer {
        Answer::Values(candidates) => {
            let mut text = "values\n".to_owned();
            for Candidate { value, about } in candidates {
                let value = format!("{option}{value}");
                let about = about.as_deref().unwrap_or_default();
                let line = match shell {
                    Shell::Bash => match quoted(&value, &typed.last) {
                        Some(line) => line,
                        None => continue,
                    },
                    Shell::Zsh | Shell::Fish | Shell::Nushell | Shell::PowerShell => {
                        let about = about.lines().next().unwrap_or_default();
                        format!("{value}\t{}", Escaped(about))
                    }
                };
                text += &line;
                text.push('\n');
            }
            text
        }
        Answer::Files | Answer::Directories => {
            let kind = if *answer == Answer::Files {
                "files"
            } else {
                "directories"
            };
            let rest: String = match shell {
                Shell::Bash => typed.last.value.chars().skip(typed.last.kept).collect(),
                Shell::Zsh | Shell::Fish | Shell::Nushell | Shell::PowerShell => typed
                    .last
                    .value
                    .strip_prefix(option)
                    .unwrap_or_default()
                    .to_owned(),
            };
            format!("{kind}\n{option}\n{rest}\n")
        }
        Answer::Command { at } => {
            let at = typed.positions.get(*at).copied().unwrap_or(*at);
            format!("command\n{at}\n")
        }
    }
}

/// The candidates as JSON; null where the shell knows better.
fn records(typed: &Typed, answer: &Answer) -> String {
    let option = option_part(&typed.last.value);
    let answer = match answer {
        Answer::Values(candidates) => {
            let records = candidates.iter().map(|Candidate { value, about }| {
                let about = about.as_deref().and_then(|about| about.lines().next());
                let about = about.map(|about| Escaped(about).to_string());
                json!({ "value": nu_quoted(&format!("{option}{value}")), "description": about })
            });
            records.collect()
        }
        _ => Value::Null,
    };
    format!("{answer}\n")
}

/// A word as Nushell reads it.
fn nu_quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The option and its sign, where a word has both it and its value.
fn option_part(word: &str) -> &str {
    match word.find('=') {
        Some(sign) if word.starts_with("--") => word.get(..=sign).unwrap_or_default(),
        _ => "",
    }
}

/// What bash is to put in place of the end of a word, so that the whole means `value`: bash inserts it as it
/// is. `None` where that cannot be told.
fn quoted(value: &str, typed: &Word) -> Option<String> {
    if typed.is_mixed && typed.quote.is_none() || value.contains(char::is_control) {
        return None;
    }
    let rest = value.chars().skip(typed.kept);
    let mut text = String::new();
    for character in rest {
        match (typed.quote, character) {
            (Some('\''), '\'') => text += r"'\''",
            // Within these quotes an interactive bash looks into its history, after a backslash too.
            (Some('"'), '!') => return None,
            (Some('"'), '"' | '$' | '`' | '\\') => text.extend(['\\', character]),
            (None, _) if is_special(character) => text.extend(['\\', character]),
            _ => text.push(character),
        }
    }
    if typed.quote.is_none() && typed.kept == 0 && text.starts_with('~') {
        text.insert(0, '\\');
    }
    Some(text)
}

/// What bash would not leave alone outside of quotes.
fn is_special(character: char) -> bool {
    const PLAIN: &str = "-_./:=@%+,~^";
    !(character.is_alphanumeric() || PLAIN.contains(character) || !character.is_ascii())
        || character.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bash_inserts_means_the_value() {
        let word = |quote, kept| Word {
            quote,
            kept,
            ..Word::default()
        };
        for (value, quote, kept, expected) in [
            ("a b", None, 0, r"a\ b"),
            ("it's", None, 0, r"it\'s"),
            ("it's", Some('\''), 0, r"it'\''s"),
            (r#"$x`"\"#, Some('"'), 0, r#"\$x\`\"\\"#),
            ("$(rm)", None, 0, r"\$\(rm\)"),
            ("~x", None, 0, r"\~x"),
            ("a:b c", None, 2, r"b\ c"),
            ("日本\u{3000}語", None, 0, "日本\\\u{3000}語"),
        ] {
            assert_eq!(quoted(value, &word(quote, kept)).as_deref(), Some(expected));
        }
        let mixed = Word {
            is_mixed: true,
            ..Word::default()
        };
        assert_eq!(quoted("a", &mixed), None);
        assert_eq!(quoted("wow!", &word(Some('"'), 0)), None);
    }
}
