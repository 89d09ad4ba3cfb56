//! What a session is called in other systems.

use serde::Serialize;

use super::as_text::{as_text, parsed_text};
use super::text::{CodePoint, EXCERPT_CHARS, Quoted, excerpt, first_deceptive};

/// The key that another system gives a session, as `namespace:value`: `claude:0197…`, `acp:sess_42`.
///
/// The namespace says which system: 2 to 32 characters of `a` to `z`, `0` to `9`, `_`, `.` and `-`. The value is
/// that system's own, kept byte for byte: 1 to 256 bytes that do not begin with `/` or `\`, so that no path is
/// taken for an alias, without the characters that a [`SessionName`](super::SessionName) refuses. No two sessions
/// of a registry have the same alias, open or closed.
///
/// ```
/// use session_registry::{Alias, ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let alias = Alias::new("acp:sess_42")?;
/// assert_eq!((alias.namespace(), alias.value()), ("acp", "sess_42"));
/// let registry = SessionRegistry::in_memory()?;
/// let session = Session::builder(ProjectPath::new("/work/app")?).alias(alias.clone()).build();
/// let session = registry.register(session)?;
/// assert_eq!(registry.lookup_by_alias(&alias)?, Some(session));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alias(String);

impl Alias {
    /// The shortest namespace, in bytes.
    pub const MIN_NAMESPACE_BYTES: usize = 2;

    /// The longest namespace, in bytes.
    pub const MAX_NAMESPACE_BYTES: usize = 32;

    /// The longest value, in bytes of UTF-8.
    pub const MAX_VALUE_BYTES: usize = 256;

    /// Checks the rules above.
    ///
    /// # Errors
    ///
    /// [`InvalidAlias`] names the first rule that is broken: the separator, the namespace, the value.
    ///
    /// ```
    /// use session_registry::{Alias, InvalidAlias};
    ///
    /// assert!(Alias::new("claude:7f3a:2").is_ok(), "the first colon ends the namespace");
    /// assert!(matches!(Alias::new("sess_42"), Err(InvalidAlias::NoNamespace { .. })));
    /// ```
    pub fn new(alias: impl AsRef<str>) -> Result<Self, InvalidAlias> {
        let alias = alias.as_ref();
        let Some((namespace, value)) = alias.split_once(':') else {
            let text = excerpt(alias, EXCERPT_CHARS);
            return Err(InvalidAlias::NoNamespace { text });
        };
        check_namespace(namespace)?;
        check_value(value)?;
        Ok(Self(alias.to_owned()))
    }

    /// Returns what stands before the first colon: the other system's name.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.parts().0
    }

    /// Returns what stands behind the first colon: the other system's key.
    #[must_use]
    pub fn value(&self) -> &str {
        self.parts().1
    }

    /// Returns the whole alias, `namespace:value`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or_default()
    }
}

fn check_namespace(namespace: &str) -> Result<(), InvalidAlias> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.-".contains(c);
    let length = Alias::MIN_NAMESPACE_BYTES..=Alias::MAX_NAMESPACE_BYTES;
    if length.contains(&namespace.len()) && namespace.chars().all(allowed) {
        return Ok(());
    }
    Err(InvalidAlias::Namespace {
        namespace: excerpt(namespace, EXCERPT_CHARS),
    })
}

fn check_value(value: &str) -> Result<(), InvalidAlias> {
    if !(1..=Alias::MAX_VALUE_BYTES).contains(&value.len()) {
        return Err(InvalidAlias::ValueLength { bytes: value.len() });
    }
    if value.starts_with(['/', '\\']) {
        return Err(InvalidAlias::LooksLikePath);
    }
    if let Some((index, character)) = first_deceptive(value) {
        return Err(InvalidAlias::ForbiddenCharacter { character, index });
    }
    Ok(())
}

as_text!(Alias);
parsed_text!(Alias, InvalidAlias);

/// The text cannot be an [`Alias`].
///
/// Serde writes it as an object: `rule`, the variant in `snake_case`, and the fields of the variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum InvalidAlias {
    /// No colon ends a namespace.
    #[error("{} is no alias: expected namespace:value", Quoted(text))]
    NoNamespace {
        /// The text; of a longer one the first 64 characters.
        text: String,
    },
    /// The namespace has a length or a character that is not allowed.
    #[error(
        "the alias namespace {} is not {} to {} of a-z, 0-9, '_', '.' and '-'",
        Quoted(namespace),
        Alias::MIN_NAMESPACE_BYTES,
        Alias::MAX_NAMESPACE_BYTES
    )]
    Namespace {
        /// The namespace; of a longer one the first 64 characters.
        namespace: String,
    },
    /// The value is empty or has more than [`Alias::MAX_VALUE_BYTES`].
    #[error(
        "the alias value has {bytes} bytes; 1 to {} are allowed",
        Alias::MAX_VALUE_BYTES
    )]
    ValueLength {
        /// How long it is.
        bytes: usize,
    },
    /// The value begins as a path does.
    #[error("the alias value begins with a slash or backslash, as a path does")]
    LooksLikePath,
    /// A character that a session name refuses too.
    #[error("the alias value has forbidden character {} at byte {index}", CodePoint(*character))]
    ForbiddenCharacter {
        /// The first such character.
        character: char,
        /// Its byte offset in the value.
        index: usize,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn limits_are_inclusive() {
        for namespace in ["ab", "a-z_0.9", &"n".repeat(32)] {
            for value in ["v", " ", "sess:42", "a/b\\c", &"é".repeat(128)] {
                let alias = Alias::new(format!("{namespace}:{value}")).unwrap();
                assert_eq!((alias.namespace(), alias.value()), (namespace, value));
            }
        }
    }

    #[test]
    fn each_rule_has_its_refusal() {
        let refused = |text: &str| Alias::new(text).unwrap_err();
        let text = String::new();
        assert_eq!(refused(""), InvalidAlias::NoNamespace { text });
        for namespace in ["", "a", "Ab", "a b", "ä0", &"n".repeat(33)] {
            let namespace = namespace.to_owned();
            let expected = InvalidAlias::Namespace {
                namespace: namespace.clone(),
            };
            assert_eq!(refused(&format!("{namespace}:v")), expected);
        }
        assert_eq!(refused("ab:"), InvalidAlias::ValueLength { bytes: 0 });
        let long = format!("ab:{}", "v".repeat(257));
        assert_eq!(refused(&long), InvalidAlias::ValueLength { bytes: 257 });
        assert_eq!(refused("scratch://notes"), InvalidAlias::LooksLikePath);
        assert_eq!(refused("ab:\\\\server"), InvalidAlias::LooksLikePath);
        for character in ['\0', '\n', '\u{202e}', '\u{2028}'] {
            let expected = InvalidAlias::ForbiddenCharacter {
                character,
                index: 1,
            };
            assert_eq!(refused(&format!("ab:v{character}")), expected);
        }
    }
}
