//! Touching moves the last activity and nothing else, and seldom writes.

use std::time::Duration;

use session_registry::{Session, Timestamp};

use crate::support::place::{Place, in_every_registry};
use crate::support::records::{as_stored, assert_clean, ids, json, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, second, session, with};
use session_registry::{Order, Query};

in_every_registry![
    a_touch_moves_the_last_activity_and_nothing_else,
    within_a_second_nothing_is_written,
    a_clock_that_goes_back_touches_nothing,
    a_touch_is_no_change_that_an_update_conflicts_with,
    what_cannot_be_touched_is_told,
    a_claim_counts_as_activity,
    a_claim_touches_by_the_same_rules,
];

fn active_at(session: &Session, time: Timestamp) -> Session {
    as_stored(session, &[("last_active_at", json(time))])
}

fn stored(place: &Place) -> Session {
    place.registry.lookup(id(1)).unwrap().unwrap()
}

fn a_touch_moves_the_last_activity_and_nothing_else(place: Place) {
    let mut place = place.with_sessions(2);
    assert_eq!(
        session(1).last_active_at(),
        session(1).created_at(),
        "at first"
    );
    place.clock.set(second(60));
    place.registry.touch(id(1)).unwrap();
    place.reopen();
    assert_eq!(stored(&place), active_at(&session(1), second(60)));
    let latest = Query::new().order(Order::LastActive).descending();
    let latest = place.registry.list(&latest).unwrap();
    assert_eq!(ids(&latest.items), [id(1), id(2)]);
    assert_clean(&place.registry);
}

fn within_a_second_nothing_is_written(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(second(60));
    place.registry.touch(id(1)).unwrap();
    let almost = Duration::from_micros(999_999);
    place.clock.set(second(60).saturating_add(almost));
    place.unchanged(|r| r.touch(id(1)).unwrap());
    assert_eq!(stored(&place).last_active_at(), second(60));
    place.clock.set(second(61));
    place.registry.touch(id(1)).unwrap();
    assert_eq!(stored(&place).last_active_at(), second(61));
}

fn a_clock_that_goes_back_touches_nothing(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(second(-60));
    place.unchanged(|r| r.touch(id(1)).unwrap());
    assert_eq!(stored(&place), session(1));
    let _claim = place.registry.claim(id(1)).unwrap();
    assert_eq!(stored(&place), session(1));
    place.registry.close_session(id(1)).unwrap();
    let reopened = place.registry.reopen(id(1)).unwrap();
    assert_eq!(reopened.last_active_at(), session(1).last_active_at());
    assert_eq!(reopened.updated_at(), session(1).updated_at());
}

fn a_touch_is_no_change_that_an_update_conflicts_with(place: Place) {
    let place = place.with_sessions(1);
    let read = stored(&place);
    place.clock.set(second(60));
    place.registry.touch(id(1)).unwrap();
    place.clock.set(second(70));
    let renamed = with(&read, |s| s.set_name(name("renamed")));
    let updated = place.registry.update(renamed).unwrap();
    assert_eq!(updated.revision(), 1);
    assert_eq!(updated.updated_at(), second(70));
    assert_eq!(updated.last_active_at(), second(60), "an update is none");
    // What a caller's copy says about activity is not looked at.
    let lying = active_at(&updated, second(999));
    assert_eq!(place.registry.update(lying).unwrap(), updated);
    assert_clean(&place.registry);
}

fn what_cannot_be_touched_is_told(place: Place) {
    let mut place = place.with_sessions(1);
    place.registry.close_session(id(1)).unwrap();
    place.clock.set(second(60));
    let refusal = refused(&mut place, |r| r.touch(id(1)));
    assert_eq!(refusal, Refusal::Closed(id(1)));
    let refusal = refused(&mut place, |r| r.touch(id(7)));
    assert_eq!(refusal, Refusal::NotFound(id(7)));
}

fn a_claim_counts_as_activity(place: Place) {
    let place = place.with_sessions(1);
    place.clock.set(second(60));
    let claim = place.registry.claim(id(1)).unwrap();
    assert_eq!(stored(&place), active_at(&session(1), second(60)));
    place.clock.set(second(80));
    claim.release().unwrap();
    assert_eq!(stored(&place), active_at(&session(1), second(60)));
    assert_clean(&place.registry);
}

fn a_claim_touches_by_the_same_rules(place: Place) {
    let place = place.with_sessions(1);
    place.clock.set(second(60));
    let claim = place.registry.claim(id(1)).unwrap();
    place.clock.set(second(61));
    claim.touch().unwrap();
    let almost = Duration::from_micros(999_999);
    place.clock.set(second(61).saturating_add(almost));
    claim.touch().unwrap();
    assert_eq!(stored(&place), active_at(&session(1), second(61)));
    place.registry.unregister(id(1)).unwrap();
    assert_eq!(claim.touch().unwrap_err().code(), "ownership_lost");
}
