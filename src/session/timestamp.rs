//! Points in time, as sessions record them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: whole microseconds since the Unix epoch, UTC, within the years 1 to 9999.
///
/// Every conversion from a time outside that range gives the nearest bound, except reading text,
/// which refuses it. Finer digits are dropped, towards the past. A timestamp prints and is read as
/// RFC 3339: printed in UTC, with six decimals unless they are all zero; read with any offset.
///
/// ```
/// use session_registry::Timestamp;
///
/// # fn main() -> Result<(), session_registry::InvalidTimestamp> {
/// let time: Timestamp = "2024-02-29T13:00:00.5+01:00".parse()?;
/// assert_eq!(time.to_string(), "2024-02-29T12:00:00.500000Z");
/// assert_eq!(Timestamp::from_micros(0).to_string(), "1970-01-01T00:00:00Z");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest: 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000_000);

    /// The latest: 9999-12-31T23:59:59.999999Z.
    pub const MAX: Self = Self(253_402_300_799_999_999);

    /// The time of the system clock.
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// The time this many microseconds after the Unix epoch (before it, if negative), clamped to
    /// [`MIN`](Timestamp::MIN) and [`MAX`](Timestamp::MAX).
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        if micros < Self::MIN.0 {
            Self::MIN
        } else if micros > Self::MAX.0 {
            Self::MAX
        } else {
            Self(micros)
        }
    }

    /// Microseconds since the Unix epoch; negative before it.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// The time `duration` later, at most [`MAX`](Timestamp::MAX).
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// The time `duration` earlier, at least [`MIN`](Timestamp::MIN).
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_sub(micros))
    }

    /// How much time passed since `earlier`; zero if that is the later one.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }
}

/// Clamped to the years 1 to 9999; digits finer than a microsecond are dropped, towards the past.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(0).saturating_add(after),
            Err(error) => {
                let micros = error.duration().as_nanos().div_ceil(1_000);
                Self::from_micros(i64::try_from(micros).map_or(i64::MIN, |micros| -micros))
            }
        }
    }
}

/// Exact wherever the platform can represent the time (Windows: from 1601 on), else the Unix epoch.
impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let distance = Duration::from_micros(time.0.unsigned_abs());
        let system = if time.0 < 0 {
            UNIX_EPOCH.checked_sub(distance)
        } else {
            UNIX_EPOCH.checked_add(distance)
        };
        system.unwrap_or(UNIX_EPOCH)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shared::soak;

    const MICRO: Duration = Duration::from_micros(1);

    #[test]
    fn micros_are_clamped() {
        assert_eq!(Timestamp::from_micros(i64::MIN), Timestamp::MIN);
        assert_eq!(Timestamp::from_micros(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::from_micros(Timestamp::MIN.0 - 1), Timestamp::MIN);
        assert_eq!(Timestamp::from_micros(Timestamp::MAX.0 + 1), Timestamp::MAX);
        for micros in [Timestamp::MIN.0, -1, 0, 1, Timestamp::MAX.0] {
            assert_eq!(Timestamp::from_micros(micros).as_micros(), micros);
        }
    }

    #[test]
    fn arithmetic_stops_at_the_bounds() {
        let zero = Timestamp::from_micros(0);
        assert_eq!(
            zero.saturating_add(MICRO)
                .saturating_sub(MICRO * 2)
                .as_micros(),
            -1
        );
        assert_eq!(Timestamp::MAX.saturating_add(MICRO), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.saturating_sub(MICRO), Timestamp::MIN);
        assert_eq!(Timestamp::MIN.saturating_add(Duration::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.saturating_sub(Duration::MAX), Timestamp::MIN);
        assert_eq!(zero.duration_since(zero.saturating_sub(MICRO)), MICRO);
        assert_eq!(
            zero.duration_since(zero.saturating_add(MICRO)),
            Duration::ZERO
        );
        let span = Timestamp::MAX.duration_since(Timestamp::MIN);
        assert_eq!(Timestamp::MIN.saturating_add(span), Timestamp::MAX);
    }

    #[test]
    fn system_times_beyond_the_range_are_clamped() {
        let age = Duration::from_secs(1 << 60);
        let late = UNIX_EPOCH.checked_add(age).map(Timestamp::from);
        let early = UNIX_EPOCH.checked_sub(age).map(Timestamp::from);
        assert!(late.is_none_or(|time| time == Timestamp::MAX));
        assert!(early.is_none_or(|time| time == Timestamp::MIN));
    }

    #[cfg(unix)]
    #[test]
    fn finer_digits_are_dropped_towards_the_past() {
        let nano = Duration::from_nanos(1);
        assert_eq!(Timestamp::from(UNIX_EPOCH + nano).as_micros(), 0);
        assert_eq!(Timestamp::from(UNIX_EPOCH - nano).as_micros(), -1);
        assert_eq!(Timestamp::from(UNIX_EPOCH - MICRO).as_micros(), -1);
    }

    #[test]
    fn now_is_the_system_clock() {
        let before = SystemTime::now();
        let now = Timestamp::now();
        assert!(Timestamp::from(before) <= now && now <= SystemTime::now().into());
    }

    proptest! {
        #![proptest_config(soak::property(module_path!()))]

        #[cfg(unix)]
        #[test]
        fn system_times_round_trip(micros in Timestamp::MIN.0..=Timestamp::MAX.0) {
            let time = Timestamp::from_micros(micros);
            prop_assert_eq!(Timestamp::from(SystemTime::from(time)), time);
        }

        #[test]
        fn no_arithmetic_leaves_the_range(micros: i64, seconds: u64, nanos in 0_u32..1_000_000_000) {
            let time = Timestamp::from_micros(micros);
            let duration = Duration::new(seconds, nanos);
            prop_assert!((time..=Timestamp::MAX).contains(&time.saturating_add(duration)));
            prop_assert!((Timestamp::MIN..=time).contains(&time.saturating_sub(duration)));
        }
    }
}
