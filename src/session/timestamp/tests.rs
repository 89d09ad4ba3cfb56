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
        prop_assert_eq!(time + duration, time.saturating_add(duration));
        prop_assert_eq!(time - duration, time.saturating_sub(duration));
        let (mut later, mut earlier) = (time, time);
        later += duration;
        earlier -= duration;
        prop_assert_eq!((later, earlier), (time + duration, time - duration));
        // Checked is the same, but for what had to be cut off.
        let whole = Duration::from_micros(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX));
        let added = Some(time + duration).filter(|sum| sum.duration_since(time) == whole);
        prop_assert_eq!(time.checked_add(duration), added);
        let taken = Some(time - duration).filter(|rest| time.duration_since(*rest) == whole);
        prop_assert_eq!(time.checked_sub(duration), taken);
    }
}
