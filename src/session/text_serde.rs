//! Values that serde writes as their text and reads back through `FromStr`, so that no decoder can
//! produce a value the rules forbid.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Alias, ProjectPath, SessionId, SessionName, Tag, Timestamp};

macro_rules! serde_as_text {
    ($($value:ty: $expecting:literal),+ $(,)?) => {$(
        impl Serialize for $value {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $value {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(TextVisitor::new($expecting))
            }
        }
    )+};
}

serde_as_text! {
    SessionId: "a session id, a UUID as text",
    SessionName: "a session name",
    Alias: "an alias, namespace:value",
    Tag: "a tag",
    ProjectPath: "an absolute path or a URI as text",
    Timestamp: "an RFC 3339 date and time",
}

/// Reads a value through its `FromStr`.
pub(crate) struct TextVisitor<T> {
    expecting: &'static str,
    value: PhantomData<T>,
}

impl<T> TextVisitor<T> {
    pub(crate) fn new(expecting: &'static str) -> Self {
        Self {
            expecting,
            value: PhantomData,
        }
    }
}

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn values_round_trip_as_text() {
        let id = r#""0f8fad5b-d9cb-469f-a165-70867728950e""#;
        let name = r#""My \"first\" project""#;
        let path = r#""/work/app""#;
        let time = r#""2024-02-29T12:00:00.000001Z""#;
        assert_eq!(again::<SessionId>(id), id);
        assert_eq!(again::<SessionName>(name), name);
        assert_eq!(again::<ProjectPath>(path), path);
        assert_eq!(again::<Timestamp>(time), time);
    }

    #[test]
    fn rules_hold_for_decoded_values_too() {
        let name = serde_json::from_str::<SessionName>(r#""  ""#).unwrap_err();
        assert!(
            name.to_string().starts_with("the session name is empty"),
            "{name}"
        );
        let path = serde_json::from_str::<ProjectPath>(r#""work""#).unwrap_err();
        assert!(path.to_string().contains("not absolute"), "{path}");
        let id = serde_json::from_str::<SessionId>("5").unwrap_err();
        assert!(id.to_string().contains("expected a session id"), "{id}");
        assert!(serde_json::from_str::<Timestamp>(r#""2024""#).is_err());
    }

    fn again<T: Serialize + for<'de> Deserialize<'de>>(json: &str) -> String {
        serde_json::to_string(&serde_json::from_str::<T>(json).unwrap()).unwrap()
    }
}
