//! Timestamps as text.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;

use super::Timestamp;
use super::text::{EXCERPT_CHARS, Quoted, excerpt};

/// Civil times cover the year 9999 to its end; jiff's own timestamps stop a day earlier.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

const MICROS_PER_SECOND: i64 = 1_000_000;

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
    if text.len() > EXCERPT_CHARS || !has_rfc3339_shape(text) {
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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a valid time: {reason}", Quoted(text))]
pub struct InvalidTimestamp {
    text: String,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Reason {
    #[error("expected RFC 3339, such as 2024-02-29T12:00:00Z")]
    Syntax,
    #[error("only the years 1 to 9999 are supported")]
    Range,
}
