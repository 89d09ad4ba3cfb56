//! Times as people say them.

use std::time::Duration;

use session_registry::Timestamp;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// Clocks of two machines may differ by this much before a time is called a date of the future.
const SKEW: Duration = Duration::from_secs(60);

/// How long before `now` that was; the date, if longer ago than a month or yet to come.
pub(crate) fn ago(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(then).as_secs();
    if then.duration_since(now) > SKEW {
        return date(then);
    }
    match seconds {
        0..5 => "just now".to_owned(),
        5..MINUTE => format!("{seconds} s ago"),
        MINUTE..HOUR => format!("{} min ago", seconds / MINUTE),
        HOUR..DAY => format!("{} h ago", seconds / HOUR),
        DAY..172_800 => "1 day ago".to_owned(),
        172_800..2_592_000 => format!("{} days ago", seconds / DAY),
        _ => date(then),
    }
}

/// A number and its unit: `90s`, `30m`, `12h`, `30d` or `8w`.
pub(crate) fn duration(text: &str) -> Result<Duration, &'static str> {
    const EXPECTED: &str = "expected a number and a unit, such as 90s, 30m, 12h, 30d or 8w";
    let (at, _) = text.char_indices().last().ok_or(EXPECTED)?;
    let (number, unit) = text.split_at(at);
    let unit = match unit {
        "s" => 1,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return Err(EXPECTED),
    };
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(EXPECTED);
    }
    let number: u64 = number.parse().map_err(|_| EXPECTED)?;
    let seconds = number.checked_mul(unit).ok_or("that is too long")?;
    Ok(Duration::from_secs(seconds))
}

/// A span of time in the largest unit that tells it exactly.
pub(crate) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min")];
    let unit = units
        .into_iter()
        .find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (unit, name) = unit.unwrap_or((1, "s"));
    format!("{} {name}", seconds / unit)
}

/// Date and time of day, UTC, in whole seconds.
pub(crate) fn to_the_second(time: Timestamp) -> String {
    let text = time.to_string();
    let whole = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{whole}Z")
}

fn date(time: Timestamp) -> String {
    let text = time.to_string();
    text.split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_grows_with_the_distance() {
        let now = Timestamp::from_micros(1_750_000_000_000_000);
        for (seconds, expected) in [
            (0, "just now"),
            (4, "just now"),
            (5, "5 s ago"),
            (59, "59 s ago"),
            (60, "1 min ago"),
            (3_599, "59 min ago"),
            (3_600, "1 h ago"),
            (86_399, "23 h ago"),
            (86_400, "1 day ago"),
            (172_799, "1 day ago"),
            (172_800, "2 days ago"),
            (2_591_999, "29 days ago"),
            (2_592_000, "2025-05-16"),
        ] {
            let then = now.saturating_sub(Duration::from_secs(seconds));
            assert_eq!(ago(then, now), expected, "{seconds} s");
        }
    }

    #[test]
    fn the_future_is_a_date() {
        let now = Timestamp::from_micros(0);
        assert_eq!(ago(now.saturating_add(SKEW), now), "just now");
        assert_eq!(ago(now.saturating_add(SKEW * 2), now), "1970-01-01");
        assert_eq!(ago(Timestamp::MAX, now), "9999-12-31");
    }

    #[test]
    fn a_time_of_day_has_no_fraction() {
        for micros in [0, 999_999] {
            let time = Timestamp::from_micros(1_750_000_000_000_000 + micros);
            assert_eq!(to_the_second(time), "2025-06-15T15:06:40Z");
        }
    }

    #[test]
    fn a_span_is_told_exactly() {
        for (seconds, expected) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (90, "90 s"),
            (600, "10 min"),
            (7_200, "2 h"),
            (172_800, "2 d"),
        ] {
            assert_eq!(span(Duration::from_secs(seconds)), expected);
        }
    }

    #[test]
    fn a_duration_has_a_unit() {
        for (text, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("30m", 1_800),
            ("12h", 43_200),
            ("30d", 2_592_000),
            ("8w", 4_838_400),
        ] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "d", "30", "-1d", "+1d", "1.5h", "1 d", "1y", "1D", "1é"] {
            assert!(duration(text).is_err(), "{text}");
        }
        assert_eq!(duration("18446744073709551615w"), Err("that is too long"));
    }
}
