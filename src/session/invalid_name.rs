//! Why a text cannot be a session name.

use serde::Serialize;

use super::SessionName;
use super::text::CodePoint;

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
    /// There are only characters that show nothing, such as joiners and fillers.
    #[error("the session name shows nothing: all of its characters are invisible")]
    Invisible,
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
