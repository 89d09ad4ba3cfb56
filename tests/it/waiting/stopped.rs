//! Somebody in the line stands still (Ctrl-Z).

use std::time::{Duration, Instant};

use session_registry::{Error, SessionRegistry};

use super::until_waiting;
use super::waiter::Waiter;
use crate::support::child::HANG;
use crate::support::place::{Kind, Place};
use crate::support::records::assert_clean;
use crate::support::values::{id, session};

/// A registry that is full, and somebody who is first in the line and stopped.
fn behind_a_stopped_one() -> (Place, Waiter) {
    let place = Place::new(Kind::Shared).with_sessions(1);
    place.registry.set_max_sessions(1).unwrap();
    let mut first = Waiter::start(&place.file());
    first.waits("/stopped/first");
    until_waiting(&place.registry, 1);
    stop(&place, &first);
    (place, first)
}

/// Stops it where it holds nothing that others need: not in the instant in which it looks.
fn stop(place: &Place, waiter: &Waiter) {
    let impatient = place.options().busy_timeout(Duration::from_millis(200));
    loop {
        waiter.0.stop();
        let opened = impatient.open(place.file());
        if opened.is_ok_and(|registry| registry.set_max_sessions(1).is_ok()) {
            return;
        }
        waiter.0.go_on();
    }
}

#[test]
fn a_stopped_first_one_is_passed_and_keeps_its_place() {
    let (place, mut first) = behind_a_stopped_one();
    let registry = &place.registry;
    let mut second = Waiter::start(&place.file());
    second.waits("/stopped/second");
    until_waiting(registry, 2);
    let freed = Instant::now();
    registry.close_session(id(1)).unwrap();
    second.0.expect("started 1");
    let passed = freed.elapsed();
    eprintln!("a slot behind a stopped one was taken after {passed:?}");
    assert!(passed >= Duration::from_secs(1), "overtaken at once");
    assert_eq!(registry.waiting().unwrap(), 1, "it waits on");

    let mut third = Waiter::start(&place.file());
    third.waits("/stopped/third");
    until_waiting(registry, 2);
    first.0.go_on();
    let freed = Instant::now();
    second.closes();
    first.0.expect("started 2");
    eprintln!(
        "the next in the line took a slot after {:?}",
        freed.elapsed()
    );
    first.closes();
    third.0.expect("started 3");
    assert_eq!(registry.waiting().unwrap(), 0);
    assert_clean(registry);
    for waiter in [first, second, third] {
        waiter.0.finish();
    }
}

/// Who has little patience and was never refused is told that others make no way.
#[test]
fn who_comes_later_does_not_overtake_at_once() {
    let (place, first) = behind_a_stopped_one();
    let registry = &place.registry;
    registry.close_session(id(1)).unwrap();
    let refused = registry.start_when_free(session(2), Duration::from_millis(20));
    assert!(matches!(refused, Err(Error::Busy { .. })), "{refused:?}");
    assert!(registry.is_empty().unwrap());
    assert_eq!(registry.waiting().unwrap(), 1, "the one who is stopped");
    let started = registry.start_when_free(session(2), HANG).unwrap();
    assert_eq!(registry.list_ids().unwrap(), [started.session().id()]);
    first.0.go_on();
}

/// Calls that do not wait do not stand in line.
#[test]
fn a_plain_start_takes_what_is_free() {
    let (place, first) = behind_a_stopped_one();
    let registry: &SessionRegistry = &place.registry;
    registry.close_session(id(1)).unwrap();
    drop(registry.start(session(2)).unwrap());
    registry.close_session(id(2)).unwrap();
    drop(
        registry
            .start_when_free(session(3), Duration::ZERO)
            .unwrap(),
    );
    registry.close_session(id(3)).unwrap();
    assert_eq!(registry.waiting().unwrap(), 1);
    first.0.go_on();
    first.0.expect("started 3");
}
