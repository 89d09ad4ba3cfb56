//! Points in time, as sessions record them.

use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time: whole microseconds since the Unix epoch, UTC, within the years 1 to 9999.
///
/// Every conversion from a time outside that range gives the nearest bound, except reading text,
/// which refuses it. Finer digits are dropped, towards the past. A timestamp prints and is read as
/// RFC 3339: printed in UTC, with six decimals unless they are all zero; read with any offset.
///
/// A [`Duration`] can be added and subtracted; what would leave the range stops at its bound. Where that
/// must be noticed, there are [`checked_add`](Timestamp::checked_add) and
/// [`checked_sub`](Timestamp::checked_sub).
///
/// ```
/// use session_registry::Timestamp;
///
/// # fn main() -> Result<(), session_registry::InvalidTimestamp> {
/// let time: Timestamp = "2024-02-29T13:00:00.5+01:00".parse()?;
/// assert_eq!(time.to_string(), "2024-02-29T12:00:00.500000Z");
/// assert_eq!(Timestamp::from_micros(0).to_string(), "1970-01-01T00:00:00Z");
/// let later = time + std::time::Duration::from_secs(60);
/// assert_eq!(later.to_string(), "2024-02-29T12:01:00.500000Z");
/// assert_eq!(later.duration_since(time).as_secs(), 60);
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

    /// Returns the time of the system clock.
    ///
    /// ```
    /// use session_registry::Timestamp;
    ///
    /// assert!(Timestamp::now() > Timestamp::from_micros(0));
    /// ```
    #[must_use]
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Returns the time this many microseconds after the Unix epoch (before it, if negative), clamped to
    /// [`MIN`](Timestamp::MIN) and [`MAX`](Timestamp::MAX).
    ///
    /// ```
    /// use session_registry::Timestamp;
    ///
    /// assert_eq!(Timestamp::from_micros(-1).to_string(), "1969-12-31T23:59:59.999999Z");
    /// assert_eq!(Timestamp::from_micros(i64::MAX), Timestamp::MAX);
    /// ```
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

    /// Returns the microseconds since the Unix epoch; negative before it.
    ///
    /// ```
    /// use session_registry::Timestamp;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let time: Timestamp = "1970-01-01T00:00:01Z".parse()?;
    /// assert_eq!(time.as_micros(), 1_000_000);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the time `duration` later, at most [`MAX`](Timestamp::MAX). The same as `+`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::Timestamp;
    ///
    /// assert_eq!(Timestamp::MAX.saturating_add(Duration::from_secs(1)), Timestamp::MAX);
    /// ```
    #[must_use = "it returns another time and leaves this one as it was"]
    pub fn saturating_add(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_add(micros))
    }

    /// Returns the time `duration` earlier, at least [`MIN`](Timestamp::MIN). The same as `-`.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::Timestamp;
    ///
    /// assert_eq!(Timestamp::MIN.saturating_sub(Duration::from_secs(1)), Timestamp::MIN);
    /// ```
    #[must_use = "it returns another time and leaves this one as it was"]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self::from_micros(self.0.saturating_sub(micros))
    }

    /// Returns the time `duration` later; `None` after [`MAX`](Timestamp::MAX). What is finer than a microsecond
    /// is dropped from the duration.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::Timestamp;
    ///
    /// let micro = Duration::from_micros(1);
    /// assert_eq!(Timestamp::from_micros(0).checked_add(micro), Some(Timestamp::from_micros(1)));
    /// assert_eq!(Timestamp::MAX.checked_add(micro), None);
    /// ```
    #[must_use = "it returns another time and leaves this one as it was"]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let micros = i64::try_from(duration.as_micros()).ok()?;
        Self::within(self.0.checked_add(micros)?)
    }

    /// Returns the time `duration` earlier; `None` before [`MIN`](Timestamp::MIN). What is finer than a
    /// microsecond is dropped from the duration.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::Timestamp;
    ///
    /// let micro = Duration::from_micros(1);
    /// assert_eq!(Timestamp::from_micros(1).checked_sub(micro), Some(Timestamp::from_micros(0)));
    /// assert_eq!(Timestamp::MIN.checked_sub(micro), None);
    /// ```
    #[must_use = "it returns another time and leaves this one as it was"]
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        let micros = i64::try_from(duration.as_micros()).ok()?;
        Self::within(self.0.checked_sub(micros)?)
    }

    /// `None` for what would be clamped.
    fn within(micros: i64) -> Option<Self> {
        Some(Self::from_micros(micros)).filter(|time| time.0 == micros)
    }

    /// Returns how much time passed since `earlier`; zero if that is the later one.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::Timestamp;
    ///
    /// let (first, second) = (Timestamp::from_micros(1), Timestamp::from_micros(4));
    /// assert_eq!(second.duration_since(first), Duration::from_micros(3));
    /// assert_eq!(first.duration_since(second), Duration::ZERO);
    /// ```
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }
}

/// As [`saturating_add`](Timestamp::saturating_add).
impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        self.saturating_add(duration)
    }
}

/// As [`saturating_sub`](Timestamp::saturating_sub).
impl Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, duration: Duration) -> Self {
        self.saturating_sub(duration)
    }
}

/// As [`saturating_add`](Timestamp::saturating_add).
impl AddAssign<Duration> for Timestamp {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

/// As [`saturating_sub`](Timestamp::saturating_sub).
impl SubAssign<Duration> for Timestamp {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
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
mod tests;
