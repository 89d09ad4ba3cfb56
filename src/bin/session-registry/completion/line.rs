//! What was typed, as the shell reads it.

use super::{Asked, Shell};

/// The words of a line up to the cursor.
#[derive(Debug, PartialEq)]
pub(super) struct Typed {
    /// Without quotes, the one in which the cursor is last.
    pub(super) words: Vec<String>,
    /// How the last one was typed.
    pub(super) last: Word,
    /// For each word, which of the words that the shell told it began with.
    pub(super) positions: Vec<usize>,
}

/// A word as it was typed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Word {
    /// Without quotes.
    pub(super) value: String,
    /// The quote that is still open.
    pub(super) quote: Option<char>,
    /// How many characters of the value come before what the shell will replace.
    pub(super) kept: usize,
    /// Whether a quote was opened and closed, so that nobody knows what the shell would replace.
    pub(super) is_mixed: bool,
}

impl Typed {
    pub(super) fn new(asked: &Asked) -> Self {
        let told: Vec<_> = asked
            .words
            .iter()
            .map(|word| word.to_string_lossy())
            .collect();
        let told: Vec<&str> = told.iter().map(AsRef::as_ref).collect();
        match asked.shell {
            Shell::Bash => {
                let line = asked.line.as_ref().map(|line| line.to_string_lossy());
                let (raw, positions) = joined(&told, line.as_deref());
                let read: Vec<_> = raw
                    .iter()
                    .map(|raw| Word::read(raw, &asked.breaks))
                    .collect();
                Self::of(read, positions)
            }
            Shell::Zsh | Shell::Fish | Shell::Nushell | Shell::PowerShell => {
                let last = told.len().saturating_sub(1);
                let read = told.iter().enumerate().map(|(number, text)| {
                    if asked.shell == Shell::Fish && number == last {
                        return Word {
                            kept: 0,
                            is_mixed: false,
                            ..Word::read(text, "")
                        };
                    }
                    let value = (*text).to_owned();
                    Word {
                        value,
                        ..Word::default()
                    }
                });
                Self::of(read.collect(), (0..told.len()).collect())
            }
        }
    }

    /// Puts the command in the place of the function that `init` defines.
    pub(super) fn jump(&mut self) {
        let program = env!("CARGO_BIN_NAME").to_owned();
        match self.words.get(1).map(String::as_str) {
            Some("run") if self.words.len() > 2 => {
                self.words.splice(..2, [program, "resume".to_owned()]);
            }
            // No number of a word is told of what has a session alone.
            _ => {
                self.words.splice(..1, [program, "show".to_owned()]);
            }
        }
    }

    fn of(mut read: Vec<Word>, positions: Vec<usize>) -> Self {
        let words = read.iter().map(|word| word.value.clone()).collect();
        let last = read.pop().unwrap_or_default();
        Self {
            words,
            last,
            positions,
        }
    }
}

impl Word {
    /// What a word means to a POSIX shell, without expanding anything.
    fn read(raw: &str, breaks: &str) -> Self {
        let mut word = Self::default();
        let mut before_quote = 0;
        let mut length = 0;
        let mut characters = raw.chars().peekable();
        while let Some(character) = characters.next() {
            let is_literal = match (word.quote, character) {
                (None, '\'' | '"') => {
                    word.quote = Some(character);
                    before_quote = length;
                    continue;
                }
                (Some(open), _) if open == character => {
                    word.quote = None;
                    word.is_mixed = true;
                    continue;
                }
                (None, '\\') => true,
                (Some('"'), '\\') => matches!(characters.peek(), Some('"' | '\\' | '$' | '`')),
                _ => false,
            };
            let character = if is_literal {
                match characters.next() {
                    Some(next) => next,
                    None => break,
                }
            } else {
                character
            };
            word.value.push(character);
            length += 1;
            if word.quote.is_none() && !is_literal && breaks.contains(character) {
                word.kept = length;
            }
        }
        if word.quote.is_some() {
            word.kept = before_quote;
        }
        word
    }
}

/// Bash splits at more than blanks, as at `=` and `:`: puts together what stands together on the line.
fn joined(pieces: &[&str], line: Option<&str>) -> (Vec<String>, Vec<usize>) {
    line.and_then(|line| joined_as_on(line, pieces))
        .unwrap_or_else(|| joined_by_rule(pieces))
}

fn joined_as_on(line: &str, pieces: &[&str]) -> Option<(Vec<String>, Vec<usize>)> {
    let mut rest = line.get(line.find(*pieces.first()?)?..)?;
    let (mut words, mut positions) = (Vec::<String>::new(), Vec::new());
    let last = pieces.len().checked_sub(1)?;
    for (number, piece) in pieces.iter().enumerate() {
        let trimmed = rest.trim_start_matches([' ', '\t', '\n']);
        let is_apart = number == 0 || trimmed.len() < rest.len();
        let piece = match trimmed.strip_prefix(piece) {
            Some(after) if number < last => {
                rest = after;
                piece
            }
            // The cursor may be in the middle of it.
            _ if number == last => trimmed,
            _ => return None,
        };
        match words.last_mut() {
            Some(word) if !is_apart => word.push_str(piece),
            _ => {
                words.push(piece.to_owned());
                positions.push(number);
            }
        }
    }
    Some((words, positions))
}

/// Where the line is not told, an option takes what follows its sign.
fn joined_by_rule(pieces: &[&str]) -> (Vec<String>, Vec<usize>) {
    let (mut words, mut positions) = (Vec::<String>::new(), Vec::new());
    for (number, piece) in pieces.iter().enumerate() {
        match words.last_mut() {
            Some(word)
                if word.starts_with("--")
                    && (*piece == "=" && !word.contains('=') || word.ends_with('=')) =>
            {
                word.push_str(piece);
            }
            _ => {
                words.push((*piece).to_owned());
                positions.push(number);
            }
        }
    }
    (words, positions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn bash(pieces: &[&str], line: Option<&str>) -> Typed {
        Typed::new(&Asked {
            shell: Shell::Bash,
            line: line.map(Into::into),
            breaks: BREAKS.to_owned(),
            words: pieces.iter().map(Into::into).collect(),
            is_jump: false,
        })
    }

    #[test]
    fn words_that_bash_took_apart_are_put_together() {
        let typed = bash(&["p", "--state", "=", "op"], Some("p --state=op"));
        assert_eq!(typed.words, ["p", "--state=op"]);
        assert_eq!((typed.last.kept, &typed.positions[..]), (8, &[0, 1][..]));
        assert_eq!(bash(&["p", "--state", "=", "op"], None).words, typed.words);
        assert_eq!(bash(&["p", "--state", "="], None).words, ["p", "--state="]);

        let typed = bash(&["p", "show", "a", ":"], Some("p  show a:"));
        assert_eq!((typed.last.value.as_str(), typed.last.kept), ("a:", 2));
        let typed = bash(&["p", "show", "a", ":", ""], Some("p show a : "));
        assert_eq!(typed.words, ["p", "show", "a", ":", ""]);
        let typed = bash(&["p", "show", "abc"], Some("X=1 p show ab"));
        assert_eq!(typed.words, ["p", "show", "ab"]);
    }

    #[test]
    fn quotes_are_read_as_a_shell_reads_them() {
        for (raw, value, quote, kept, is_mixed) in [
            ("", "", None, 0, false),
            (r"My\ p", "My p", None, 0, false),
            (r#""My p"#, "My p", Some('"'), 0, false),
            (r#"--a="\$x\ "#, r"--a=$x\ ", Some('"'), 4, false),
            (r"'a\'", r"a\", None, 0, true),
            (r"a\:b:c", "a:b:c", None, 4, false),
            ("a\\", "a", None, 0, false),
        ] {
            let word = Word::read(raw, BREAKS);
            let value = value.to_owned();
            assert_eq!(
                word,
                Word {
                    value,
                    quote,
                    kept,
                    is_mixed
                },
                "{raw}"
            );
        }
    }
}
