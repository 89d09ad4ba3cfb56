//! Text from outside, made harmless for a terminal.

use std::fmt::{self, Display, Formatter, Write};

/// Prints a value with every character as `\u{..}` that could drive a terminal or disguise a line:
/// control characters, line and paragraph separators, and those that embed, override or isolate a text
/// direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Escaped<T>(pub(crate) T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(Escaping(f), "{}", self.0)
    }
}

/// Whether [`Escaped`] would print the text differently.
pub(crate) fn is_needed(text: &str) -> bool {
    text.chars().any(is_deceptive)
}

struct Escaping<'a, 'b>(&'a mut Formatter<'b>);

impl Write for Escaping<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| {
            if is_deceptive(character) {
                write!(self.0, "{}", character.escape_unicode())
            } else {
                self.0.write_char(character)
            }
        })
    }
}

fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        )
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
    fn other_text_is_left_alone() {
        let text = r"Café 👩‍🚀 \ שלום 日本";
        assert_eq!(Escaped(text).to_string(), text);
        assert!(!is_needed(text));
    }
}
