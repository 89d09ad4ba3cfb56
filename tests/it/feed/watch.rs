//! Waiting for changes: what is told, what ends it, and that nobody waits longer than they said.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use session_registry::{ChangeKind, Changes, SessionRegistry, Watch};

use super::{Told, told};
use crate::support::child::{Child, HANG};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::raw;
use crate::support::values::{id, name, session};

in_every_registry![
    it_tells_what_comes_after_it_was_made,
    it_goes_on_from_a_snapshot_without_a_gap,
    whoever_waits_is_woken,
    closing_ends_it,
    it_says_what_it_has_missed,
    it_waits_no_longer_than_it_is_told_to,
];

fn registered(number: u128) -> Told {
    (ChangeKind::Registered, Some(id(number)), Some(0))
}

/// What happens next, which must be something.
fn next(watch: &mut Watch) -> Changes {
    watch.next_within(HANG).unwrap().expect("hangs")
}

/// What happens next, in as many answers as it takes.
fn next_told(watch: &mut Watch, count: usize) -> Vec<Told> {
    let mut found = Vec::new();
    while found.len() < count {
        let happened = next(watch);
        assert!(!happened.lost);
        assert_eq!(happened.revision, watch.revision());
        found.extend(told(&happened.changes));
    }
    found
}

fn it_tells_what_comes_after_it_was_made(place: Place) {
    let place = place.with_sessions(1);
    let mut watch = place.registry.watch().unwrap();
    assert_eq!(watch.revision(), 1);
    assert_eq!(watch.try_next().unwrap(), None);
    place.registry.register(session(2)).unwrap();
    place.registry.register(session(3)).unwrap();
    let happened = watch.try_next().unwrap().unwrap();
    assert_eq!(told(&happened.changes), [registered(2), registered(3)]);
    assert_eq!((happened.revision, watch.revision()), (3, 3));
    assert_eq!(watch.try_next().unwrap(), None);
    // A refused call is nothing that happened.
    assert!(place.registry.register(session(3)).is_err());
    assert_eq!(watch.try_next().unwrap(), None);
}

fn it_goes_on_from_a_snapshot_without_a_gap(place: Place) {
    let place = place.with_sessions(1);
    let snapshot = place.registry.snapshot().unwrap();
    place.registry.register(session(2)).unwrap();
    let position = snapshot.revision().unwrap();
    let mut watch = place.registry.watch_from(position).unwrap();
    drop(snapshot);
    place.registry.register(session(3)).unwrap();
    assert_eq!(next_told(&mut watch, 2), [registered(2), registered(3)]);
}

/// The change may come before, while and after the other thread begins to wait.
fn whoever_waits_is_woken(place: Place) {
    let mut watch = place.registry.watch().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            let mut found = Vec::new();
            for _ in 0..20 {
                found.extend(next_told(&mut watch, 1));
                if found.len() == 20 {
                    break;
                }
            }
            found
        });
        for number in 0..20_u32 {
            place.registry.set_max_sessions(100 + number).unwrap();
            if number.is_multiple_of(3) {
                thread::yield_now();
            }
        }
        let limit = (ChangeKind::LimitSet, None, None);
        assert_eq!(waiting.join().unwrap(), vec![limit; 20]);
    });
}

fn closing_ends_it(place: Place) {
    let mut watch = place.registry.watch().unwrap();
    let mut other = place.registry.watch().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            let first = watch.next();
            (first, watch.next())
        });
        place.registry.clone().close().unwrap();
        let (first, second) = waiting.join().unwrap();
        assert_eq!(first.unwrap().unwrap_err().code(), "closed");
        assert!(second.is_none(), "it is told once");
    });
    for _ in 0..3 {
        assert_eq!(other.next_within(HANG).unwrap_err().code(), "closed");
        assert_eq!(other.try_next().unwrap_err().code(), "closed");
    }
    assert_eq!(place.registry.watch().unwrap_err().code(), "closed");
    assert_eq!(place.registry.watch_from(0).unwrap_err().code(), "closed");
}

fn it_says_what_it_has_missed(place: Place) {
    let mut watch = place.registry.watch().unwrap();
    for number in 1..=2000 {
        place.registry.set_max_sessions(number).unwrap();
    }
    let happened = next(&mut watch);
    assert!(happened.lost && happened.changes.is_empty());
    assert_eq!(happened.revision, place.registry.revision().unwrap());
    assert_eq!(happened.revision, watch.revision());
    place.registry.register(session(1)).unwrap();
    assert_eq!(next_told(&mut watch, 1), [registered(1)]);
}

/// Compared with what a hang would take, and never with less than was asked for.
fn it_waits_no_longer_than_it_is_told_to(place: Place) {
    let mut watch = place.registry.watch().unwrap();
    for millis in [0, 1, 30, 150] {
        let timeout = Duration::from_millis(millis);
        let started = Instant::now();
        assert_eq!(watch.next_within(timeout).unwrap(), None);
        assert!(started.elapsed() >= timeout);
        assert!(started.elapsed() < HANG / 2);
    }
    place.registry.register(session(1)).unwrap();
    assert!(watch.next_within(Duration::ZERO).unwrap().is_some());
}

#[test]
fn other_handles_and_readers_are_told_too() {
    let place = Place::new(Kind::Shared);
    let other = place.options().open(place.file()).unwrap();
    let reader = place.options().access(session_registry::Access::ReadOnly);
    let reader = reader.open(place.file()).unwrap();
    let mut watches = [&place.registry, &other, &reader].map(|registry| registry.watch().unwrap());
    place.registry.register(session(1)).unwrap();
    other.register(session(2)).unwrap();
    for watch in &mut watches {
        assert_eq!(next_told(watch, 2), [registered(1), registered(2)]);
    }
}

#[test]
fn sixteen_watchers_beside_a_writer_are_told_of_everything() {
    let place = Place::new(Kind::Shared);
    let handles: Vec<_> = (0..16)
        .map(|_| place.options().open(place.file()).unwrap())
        .collect();
    thread::scope(|scope| {
        let watching: Vec<_> = handles
            .iter()
            .map(|handle| {
                let mut watch = handle.watch().unwrap();
                scope.spawn(move || next_told(&mut watch, 120))
            })
            .collect();
        for number in 1..=60 {
            place.registry.set_max_sessions(100 + number).unwrap();
            place.registry.register(session(number)).unwrap();
        }
        for watching in watching {
            let limit = (ChangeKind::LimitSet, None, None);
            let expected = (1..=60).flat_map(|number| [limit, registered(number)]);
            assert!(watching.join().unwrap().into_iter().eq(expected));
        }
    });
}

#[test]
fn it_ends_when_the_file_is_replaced() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let mut watch = place.registry.watch().unwrap();
    let away = place.file().with_extension("away");
    fs::rename(place.file(), &away).unwrap();
    let other = SessionRegistry::open(place.file()).unwrap();
    other.register(session(7)).unwrap();
    let ended = watch.next().unwrap().unwrap_err();
    assert_eq!(ended.code(), "file_replaced");
    assert!(watch.next().is_none());
}

#[test]
fn it_ends_when_a_newer_program_migrates_the_file() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let mut watch = place.registry.watch().unwrap();
    raw::stamp(&place.file(), 1000, 1000);
    let ended = watch.next().unwrap().unwrap_err();
    assert_eq!(ended.code(), "schema_too_new");
    assert!(watch.next().is_none());
}

#[cfg(unix)]
#[test]
fn a_writer_that_stands_still_holds_nobody_up() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let mut watch = place.registry.watch().unwrap();
    let mut late = place.registry.watch_from(0).unwrap();
    let writer = Child::start("writer", &[&place.file().display()]);
    writer.expect("in transaction");
    writer.stop();
    let started = Instant::now();
    let timeout = Duration::from_millis(100);
    assert_eq!(watch.next_within(timeout).unwrap(), None);
    assert_eq!(next_told(&mut late, 1), [registered(1)]);
    assert!(started.elapsed() < HANG / 2);
    writer.go_on();
    drop(writer);
    place.registry.rename(id(1), name("new")).unwrap();
    let updated = (ChangeKind::Updated, Some(id(1)), Some(1));
    assert_eq!(next_told(&mut watch, 1), [updated]);
}

/// One is stopped where everybody who begins to read has to wait for it.
#[cfg(unix)]
#[test]
fn a_writer_that_stands_still_in_its_header_write_holds_nobody_up() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let mut late = place.registry.watch_from(0).unwrap();
    let holder = Child::start("header_holder", &[&place.file().display()]);
    holder.expect("holds the header");
    holder.stop();
    let started = Instant::now();
    for millis in [0, 1, 100] {
        assert_eq!(
            late.next_within(Duration::from_millis(millis)).unwrap(),
            None
        );
    }
    assert_eq!(late.try_next().unwrap(), None);
    assert!(started.elapsed() < HANG / 2);
    drop(holder);
    assert_eq!(next_told(&mut late, 1), [registered(1)]);
}
