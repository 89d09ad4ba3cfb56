//! Why a session as a whole is not valid.

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::text::{CodePoint, Quoted};
use super::{Session, SessionConfig};

/// The session's settings break one or more rules.
///
/// Serde writes it as an object with the array `problems`.
///
/// ```
/// use session_registry::{ProjectPath, Session, SessionConfig, SessionProblem};
///
/// # fn main() -> session_registry::Result<()> {
/// let config = SessionConfig::new().temperature(3.0).max_tokens(0);
/// let session = Session::builder(ProjectPath::new("/work/app")?).config(config).build();
/// let error = session.validate().unwrap_err();
/// assert_eq!(
///     error.problems(),
///     [SessionProblem::Temperature { value: 3.0 }, SessionProblem::NoTokens]
/// );
/// assert_eq!(error.problems()[0].field(), "config.temperature");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InvalidSession {
    problems: Vec<SessionProblem>,
}

impl InvalidSession {
    /// `Ok` when there are no problems.
    pub(super) fn unless_empty(problems: Vec<SessionProblem>) -> Result<(), Self> {
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Self { problems })
        }
    }

    /// Returns every problem, at least one, in field order: provider, model, temperature, `max_tokens`,
    /// metadata keys in their order, metadata as a whole, aliases, tags, parent.
    #[must_use]
    pub fn problems(&self) -> &[SessionProblem] {
        &self.problems
    }
}

impl fmt::Display for InvalidSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid session")?;
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { ": " } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidSession {}

/// One rule that a session breaks. The message names the field and gives the figures.
///
/// Serde writes it as an object: `rule`, the variant in `snake_case`; `field`, which is
/// [`field`](SessionProblem::field); `message`, what `Display` prints; and the other fields of the variant. A
/// temperature that is no finite number is null in JSON.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionProblem {
    /// The provider or model is empty or longer than [`SessionConfig::MAX_NAME_BYTES`].
    #[error(
        "{field} has {bytes} bytes; 1 to {} are allowed",
        SessionConfig::MAX_NAME_BYTES
    )]
    NameLength {
        /// `config.provider` or `config.model`.
        field: &'static str,
        /// How long it is.
        bytes: usize,
    },
    /// The provider or model has a control character.
    #[error("{field} has control character {} at byte {index}", CodePoint(*character))]
    ControlCharacter {
        /// `config.provider` or `config.model`.
        field: &'static str,
        /// The first such character.
        character: char,
        /// Its byte offset.
        index: usize,
    },
    /// The temperature is not a number from 0 to [`SessionConfig::MAX_TEMPERATURE`].
    #[error(
        "config.temperature is {value}; 0 to {} is allowed",
        SessionConfig::MAX_TEMPERATURE
    )]
    Temperature {
        /// What it is; perhaps NaN, which equals nothing.
        value: f64,
    },
    /// No answer can have zero tokens.
    #[error("config.max_tokens is 0; at least 1 is needed")]
    NoTokens,
    /// A metadata key is empty or longer than [`Session::MAX_METADATA_KEY_BYTES`].
    #[error(
        "metadata key {} has {bytes} bytes; 1 to {} are allowed",
        Quoted(key),
        Session::MAX_METADATA_KEY_BYTES
    )]
    MetadataKeyLength {
        /// The key; of a longer one the first 64 characters.
        key: String,
        /// How long it is.
        bytes: usize,
    },
    /// A metadata key has a control character.
    #[error(
        "metadata key {} has control character {} at byte {index}",
        Quoted(key),
        CodePoint(*character)
    )]
    MetadataKeyControlCharacter {
        /// The key; of a longer one the first 64 characters.
        key: String,
        /// The first such character.
        character: char,
        /// Its byte offset.
        index: usize,
    },
    /// Keys and values together have more than [`Session::MAX_METADATA_BYTES`].
    #[error(
        "metadata has {bytes} bytes; at most {} are allowed",
        Session::MAX_METADATA_BYTES
    )]
    MetadataTooLarge {
        /// How many there are.
        bytes: usize,
    },
    /// There are more aliases than [`Session::MAX_ALIASES`].
    #[error(
        "there are {count} aliases; at most {} are allowed",
        Session::MAX_ALIASES
    )]
    TooManyAliases {
        /// How many there are.
        count: usize,
    },
    /// There are more tags than [`Session::MAX_TAGS`].
    #[error("there are {count} tags; at most {} are allowed", Session::MAX_TAGS)]
    TooManyTags {
        /// How many there are.
        count: usize,
    },
    /// The parent is the session itself.
    #[error("the parent is the session itself")]
    OwnParent,
}

impl SessionProblem {
    /// Returns the field at fault: `config.provider`, `config.model`, `config.temperature`,
    /// `config.max_tokens`, `metadata`, `aliases`, `tags` or `parent`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::NameLength { field, .. } | Self::ControlCharacter { field, .. } => field,
            Self::Temperature { .. } => "config.temperature",
            Self::NoTokens => "config.max_tokens",
            Self::MetadataKeyLength { .. }
            | Self::MetadataKeyControlCharacter { .. }
            | Self::MetadataTooLarge { .. } => "metadata",
            Self::TooManyAliases { .. } => "aliases",
            Self::TooManyTags { .. } => "tags",
            Self::OwnParent => "parent",
        }
    }
}

impl Serialize for SessionProblem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rule = match self {
            Self::NameLength { .. } => "name_length",
            Self::ControlCharacter { .. } => "control_character",
            Self::Temperature { .. } => "temperature",
            Self::NoTokens => "no_tokens",
            Self::MetadataKeyLength { .. } => "metadata_key_length",
            Self::MetadataKeyControlCharacter { .. } => "metadata_key_control_character",
            Self::MetadataTooLarge { .. } => "metadata_too_large",
            Self::TooManyAliases { .. } => "too_many_aliases",
            Self::TooManyTags { .. } => "too_many_tags",
            Self::OwnParent => "own_parent",
        };
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("rule", rule)?;
        fields.serialize_entry("field", self.field())?;
        fields.serialize_entry("message", &self.to_string())?;
        match self {
            Self::NoTokens | Self::OwnParent => {}
            Self::TooManyAliases { count } | Self::TooManyTags { count } => {
                fields.serialize_entry("count", count)?;
            }
            Self::Temperature { value } => fields.serialize_entry("value", value)?,
            Self::NameLength { bytes, .. } | Self::MetadataTooLarge { bytes } => {
                fields.serialize_entry("bytes", bytes)?;
            }
            Self::MetadataKeyLength { key, bytes } => {
                fields.serialize_entry("key", key)?;
                fields.serialize_entry("bytes", bytes)?;
            }
            Self::ControlCharacter {
                character, index, ..
            } => {
                fields.serialize_entry("character", character)?;
                fields.serialize_entry("index", index)?;
            }
            Self::MetadataKeyControlCharacter {
                key,
                character,
                index,
            } => {
                fields.serialize_entry("key", key)?;
                fields.serialize_entry("character", character)?;
                fields.serialize_entry("index", index)?;
            }
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_lists_every_problem_on_one_line() {
        let key = "a\n".to_owned();
        let (character, index) = ('\n', 1);
        let problems = vec![
            SessionProblem::NameLength {
                field: "config.provider",
                bytes: 257,
            },
            SessionProblem::ControlCharacter {
                field: "config.model",
                character,
                index,
            },
            SessionProblem::Temperature { value: f64::NAN },
            SessionProblem::NoTokens,
            SessionProblem::MetadataKeyLength {
                key: String::new(),
                bytes: 0,
            },
            SessionProblem::MetadataKeyControlCharacter {
                key,
                character,
                index,
            },
            SessionProblem::MetadataTooLarge { bytes: 65_537 },
            SessionProblem::TooManyAliases { count: 17 },
            SessionProblem::TooManyTags { count: 33 },
            SessionProblem::OwnParent,
        ];
        let fields: Vec<_> = problems.iter().map(SessionProblem::field).collect();
        assert_eq!(
            fields,
            [
                "config.provider",
                "config.model",
                "config.temperature",
                "config.max_tokens",
                "metadata",
                "metadata",
                "metadata",
                "aliases",
                "tags",
                "parent",
            ]
        );
        assert_eq!(
            InvalidSession { problems }.to_string(),
            "invalid session: \
             config.provider has 257 bytes; 1 to 256 are allowed; \
             config.model has control character U+000A at byte 1; \
             config.temperature is NaN; 0 to 2 is allowed; \
             config.max_tokens is 0; at least 1 is needed; \
             metadata key \"\" has 0 bytes; 1 to 64 are allowed; \
             metadata key \"a\\n\" has control character U+000A at byte 1; \
             metadata has 65537 bytes; at most 65536 are allowed; \
             there are 17 aliases; at most 16 are allowed; \
             there are 33 tags; at most 32 are allowed; \
             the parent is the session itself"
        );
    }
}
