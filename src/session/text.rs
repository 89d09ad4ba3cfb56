//! Text from outside, made fit for names and for error messages.

use std::fmt;

/// How many characters of a rejected id, key or time an error message repeats.
pub(super) const EXCERPT_CHARS: usize = 64;

/// Whether a character can make a line of text look like something it is not: control characters,
/// line and paragraph separators, and the characters that embed, override or isolate a direction.
pub(super) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
        )
}

/// Whether there are only visible ASCII characters and blanks, as in most texts: nothing deceptive, and
/// every byte a character. Looks at all bytes, which the processor does many at a time.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes()
        .fold(true, |plain, byte| plain & matches!(byte, b' '..=b'~'))
}

/// The first control character and its byte offset.
pub(super) fn first_control(text: &str) -> Option<(usize, char)> {
    if is_plain(text) {
        return None;
    }
    text.char_indices().find(|(_, c)| c.is_control())
}

/// The first deceptive character and its byte offset.
pub(super) fn first_deceptive(text: &str) -> Option<(usize, char)> {
    if is_plain(text) {
        return None;
    }
    text.char_indices().find(|(_, c)| is_deceptive(*c))
}

/// At most `max_chars` characters of `text`, with `…` in place of the rest, so that an error stays
/// small whatever it rejects.
pub(super) fn excerpt(text: &str, max_chars: usize) -> String {
    let mut kept: String = text.chars().take(max_chars).collect();
    if kept.len() < text.len() {
        kept.push('…');
    }
    kept
}

/// Prints text between quotes, deceptive characters escaped.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for character in self.0.chars() {
            if is_deceptive(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                write!(f, "{character}")?;
            }
        }
        f.write_str("\"")
    }
}

/// Prints a character as its code point, such as `U+000A`.
pub(super) struct CodePoint(pub(super) char);

impl fmt::Display for CodePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts_are_cut_after_the_limit() {
        assert_eq!(excerpt("äbc", 3), "äbc");
        assert_eq!(excerpt("äbcd", 3), "äbc…");
        assert_eq!(excerpt("", 3), "");
    }

    #[test]
    fn quoted_text_stays_on_its_line() {
        let text = "a\n\0\u{1b}[31m\u{2028}\u{202E}é";
        assert_eq!(
            Quoted(text).to_string(),
            r#""a\n\u{0}\u{1b}[31m\u{2028}\u{202e}é""#
        );
    }

    #[test]
    fn code_points_have_at_least_four_digits() {
        assert_eq!(CodePoint('\n').to_string(), "U+000A");
        assert_eq!(CodePoint('\u{1F600}').to_string(), "U+1F600");
    }

    #[test]
    fn direction_marks_are_not_deceptive_but_overrides_are() {
        for c in [
            '\u{200E}', '\u{200F}', '\u{2027}', '\u{202F}', '\u{2065}', '\u{206A}', ' ',
        ] {
            assert!(!is_deceptive(c), "{c:?}");
        }
        for c in [
            '\0', '\u{7F}', '\u{9F}', '\u{2028}', '\u{202A}', '\u{202E}', '\u{2066}', '\u{2069}',
        ] {
            assert!(is_deceptive(c), "{c:?}");
        }
    }
}
