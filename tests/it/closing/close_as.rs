//! Closing with another right than anybody has.

use session_registry::{CloseAs, Liveness, SessionRegistry};

use crate::support::owners::{dead_owner_beside, liveness};
use crate::support::place::{Kind, Place};
use crate::support::raw::edit_claim;
use crate::support::records::refused;
use crate::support::refusal::Refusal;
use crate::support::values::id;

const CLAIMED: Refusal = Refusal::Other("already_claimed");
const LOST: Refusal = Refusal::Other("ownership_lost");

/// Session 1 with a driver of its own, beside the registry of the place.
fn driven() -> (Place, SessionRegistry) {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let driver = SessionRegistry::open(place.file()).unwrap();
    (place, driver)
}

/// An agent could not close its own session from inside, because its wrapper has the claim.
#[test]
fn whoever_knows_the_epoch_of_the_present_claim_may_close() {
    let (mut place, driver) = driven();
    let old = driver.claim(id(1)).unwrap();
    let claim = driver.take_over(id(1)).unwrap();
    for epoch in [0, old.epoch(), claim.epoch() + 1] {
        let by = CloseAs::Holder(epoch);
        let refusal = refused(&mut place, |registry| {
            registry.close_session_with(id(1), by)
        });
        assert_eq!(refusal, LOST);
    }
    let by = CloseAs::Holder(claim.epoch());
    let closed = place.registry.close_session_with(id(1), by).unwrap();
    assert!(!closed.state().is_open());
    assert_eq!(claim.release().unwrap_err().code(), "ownership_lost");
    // Closed is closed, whoever asks.
    for by in [CloseAs::Holder(99), CloseAs::Anybody, CloseAs::EvenUnknown] {
        assert_eq!(
            place.registry.close_session_with(id(1), by).unwrap(),
            closed
        );
    }
    place.registry.reopen(id(1)).unwrap();
    let refusal = refused(&mut place, |registry| {
        registry.close_session_with(id(1), by)
    });
    assert_eq!(refusal, LOST, "nobody has a claim");
}

/// After a crash and a new machine id nothing closed the session any more.
#[test]
fn a_session_of_an_unknown_owner_can_be_closed_by_force() {
    let (mut place, _driver) = driven();
    dead_owner_beside(&place.file(), id(1));
    edit_claim(&place.file(), id(1), |claim| {
        claim.machine = Some("another".into());
        claim.boot = None;
    });
    assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Unknown));
    let error = place.registry.close_session(id(1)).unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("nobody can tell whether that still runs"),
        "{told}"
    );
    assert!(!told.contains("is driven by"), "{told}");
    let refusal = refused(&mut place, |registry| registry.close_session(id(1)));
    assert_eq!(refusal, CLAIMED);
    let closed = place
        .registry
        .close_session_with(id(1), CloseAs::EvenUnknown);
    assert!(!closed.unwrap().state().is_open());
    assert_eq!(liveness(&place.registry, id(1)), None);
}

#[test]
fn no_force_closes_the_session_of_a_living_owner() {
    let (mut place, driver) = driven();
    let claim = driver.claim(id(1)).unwrap();
    let by = CloseAs::EvenUnknown;
    let refusal = refused(&mut place, |registry| {
        registry.close_session_with(id(1), by)
    });
    assert_eq!(refusal, CLAIMED);
    let error = place.registry.close_session_with(id(1), by).unwrap_err();
    assert!(
        error.to_string().contains(" is driven by process "),
        "{error}"
    );
    claim.check().unwrap();
}
