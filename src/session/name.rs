//! What a valid session name is.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation;

use super::as_text::as_text;
use super::text::{CodePoint, is_deceptive, is_plain};

/// What people call a session: one line of 1 to 50 characters, as they count them.
///
/// Whitespace around the name is removed. What remains has 1 to [`MAX_GRAPHEMES`] grapheme clusters
/// (the limit of the original Elixir registry, which counted the same way) in at most [`MAX_BYTES`]
/// bytes, and none of the characters that could disguise it in a list: control characters, line and
/// paragraph separators, and those that embed, override or isolate a text direction. Names need
/// not be unique. They compare byte by byte and are not Unicode-normalised.
///
/// [`MAX_GRAPHEMES`]: SessionName::MAX_GRAPHEMES
/// [`MAX_BYTES`]: SessionName::MAX_BYTES
///
/// ```
/// use session_registry::{InvalidSessionName, SessionName};
///
/// # fn main() -> session_registry::Result<()> {
/// assert_eq!(SessionName::new("  Café 👩‍🚀 ")?.as_str(), "Café 👩‍🚀");
/// assert_eq!(
///     SessionName::new("x".repeat(51)),
///     Err(InvalidSessionName::TooLong { graphemes: 51 })
/// );
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionName(String);

impl SessionName {
    /// The longest name, in grapheme clusters.
    pub const MAX_GRAPHEMES: usize = 50;

    /// The longest name, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 2048;

    /// Trims the text and checks the rules above.
    ///
    /// # Errors
    ///
    /// [`InvalidSessionName`] names the first rule that is broken: empty, bytes, forbidden
    /// characters, length.
    pub fn new(name: impl AsRef<str>) -> Result<Self, InvalidSessionName> {
        let name = name.as_ref().trim();
        check(name)?;
        Ok(Self(name.to_owned()))
    }

    /// The name, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The valid name closest to any text: forbidden characters dropped, cut to the limits;
    /// `session` if nothing is left.
    pub(super) fn nearest(text: &str) -> Self {
        let kept: String = text.chars().filter(|c| !is_deceptive(*c)).collect();
        Self::new(cut(kept.trim())).unwrap_or_else(|_| Self("session".to_owned()))
    }
}

/// The form of a name, or of a part of one, in which case does not count. Each character is folded by
/// itself, so that the beginning of a name folds to the beginning of the folded name; therefore the Greek
/// final sigma, which depends on what follows, counts as any other.
pub(crate) fn folded(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ς' { 'σ' } else { c })
        .collect()
}

/// Bytes come before anything that must look at each character.
fn check(name: &str) -> Result<(), InvalidSessionName> {
    if name.is_empty() {
        return Err(InvalidSessionName::Empty);
    }
    if name.len() > SessionName::MAX_BYTES {
        return Err(InvalidSessionName::TooManyBytes { bytes: name.len() });
    }
    let graphemes = if is_plain(name) {
        name.len()
    } else {
        let mut characters = name.char_indices();
        if let Some((index, character)) = characters.find(|(_, c)| is_deceptive(*c)) {
            return Err(InvalidSessionName::ForbiddenCharacter { character, index });
        }
        name.graphemes(true).count()
    };
    if graphemes > SessionName::MAX_GRAPHEMES {
        return Err(InvalidSessionName::TooLong { graphemes });
    }
    Ok(())
}

/// The longest beginning within both limits. Only a text beyond the byte limit can lose part of a
/// grapheme cluster.
fn cut(text: &str) -> &str {
    let bytes = (0..=text.len().min(SessionName::MAX_BYTES))
        .rev()
        .find(|&end| text.is_char_boundary(end));
    let text = bytes.and_then(|end| text.get(..end)).unwrap_or(text);
    match text.grapheme_indices(true).nth(SessionName::MAX_GRAPHEMES) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

as_text!(SessionName);

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for SessionName {
    type Err = InvalidSessionName;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::new(name)
    }
}

impl TryFrom<&str> for SessionName {
    type Error = InvalidSessionName;

    fn try_from(name: &str) -> Result<Self, Self::Error> {
        Self::new(name)
    }
}

impl TryFrom<String> for SessionName {
    type Error = InvalidSessionName;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::new(name)
    }
}

/// The text cannot be a session name. Figures and offsets are those of the trimmed text.
///
/// Serde writes it as an object: `rule`, the variant in `snake_case`, and the fields of the variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvalidSessionName {
    /// Nothing is left once whitespace is trimmed.
    #[error("the session name is empty")]
    Empty,
    /// More than [`SessionName::MAX_GRAPHEMES`] grapheme clusters.
    #[error(
        "the session name has {graphemes} characters; at most {} are allowed",
        SessionName::MAX_GRAPHEMES
    )]
    TooLong {
        /// How many there are.
        graphemes: usize,
    },
    /// More than [`SessionName::MAX_BYTES`] bytes.
    #[error(
        "the session name has {bytes} bytes; at most {} are allowed",
        SessionName::MAX_BYTES
    )]
    TooManyBytes {
        /// How many there are.
        bytes: usize,
    },
    /// A control character, a line or paragraph separator, or one that embeds, overrides or
    /// isolates a text direction.
    #[error("the session name has forbidden character {} at byte {index}", CodePoint(*character))]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
        /// Its byte offset.
        index: usize,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::shared::soak;

    fn named(text: &str) -> Result<String, InvalidSessionName> {
        SessionName::new(text).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn whitespace_around_is_removed_and_inside_is_kept() {
        assert_eq!(
            named(" \t\u{3000}my  app\u{2028}\r\n"),
            Ok("my  app".to_owned())
        );
        for blank in ["", " ", "\n\u{85}\u{A0}\u{2029}"] {
            assert_eq!(named(blank), Err(InvalidSessionName::Empty), "{blank:?}");
        }
    }

    #[test]
    fn fifty_graphemes_fit_and_one_more_does_not() {
        for grapheme in ["x", "é", "e\u{301}", "👩‍🚀", "🇩🇪"] {
            let longest = grapheme.repeat(50);
            assert_eq!(named(&longest), Ok(longest.clone()));
            let error = InvalidSessionName::TooLong { graphemes: 51 };
            assert_eq!(named(&(longest + grapheme)), Err(error));
        }
    }

    #[test]
    fn bytes_are_limited_even_in_one_grapheme() {
        let longest = format!("ab{}", "\u{301}".repeat(1023));
        assert_eq!(longest.len(), SessionName::MAX_BYTES);
        assert_eq!(named(&longest), Ok(longest.clone()));
        let error = InvalidSessionName::TooManyBytes { bytes: 2049 };
        assert_eq!(named(&format!("a{longest}")), Err(error.clone()));
        assert_eq!(
            error.to_string(),
            "the session name has 2049 bytes; at most 2048 are allowed"
        );
    }

    #[test]
    fn deceptive_characters_are_refused_where_they_stand() {
        for character in [
            '\0', '\n', '\u{1B}', '\u{7F}', '\u{9F}', '\u{2028}', '\u{202E}', '\u{2069}',
        ] {
            let error = InvalidSessionName::ForbiddenCharacter {
                character,
                index: 2,
            };
            assert_eq!(named(&format!(" é{character}x")), Err(error));
        }
        let error = named("a\u{202E}b").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the session name has forbidden character U+202E at byte 1"
        );
        assert!(
            named("a\u{200F}b").is_ok(),
            "right-to-left marks are needed to write names"
        );
    }

    #[test]
    fn nearest_name_is_the_text_where_it_can_be() {
        assert_eq!(SessionName::nearest(" my\u{202E} app\n").as_str(), "my app");
        assert_eq!(SessionName::nearest("").as_str(), "session");
        assert_eq!(SessionName::nearest("\u{7}  \n").as_str(), "session");
        assert_eq!(
            SessionName::nearest(&"👩‍🚀".repeat(51)).as_str(),
            "👩‍🚀".repeat(50)
        );
        let cut_at_blank = format!("{} b", "a".repeat(49));
        assert_eq!(SessionName::nearest(&cut_at_blank).as_str(), "a".repeat(49));
        let one_grapheme = format!("a{}", "\u{301}".repeat(2000));
        assert_eq!(SessionName::nearest(&one_grapheme).as_str().len(), 2047);
    }

    proptest! {
        #![proptest_config(soak::property(module_path!()))]

        #[test]
        fn folding_keeps_beginnings(text in "[ΑΣσς İßaZ]{0,8}", end in any::<String>()) {
            let whole = [text.as_str(), &end].concat();
            prop_assert!(folded(&whole).starts_with(&folded(&text)));
        }

        #[test]
        fn accepted_names_obey_the_rules(text in any::<String>()) {
            if let Ok(name) = SessionName::new(&text) {
                let name = name.as_str();
                prop_assert_eq!(name, text.trim());
                prop_assert!((1..=50).contains(&name.graphemes(true).count()));
                prop_assert!(name.len() <= 2048);
                prop_assert!(!name.chars().any(is_deceptive));
                prop_assert_eq!(named(name), Ok(name.to_owned()));
            }
        }

        #[test]
        fn nearest_name_is_always_valid(text in any::<String>(), times in 1_usize..200) {
            let name = SessionName::nearest(&text.repeat(times));
            prop_assert_eq!(named(name.as_str()), Ok(name.as_str().to_owned()));
        }
    }
}
