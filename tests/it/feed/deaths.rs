//! Owners that die are told of, once for each claim, and those first who were dead before.

use session_registry::{ChangeKind, Changes, Sharing, Watch};

use super::{Told, told};
use crate::claims::driver::Driver;
use crate::support::child::HANG;
use crate::support::owners::{files, leave_dead_owner};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::values::{id, name, session};

in_every_registry![an_abandoned_claim_is_told_as_one_of_the_dead];

fn gone(number: u128) -> Told {
    (ChangeKind::OwnerGone, Some(id(number)), None)
}

fn next(watch: &mut Watch) -> Changes {
    watch.next_within(HANG).unwrap().expect("hangs")
}

/// What is told until an owner is gone.
fn until_gone(watch: &mut Watch) -> Vec<Told> {
    let mut found = Vec::new();
    while !found
        .iter()
        .any(|told: &Told| told.0 == ChangeKind::OwnerGone)
    {
        let before = watch.revision();
        let happened = next(watch);
        for change in &happened.changes {
            if change.kind == ChangeKind::OwnerGone {
                assert_eq!(change.revision, happened.revision);
            } else {
                assert!(change.revision > before);
            }
        }
        found.extend(told(&happened.changes));
    }
    found
}

#[test]
fn owners_that_were_dead_before_are_told_of_first() {
    for mut place in files() {
        place = place.with_sessions(3);
        leave_dead_owner(&mut place, id(1));
        leave_dead_owner(&mut place, id(3));
        let alive = place.registry.claim(id(2)).unwrap();
        let position = place.registry.revision().unwrap();
        let mut watch = place.registry.watch().unwrap();
        let happened = watch.try_next().unwrap().unwrap();
        assert_eq!(told(&happened.changes), [gone(1), gone(3)]);
        assert_eq!((happened.revision, watch.revision()), (position, position));
        // Once, also for those who go on.
        assert_eq!(watch.try_next().unwrap(), None);
        place.registry.rename(id(1), name("new")).unwrap();
        let updated = (ChangeKind::Updated, Some(id(1)), Some(1));
        assert_eq!(told(&next(&mut watch).changes), [updated]);
        // A new claim is another one.
        let claim = place.registry.claim(id(1)).unwrap();
        claim.abandon().unwrap();
        assert_eq!(until_gone(&mut watch).last(), Some(&gone(1)));
        drop(alive);
    }
}

#[test]
fn an_owner_that_is_killed_is_told_of() {
    let place = Place::new(Kind::Shared).with_sessions(2);
    let mut watch = place.registry.watch().unwrap();
    for round in 0..3 {
        let mut driver = Driver::start(&place.file(), Sharing::Shared);
        driver.claim(id(1));
        driver.0.kill();
        let told = until_gone(&mut watch);
        let claimed = (ChangeKind::Claimed, Some(id(1)), Some(0));
        assert_eq!(told, [claimed, gone(1)], "round {round}");
    }
}

#[test]
fn an_owner_that_lets_go_is_not_taken_for_a_dead_one() {
    let place = Place::new(Kind::Shared).with_sessions(2);
    let mut watch = place.registry.watch().unwrap();
    let mut driver = Driver::start(&place.file(), Sharing::Shared);
    for _ in 0..5 {
        driver.claim(id(1));
        driver.claim(id(2));
        assert_eq!(driver.ask("release", id(1)), "done");
        assert_eq!(driver.ask("release", id(2)), "done");
    }
    place.registry.register(session(3)).unwrap();
    let mut kinds = Vec::new();
    while kinds.last() != Some(&ChangeKind::Registered) {
        kinds.extend(next(&mut watch).changes.iter().map(|change| change.kind));
    }
    assert_eq!(kinds.len(), 21);
    assert!(!kinds.contains(&ChangeKind::OwnerGone));
}

fn an_abandoned_claim_is_told_as_one_of_the_dead(place: Place) {
    let place = place.with_sessions(1);
    let mut watch = place.registry.watch().unwrap();
    let claim = place.registry.claim(id(1)).unwrap();
    let claimed = (ChangeKind::Claimed, Some(id(1)), Some(0));
    assert_eq!(told(&next(&mut watch).changes), [claimed]);
    claim.abandon().unwrap();
    assert_eq!(until_gone(&mut watch), [claimed, gone(1)]);
}
