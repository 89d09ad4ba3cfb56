//! What names one session for good.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use uuid::Uuid;

use super::text::{EXCERPT_CHARS, Quoted, excerpt};

/// The identity of a session: a UUID that never changes while its name, path and settings may.
///
/// Ids are ordered by their bytes. They print as lower-case hyphenated text and are read from that
/// form, in any case and with or without the hyphens.
///
/// ```
/// use session_registry::SessionId;
///
/// # fn main() -> session_registry::Result<()> {
/// let id: SessionId = "0F8FAD5BD9CB469FA16570867728950E".parse()?;
/// assert_eq!(id.to_string(), "0f8fad5b-d9cb-469f-a165-70867728950e");
/// assert_ne!(SessionId::random(), SessionId::random());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// Returns a new id from 122 random bits (a version 4 UUID), as the original Elixir registry made them.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// Returns an id like a random one, made of bits that are as good as random.
    pub(crate) fn of_bits([high, low]: [u64; 2]) -> Self {
        let bits = u128::from(high) << 64 | u128::from(low);
        Self(uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid())
    }

    /// Returns the UUID itself.
    ///
    /// ```
    /// use session_registry::SessionId;
    ///
    /// assert_eq!(SessionId::random().as_uuid().get_version_num(), 4);
    /// ```
    #[must_use]
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl From<Uuid> for SessionId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<SessionId> for Uuid {
    fn from(id: SessionId) -> Self {
        id.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0.as_hyphenated(), f)
    }
}

impl FromStr for SessionId {
    type Err = InvalidSessionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| InvalidSessionId {
                text: excerpt(text, EXCERPT_CHARS),
            })
    }
}

/// The text is not a session id. The message repeats the first 64 characters of it, with control
/// characters escaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error(
    "{} is not a session id: expected 32 hexadecimal digits, with or without hyphens",
    Quoted(text)
)]
pub struct InvalidSessionId {
    text: String,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::error::Error;

    use proptest::prelude::*;

    use super::*;
    use crate::shared::soak;

    const TEXT: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    #[test]
    fn every_spelling_is_the_same_id() {
        let id: SessionId = TEXT.parse().unwrap();
        let simple = TEXT.replace('-', "");
        for spelling in [&TEXT.to_uppercase(), &simple, &simple.to_uppercase()] {
            assert_eq!(spelling.parse(), Ok(id), "{spelling}");
        }
        assert_eq!(id.to_string(), TEXT);
        assert_eq!(SessionId::from(*id.as_uuid()), id);
        assert_eq!(Uuid::from(id).to_string(), TEXT);
    }

    #[test]
    fn random_ids_are_version_4() {
        assert_eq!(SessionId::random().as_uuid().get_version_num(), 4);
    }

    #[test]
    fn other_text_is_refused_with_a_bounded_message() {
        for text in [
            "",
            "0f8fad5b",
            &format!(" {TEXT}"),
            &format!("{TEXT}\n"),
            &TEXT.replace('0', "g"),
        ] {
            let expected = InvalidSessionId {
                text: text.to_owned(),
            };
            assert_eq!(text.parse::<SessionId>(), Err(expected), "{text:?}");
        }
        let error = "\n".repeat(1_000_000).parse::<SessionId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "\"{}…\" is not a session id: expected 32 hexadecimal digits, with or without hyphens",
                r"\n".repeat(64)
            )
        );
        assert!(
            error.source().is_none(),
            "the parser's own error stays hidden"
        );
    }

    proptest! {
        #![proptest_config(soak::property(module_path!()))]

        #[test]
        fn any_text_is_an_id_or_refused(text in any::<String>()) {
            if let Ok(id) = text.parse::<SessionId>() {
                prop_assert_eq!(id.to_string().parse(), Ok(id));
            }
        }

        #[test]
        fn printed_ids_read_back_in_order(a in any::<u128>(), b in any::<u128>()) {
            let ids = [a, b].map(|bits| SessionId::from(Uuid::from_u128(bits)));
            prop_assert_eq!(ids.map(|id| id.to_string().parse::<SessionId>().unwrap()), ids);
            prop_assert_eq!(ids[0].cmp(&ids[1]), a.cmp(&b));
        }
    }
}
