//! Timestamps as text.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use serde::Serialize;

use super::Timestamp;
use super::text::{EXCERPT_CHARS, Quoted, excerpt};

/// Civil times cover the year 9999 to its end; jiff's own timestamps stop a day earlier.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

const MICROS_PER_SECOND: i64 = 1_000_000;

/// With nine decimals and an offset; nothing longer is looked at.
const LONGEST: usize = "1970-01-01T00:00:00.123456789+00:00".len();

/// As RFC 3339 in UTC, with six decimals unless they are all zero.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since_epoch = SignedDuration::from_micros(self.as_micros());
        let civil = EPOCH.checked_add(since_epoch).map_err(|_| fmt::Error)?;
        if self.as_micros() % MICROS_PER_SECOND == 0 {
            write!(f, "{civil:.0}Z")
        } else {
            write!(f, "{civil:.6}Z")
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Timestamp({self})")
    }
}

/// Reads RFC 3339 with any offset and up to nine decimals, of which six are kept. A leap second
/// counts as the second before it. Years outside 1 to 9999 (in UTC) are refused, not clamped.
impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = |reason| InvalidTimestamp {
            text: excerpt(text, EXCERPT_CHARS),
            reason,
        };
        let micros = parse(text).ok_or_else(|| invalid(Reason::Syntax))?;
        let time = Self::from_micros(micros);
        if time.as_micros() == micros {
            Ok(time)
        } else {
            Err(invalid(Reason::Range))
        }
    }
}

/// Microseconds since the epoch, of years that may lie just outside the range.
fn parse(text: &str) -> Option<i64> {
    if text.len() > LONGEST || !has_rfc3339_shape(text) {
        return None;
    }
    let pieces = Pieces::parse(text).ok()?;
    let local = pieces.date().to_datetime(pieces.time()?);
    let offset = i64::from(pieces.to_numeric_offset()?.seconds());
    // Not `as_micros`: it rounds times before the epoch towards it.
    let nanos = local.duration_since(EPOCH).as_nanos();
    let micros = i64::try_from(nanos.div_euclid(1_000)).ok()?;
    Some(micros - offset * MICROS_PER_SECOND)
}

/// jiff also reads dates without separators, zone names and more; RFC 3339 has one shape.
fn has_rfc3339_shape(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    let Some(rest) = shape
        .strip_prefix("0000-00-00")
        .and_then(|rest| rest.strip_prefix(['T', 't', ' ']))
        .and_then(|rest| rest.strip_prefix("00:00:00"))
    else {
        return false;
    };
    let offset = match rest.strip_prefix(".0") {
        Some(decimals) => decimals.trim_start_matches('0'),
        None => rest,
    };
    matches!(offset, "Z" | "z" | "+00:00" | "-00:00")
}

/// The text is not a time that a [`Timestamp`] can hold. The message repeats the first 64 characters
/// of it, with control characters escaped.
///
/// Serde writes it as an object with the fields `text` and `rule`, which is `syntax` or `range`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{} is not a valid time: {reason}", Quoted(text))]
pub struct InvalidTimestamp {
    text: String,
    #[serde(rename = "rule")]
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
enum Reason {
    #[error("expected RFC 3339, such as 2024-02-29T12:00:00Z")]
    Syntax,
    #[error("only the years 1 to 9999 are supported")]
    Range,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::shared::soak;

    fn read(text: &str) -> Result<i64, Reason> {
        text.parse::<Timestamp>()
            .map(Timestamp::as_micros)
            .map_err(|error| error.reason)
    }

    #[test]
    fn the_whole_range_prints_exactly() {
        for (time, text) in [
            (Timestamp::MIN, "0001-01-01T00:00:00Z"),
            (Timestamp::from_micros(-1), "1969-12-31T23:59:59.999999Z"),
            (Timestamp::from_micros(0), "1970-01-01T00:00:00Z"),
            (
                Timestamp::from_micros(100_000),
                "1970-01-01T00:00:00.100000Z",
            ),
            (Timestamp::MAX, "9999-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(time.to_string(), text);
            assert_eq!(format!("{time:?}"), format!("Timestamp({text})"));
            assert_eq!(text.parse(), Ok(time));
        }
    }

    #[test]
    fn every_form_of_rfc_3339_is_read() {
        for text in [
            "1970-01-01T00:00:01Z",
            "1970-01-01t00:00:01z",
            "1970-01-01 00:00:01+00:00",
            "1970-01-01T00:00:01-00:00",
            "1970-01-01T00:00:01.0Z",
            "1970-01-01T05:30:01.0000009+05:30",
            "1969-12-31T12:00:01.000000999-12:00",
        ] {
            assert_eq!(read(text), Ok(1_000_000), "{text}");
        }
        assert_eq!(read("1969-12-31T23:59:59.9999999Z"), Ok(-1));
        assert_eq!(
            read("1969-12-31T23:59:60Z"),
            Ok(-1_000_000),
            "a leap second"
        );
        assert_eq!(read("2024-02-29T00:00:00Z"), Ok(1_709_164_800_000_000));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "1970-01-01",
            "1970-01-01T00:00:00",
            "1970-01-01T00:00Z",
            "1970-01-01T00:00:00.Z",
            "1970-01-01T00:00:00,5Z",
            "1970-01-01T00:00:00.0000000000Z",
            "1970-01-01T00:00:00+00",
            "1970-01-01T00:00:00+0000",
            "1970-01-01T00:00:00+00:00[UTC]",
            "19700101T000000Z",
            "1970-W01-4T00:00:00Z",
            "+001970-01-01T00:00:00Z",
            "-000001-01-01T00:00:00Z",
            " 1970-01-01T00:00:00Z",
            "1970-01-01T00:00:00Z ",
            "2023-02-29T00:00:00Z",
            "1970-13-01T00:00:00Z",
            "1970-01-01T24:00:00Z",
            "1970-01-01T00:60:00Z",
            "1970-01-01T00:00:61Z",
            "1970-01-01T00:00:00+00:60",
            "1970-01-01T00:00:00+99:00",
            "١٩٧٠-01-01T00:00:00Z",
        ] {
            assert_eq!(read(text), Err(Reason::Syntax), "{text}");
        }
    }

    #[test]
    fn years_outside_the_range_are_refused() {
        for text in [
            "0000-12-31T23:59:59.999999Z",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ] {
            assert_eq!(read(text), Err(Reason::Range), "{text}");
        }
        assert_eq!(
            read("0000-12-31T23:59:00-00:01"),
            Ok(Timestamp::MIN.as_micros())
        );
    }

    #[test]
    fn the_message_is_bounded() {
        let syntax = "\n".repeat(100_000).parse::<Timestamp>().unwrap_err();
        let quoted = r"\n".repeat(64);
        assert_eq!(
            syntax.to_string(),
            format!(
                "\"{quoted}…\" is not a valid time: expected RFC 3339, such as 2024-02-29T12:00:00Z"
            )
        );
        let range = "0000-01-01T00:00:00Z".parse::<Timestamp>().unwrap_err();
        assert_eq!(
            range.to_string(),
            r#""0000-01-01T00:00:00Z" is not a valid time: only the years 1 to 9999 are supported"#
        );
    }

    proptest! {
        #![proptest_config(soak::property(module_path!()))]

        #[test]
        fn printed_times_read_back(micros in Timestamp::MIN.as_micros()..=Timestamp::MAX.as_micros()) {
            let time = Timestamp::from_micros(micros);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn text_is_ordered_as_times_are_in_whole_seconds(a: i32, b: i32) {
            let [a, b] = [a, b].map(|seconds| Timestamp::from_micros(i64::from(seconds) * 1_000_000));
            prop_assert_eq!(a.to_string().cmp(&b.to_string()), a.cmp(&b));
        }

        #[test]
        fn any_text_is_a_time_or_refused(
            text in "\\PC*|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|z|[+-][0-9]{2}:[0-9]{2})",
        ) {
            if let Ok(time) = text.parse::<Timestamp>() {
                prop_assert!((Timestamp::MIN..=Timestamp::MAX).contains(&time));
                prop_assert_eq!(time.to_string().parse(), Ok(time));
            }
        }
    }
}
