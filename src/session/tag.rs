//! Words that sessions are grouped by.

use serde::Serialize;

use super::as_text::{as_text, parsed_text};
use super::text::{CodePoint, is_deceptive, is_plain};

/// A word that sessions are grouped by: 1 to 64 bytes, without white space and the characters that a
/// [`SessionName`](super::SessionName) refuses.
///
/// White space around it is removed. Tags compare byte by byte and are not Unicode-normalised.
///
/// ```
/// use session_registry::Tag;
///
/// # fn main() -> session_registry::Result<()> {
/// assert_eq!(Tag::new(" review ")?, "review");
/// assert!(Tag::new("code review").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The longest tag, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 64;

    /// Trims the text and checks the rules above.
    ///
    /// # Errors
    ///
    /// [`InvalidTag`] names the first rule that is broken: length, characters.
    pub fn new(tag: impl AsRef<str>) -> Result<Self, InvalidTag> {
        let tag = tag.as_ref().trim();
        if !(1..=Self::MAX_BYTES).contains(&tag.len()) {
            return Err(InvalidTag::Length { bytes: tag.len() });
        }
        let forbidden = |c: char| c.is_whitespace() || is_deceptive(c);
        if (!is_plain(tag) || tag.contains(' '))
            && let Some((index, character)) = tag.char_indices().find(|(_, c)| forbidden(*c))
        {
            return Err(InvalidTag::ForbiddenCharacter { character, index });
        }
        Ok(Self(tag.to_owned()))
    }

    /// Returns the tag, trimmed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

as_text!(Tag);
parsed_text!(Tag, InvalidTag);

/// The text cannot be a [`Tag`]. Figures and offsets are those of the trimmed text.
///
/// Serde writes it as an object: `rule`, the variant in `snake_case`, and the fields of the variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvalidTag {
    /// Nothing is left, or more than [`Tag::MAX_BYTES`].
    #[error("the tag has {bytes} bytes; 1 to {} are allowed", Tag::MAX_BYTES)]
    Length {
        /// How long it is.
        bytes: usize,
    },
    /// White space, or a character that a session name refuses too.
    #[error("the tag has forbidden character {} at byte {index}", CodePoint(*character))]
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

    use super::*;

    #[test]
    fn limits_are_inclusive() {
        for tag in ["t", "größe", "a:b/c", &"t".repeat(64)] {
            assert_eq!(Tag::new(format!(" {tag}\n")).unwrap(), *tag);
        }
        assert_eq!(Tag::new(" "), Err(InvalidTag::Length { bytes: 0 }));
        let long = "t".repeat(65);
        assert_eq!(Tag::new(long), Err(InvalidTag::Length { bytes: 65 }));
    }

    #[test]
    fn white_space_and_what_disguises_are_refused() {
        for character in [' ', '\t', '\u{a0}', '\u{3000}', '\0', '\u{202e}'] {
            let expected = InvalidTag::ForbiddenCharacter {
                character,
                index: 1,
            };
            assert_eq!(Tag::new(format!("a{character}b")), Err(expected));
        }
    }
}
