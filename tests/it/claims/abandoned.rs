//! A claim that ends while its row cannot be removed: dropping it never waits, so the row stays, and
//! must not stand in anybody's way.

use std::time::Instant;

use session_registry::{Claim, Liveness, SessionRegistry};

use crate::support::child::HANG;
use crate::support::owners::{liveness, owner, owner_files};
use crate::support::place::{Kind, Place};
use crate::support::raw::while_a_peer_writes;
use crate::support::records::{assert_clean, ids};
use crate::support::values::{id, second, session};

fn place(sessions: u32) -> (Place, SessionRegistry) {
    let place = Place::new(Kind::Shared).with_sessions(sessions);
    let other = place.options().open(place.file()).unwrap();
    (place, other)
}

/// Claims by a handle whose calls would wait for long.
fn claim(place: &Place, numbers: impl IntoIterator<Item = u128>) -> (SessionRegistry, Vec<Claim>) {
    let patient = place.options().busy_timeout(HANG);
    let patient = patient.open(place.file()).unwrap();
    let claims = numbers.into_iter().map(|n| patient.claim(id(n)).unwrap());
    let claims = claims.collect();
    (patient, claims)
}

fn drop_while_busy(place: &Place, claim: Claim) {
    let started = Instant::now();
    while_a_peer_writes(&place.file(), || drop(claim));
    assert!(started.elapsed() < HANG / 2, "dropping waits");
}

#[test]
fn it_counts_as_a_dead_owners_at_once() {
    let (place, other) = place(1);
    let (patient, mut claims) = claim(&place, [1]);
    drop_while_busy(&place, claims.remove(0));
    for registry in [&patient, &other, &place.registry] {
        assert_eq!(liveness(registry, id(1)), Some(Liveness::Dead));
        assert_eq!(ids(&registry.interrupted().unwrap()), [id(1)]);
    }
    assert_eq!(owner_files(&place.file()).len(), 1, "to prove it");
    let claim = other.claim(id(1)).unwrap();
    assert_eq!(owner_files(&place.file()).len(), 1, "swept");
    claim.release().unwrap();
    assert_eq!(owner_files(&place.file()), [""; 0]);
}

#[test]
fn the_same_handle_claims_again() {
    let (place, other) = place(1);
    let (patient, mut claims) = claim(&place, [1]);
    drop_while_busy(&place, claims.remove(0));
    let again = patient.claim(id(1)).unwrap();
    again.check().unwrap();
    assert_eq!(liveness(&other, id(1)), Some(Liveness::Alive));
    assert_eq!(liveness(&patient, id(1)), Some(Liveness::Alive));
    drop(again);
    assert_eq!(owner(&other, id(1)), None);
}

/// Others take the owner for alive, because it is: it must tidy up as soon as it writes again.
#[test]
fn a_claim_left_behind_by_a_living_owner_goes_with_its_next_claim_or_release() {
    let (place, other) = place(4);
    let (patient, mut claims) = claim(&place, [1, 2, 3]);
    drop_while_busy(&place, claims.remove(0));
    assert_eq!(liveness(&patient, id(1)), Some(Liveness::Dead));
    assert_eq!(liveness(&other, id(1)), Some(Liveness::Alive));
    claims.push(patient.claim(id(4)).unwrap());
    assert_eq!(owner(&other, id(1)), None);

    drop_while_busy(&place, claims.remove(0));
    assert_eq!(liveness(&other, id(2)), Some(Liveness::Alive));
    claims.remove(0).release().unwrap();
    assert_eq!(owner(&other, id(2)), None);

    claims.remove(0).check().unwrap();
    assert_eq!(claims.len(), 0);
    assert_eq!(owner_files(&place.file()), [""; 0], "nothing to prove");
    assert_clean(&other);
}

/// It belongs to whoever claimed it since.
#[test]
fn tidying_up_removes_nobody_elses_claim() {
    let (place, other) = place(2);
    let (patient, mut claims) = claim(&place, [1, 2]);
    drop_while_busy(&place, claims.remove(0));
    let theirs = other.take_over(id(1)).unwrap();
    claims.remove(0).release().unwrap();
    theirs.check().unwrap();
    assert_eq!(patient.claim(id(1)).unwrap_err().code(), "already_claimed");
}

/// The verdict on one claim of this handle was once taken for all of its claims.
#[test]
fn a_live_claim_is_not_reaped_with_an_abandoned_one_of_the_same_handle() {
    let (place, _) = place(2);
    let (patient, mut claims) = claim(&place, [1, 2]);
    drop_while_busy(&place, claims.remove(0));
    patient.set_max_sessions(1).unwrap();
    let refused = patient.register(session(3)).unwrap_err();
    assert_eq!(refused.code(), "session_limit_reached");
    claims[0].check().unwrap();

    patient.set_max_sessions(2).unwrap();
    place.clock.set(second(9));
    let registration = patient.get_or_register(session(3)).unwrap();
    assert_eq!(ids(registration.reaped()), [id(1)]);
    claims[0].check().unwrap();
}

#[test]
fn a_release_that_waits_in_vain_counts_as_a_drop() {
    let (place, other) = place(1);
    let impatient = place.options().busy_timeout(std::time::Duration::ZERO);
    let impatient = impatient.open(place.file()).unwrap();
    let claim = impatient.claim(id(1)).unwrap();
    let released = while_a_peer_writes(&place.file(), || claim.release());
    assert_eq!(released.unwrap_err().code(), "busy");
    assert_eq!(liveness(&other, id(1)), Some(Liveness::Dead));
    drop(other.claim(id(1)).unwrap());
}
