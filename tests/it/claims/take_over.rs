//! Two handles on one session: who may do what, and how the displaced one learns that it is.

use std::process;

use session_registry::{Error, Liveness, SessionRegistry};

use super::claim::{in_the_way, lost};
use crate::support::owners::{dead_owner_beside, liveness, owner, owner_files};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, records};
use crate::support::values::{Clock, id, name, second};

in_every_registry![
    a_handle_displaces_its_own_claim,
    what_nobody_claims_can_be_taken_over,
];

/// A place, and another handle on its file.
fn two_handles(sessions: u32) -> (Place, SessionRegistry) {
    let place = Place::new(Kind::Shared).with_sessions(sessions);
    let other = place.options().open(place.file()).unwrap();
    (place, other)
}

#[test]
fn another_handle_is_another_owner() {
    let (place, other) = two_handles(1);
    let claim = place.registry.claim(id(1)).unwrap();
    let named = in_the_way(other.claim(id(1)));
    assert_eq!(named, owner(&place.registry, id(1)).unwrap());
    assert_eq!(
        (named.pid, named.liveness),
        (process::id(), Liveness::Alive)
    );
    claim.release().unwrap();
    let claim = other.claim(id(1)).unwrap();
    in_the_way(place.registry.claim(id(1)));
    drop(claim);
}

#[test]
fn what_another_handle_drives_is_neither_closed_nor_removed() {
    let (place, other) = two_handles(1);
    let claim = place.registry.claim(id(1)).unwrap();
    let before = records(&other);
    let refused = [
        other.close_session(id(1)).map(|_| ()),
        other.unregister(id(1)).map(|_| ()),
    ];
    for result in refused {
        let Err(Error::AlreadyClaimed {
            id: of, owner: who, ..
        }) = result
        else {
            panic!("not refused: {result:?}");
        };
        assert_eq!(
            (of, Some(who)),
            (id(1), owner(&other, id(1))),
            "who is in the way"
        );
    }
    assert_eq!(records(&other), before);
    claim.check().unwrap();
    // Nobody is kept from changing it otherwise.
    assert_eq!(other.rename(id(1), name("theirs")).unwrap().revision(), 1);
    place.clock.set(second(60));
    other.touch(id(1)).unwrap();
    claim.check().unwrap();
    drop(claim);
    other.close_session(id(1)).unwrap();
    assert_clean(&other);
}

#[test]
fn what_a_dead_owner_drove_is_closed_and_removed() {
    let place = Place::new(Kind::Shared).with_sessions(2);
    for number in 1..=2 {
        dead_owner_beside(&place.file(), id(number));
    }
    assert!(
        !place
            .registry
            .close_session(id(1))
            .unwrap()
            .state()
            .is_open()
    );
    assert!(place.registry.unregister(id(2)).unwrap().is_some());
    assert_eq!(place.registry.stats().unwrap().claims, 0);
    assert_eq!(
        place.registry.interrupted().unwrap(),
        [],
        "closed by request"
    );
    assert_clean(&place.registry);
}

#[test]
fn clear_asks_nobody() {
    let (place, other) = two_handles(2);
    let claim = place.registry.claim(id(1)).unwrap();
    assert_eq!(other.clear().unwrap(), 2);
    assert_eq!(lost(claim.check(), id(1)), None);
}

#[test]
fn the_displaced_owner_is_told_and_changes_nothing() {
    let (place, other) = two_handles(1);
    let displaced = place.registry.claim(id(1)).unwrap();
    let theirs = place.registry.claim(id(1)).unwrap_err();
    assert_eq!(theirs.code(), "already_claimed");
    place.clock.set(second(10));
    let claim = other.take_over(id(1)).unwrap();
    assert!(claim.epoch() > displaced.epoch());
    let now = owner(&other, id(1)).unwrap();
    assert_eq!(now.claimed_at, second(10));

    let before = records(&other);
    place.clock.set(second(60));
    assert_eq!(lost(displaced.check(), id(1)), Some(now.clone()));
    assert_eq!(lost(displaced.touch(), id(1)), Some(now.clone()));
    let late = displaced.modify(|s| s.set_name(name("late")));
    assert_eq!(lost(late, id(1)), Some(now.clone()));
    assert_eq!(lost(displaced.release(), id(1)), Some(now.clone()));
    assert_eq!(records(&other), before);
    claim.check().unwrap();
    assert_eq!(owner(&place.registry, id(1)), Some(now));
    assert_eq!(owner_files(&place.file()).len(), 1, "the new owner's");
    // It is another one now, and may not close it.
    let refused = place.registry.close_session(id(1)).unwrap_err();
    assert_eq!(refused.code(), "already_claimed");
    claim.release().unwrap();
    assert_eq!(owner_files(&place.file()), [""; 0]);
    assert_clean(&other);
}

#[test]
fn who_is_displaced_in_the_middle_of_a_change_changes_nothing() {
    let (place, other) = two_handles(1);
    let claim = place.registry.claim(id(1)).unwrap();
    let before = records(&other);
    let mut theirs = None;
    let late = claim.modify(|s| {
        theirs = Some(other.take_over(id(1)).unwrap());
        s.set_name(name("late"));
    });
    assert_eq!(lost(late, id(1)), owner(&other, id(1)));
    assert_eq!(records(&other), before);
    theirs.unwrap().release().unwrap();

    let claim = place.registry.claim(id(1)).unwrap();
    let late = claim.modify(|s| {
        other.clear().unwrap();
        s.set_name(name("late"));
    });
    assert_eq!(lost(late, id(1)), None);
    assert_eq!(records(&other), []);
}

#[test]
fn dropping_a_displaced_claim_ends_nobody_elses() {
    let (place, other) = two_handles(1);
    let displaced = place.registry.claim(id(1)).unwrap();
    let claim = other.take_over(id(1)).unwrap();
    drop(displaced);
    claim.check().unwrap();
    assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Alive));
    // And back.
    let back = place.registry.take_over(id(1)).unwrap();
    lost(claim.check(), id(1)).unwrap();
    back.check().unwrap();
}

#[test]
fn a_displaced_claim_does_not_come_back_when_its_displacer_lets_go() {
    let (place, other) = two_handles(1);
    let displaced = place.registry.claim(id(1)).unwrap();
    other.take_over(id(1)).unwrap().release().unwrap();
    assert_eq!(lost(displaced.check(), id(1)), None);
    let again = place.registry.claim(id(1)).unwrap();
    assert_eq!(
        lost(displaced.check(), id(1)).unwrap().pid,
        process::id(),
        "the same handle's, and yet another claim"
    );
    again.check().unwrap();
}

#[test]
fn the_clock_of_a_claim_is_the_registrys() {
    let (place, other) = two_handles(1);
    let clock = Clock::new();
    clock.set(second(500));
    let own = clock.clone();
    let late = place.options().clock(move || own.now());
    let late = late.open(place.file()).unwrap();
    let _claim = late.claim(id(1)).unwrap();
    assert_eq!(owner(&other, id(1)).unwrap().claimed_at, second(500));
}

fn a_handle_displaces_its_own_claim(place: Place) {
    let place = place.with_sessions(1);
    let displaced = place.registry.claim(id(1)).unwrap();
    let claim = place.registry.take_over(id(1)).unwrap();
    let now = owner(&place.registry, id(1));
    assert!(now.is_some());
    assert_eq!(lost(displaced.check(), id(1)), now);
    assert_eq!(lost(displaced.modify(|_| ()), id(1)), now);
    drop(displaced);
    claim.check().unwrap();
    claim.release().unwrap();
    assert_eq!(owner(&place.registry, id(1)), None);
}

fn what_nobody_claims_can_be_taken_over(place: Place) {
    let place = place.with_sessions(1);
    let claim = place.registry.take_over(id(1)).unwrap();
    claim.check().unwrap();
    in_the_way(place.registry.claim(id(1)));
}
