//! Enums that are written as one word each, the same one everywhere.

use serde::Serialize;

use super::text::{EXCERPT_CHARS, Quoted, excerpt};

/// The text is none of the words that are possible. The message lists those, and repeats the first 64
/// characters of the text, with control characters escaped.
///
/// ```
/// use session_registry::Liveness;
///
/// let error = "undead".parse::<Liveness>().unwrap_err();
/// assert_eq!(error.possible(), ["alive", "dead", "unknown"]);
/// assert_eq!(
///     error.to_string(),
///     r#""undead" is not a liveness: expected one of alive, dead, unknown"#
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{} is not {what}: expected one of {}", Quoted(text), possible.join(", "))]
pub struct InvalidChoice {
    what: &'static str,
    text: String,
    possible: &'static [&'static str],
}

impl InvalidChoice {
    pub(crate) fn new(what: &'static str, text: &str, possible: &'static [&'static str]) -> Self {
        Self {
            what,
            text: excerpt(text, EXCERPT_CHARS),
            possible,
        }
    }

    /// Returns every word that would have been right.
    #[must_use]
    pub fn possible(&self) -> &'static [&'static str] {
        self.possible
    }
}

/// Gives a plain enum its words, in one table that knows every variant: `as_str`, `Display`, `FromStr`,
/// and serde in both directions.
///
/// `choices! { Liveness, "a liveness": Alive => "alive", Dead => "dead" }`
macro_rules! choices {
    ($choice:ty, $what:literal: $($variant:ident => $word:literal),+ $(,)?) => {
        impl $choice {
            /// Returns the word for it, which is also what `Display` prints, `FromStr` reads and serde
            /// writes.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl ::std::fmt::Display for $choice {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::std::str::FromStr for $choice {
            type Err = $crate::session::InvalidChoice;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::session::InvalidChoice::new($what, text, &[$($word),+])),
                }
            }
        }

        impl ::serde::Serialize for $choice {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $choice {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                deserializer.deserialize_str($crate::session::TextVisitor::new($what))
            }
        }
    };
}

pub(crate) use choices;
