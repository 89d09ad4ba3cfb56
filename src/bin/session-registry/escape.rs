//! Text from outside, made harmless for a terminal.

use std::fmt::{self, Display, Formatter, Write};

/// Prints a value with every character as `\u{..}` that could drive a terminal or disguise a line: control
/// characters, line and paragraph separators, those that embed, override or isolate a text direction, and
/// those that nobody sees. Joiners, selectors and tags are left where they follow what they can join, as in
/// pictures of several characters. [`unescaped`] reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Escaped<T>(pub(crate) T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(Escaping { to: f, last: None }, "{}", self.0)
    }
}

/// Whether [`Escaped`] would print the text differently.
pub(crate) fn is_needed(text: &str) -> bool {
    let before = std::iter::once(None).chain(text.chars().map(Some));
    text.chars()
        .zip(before)
        .any(|(character, last)| is_escaped(character, last))
}

/// What [`Escaped`] may have printed as this; `None` if there is nothing escaped in it.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\u{") {
        plain += before;
        match after.split_once('}').and_then(|(digits, after)| {
            let code = u32::from_str_radix(digits, 16).ok()?;
            Some((char::from_u32(code)?, after))
        }) {
            Some((character, after)) => {
                plain.push(character);
                rest = after;
            }
            None => {
                plain += "\\u{";
                rest = after;
            }
        }
    }
    plain += rest;
    (plain != text).then_some(plain)
}

struct Escaping<'a, 'b> {
    to: &'a mut Formatter<'b>,
    /// The character before.
    last: Option<char>,
}

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| {
            let last = self.last.replace(character);
            if is_escaped(character, last) {
                write!(self.to, "{}", character.escape_unicode())
            } else {
                self.to.write_char(character)
            }
        })
    }
}

fn is_escaped(character: char, last: Option<char>) -> bool {
    is_deceptive(character) || is_invisible(character) || (joins(character) && !can_join(last))
}

fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        )
}

/// What is never needed to write a name, and shows as nothing or as a blank.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}'
            | '\u{34F}'
            | '\u{115F}'..='\u{1160}'
            | '\u{180E}'
            | '\u{200B}'
            | '\u{2060}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E001F}'
            | '\u{E0080}'..='\u{E00FF}'
            | '\u{E01F0}'..='\u{E0FFF}'
    )
}

/// Joiners, selectors of a variant and tags: they change how the character before them is drawn.
fn joins(character: char) -> bool {
    matches!(
        character,
        '\u{200C}'..='\u{200D}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{E0020}'..='\u{E007F}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}

/// Latin letters join nothing; digits have variants, as on keys.
fn can_join(character: Option<char>) -> bool {
    character.is_some_and(|c| !c.is_ascii() || c.is_ascii_digit() || matches!(c, '#' | '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_a_terminal_is_spelled_out() {
        let text = "a\u{1b}[31m\n\t\0\u{7f}\u{9b}\u{202e}\u{2066}\u{2028}";
        let expected = r"a\u{1b}[31m\u{a}\u{9}\u{0}\u{7f}\u{9b}\u{202e}\u{2066}\u{2028}";
        assert_eq!(Escaped(text).to_string(), expected);
        assert!(is_needed(text) && !is_needed(expected));
    }

    #[test]
    fn names_with_invisible_characters_looked_alike() {
        for (text, expected) in [
            ("a\u{200B}pp", r"a\u{200b}pp"),
            ("app\u{200D}", r"app\u{200d}"),
            ("\u{FEFF}app", r"\u{feff}app"),
            ("\u{FE0F}", r"\u{fe0f}"),
            ("ap\u{AD}p\u{3164}", r"ap\u{ad}p\u{3164}"),
            ("a\u{E0061}", r"a\u{e0061}"),
        ] {
            assert_eq!(Escaped(text).to_string(), expected);
            assert!(is_needed(text));
            assert_eq!(unescaped(expected).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in [
            r"Café 👩‍🚀 \ שלום 日本",
            "❤\u{FE0F} 1\u{FE0F}\u{20E3}",
            "نامه\u{200C}ای",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        ] {
            assert_eq!(Escaped(text).to_string(), text);
            assert!(!is_needed(text));
            assert_eq!(unescaped(text), None);
        }
    }

    #[test]
    fn only_what_is_an_escape_is_read_as_one() {
        for text in [
            r"\u{",
            r"\u{}",
            r"\u{d800}",
            r"\u{110000}",
            r"\u{x}",
            r"u{61}",
            r"\n",
        ] {
            assert_eq!(unescaped(text), None, "{text}");
        }
        assert_eq!(
            unescaped(r"\u{x\u{7}y\u{8}").as_deref(),
            Some("\\u{x\u{7}y\u{8}")
        );
    }
}
