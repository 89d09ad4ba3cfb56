//! Opening a closed session again: not found, then limit, then path, as registering does.

use serde_json::json;
use session_registry::SessionState;

use crate::support::place::{Place, in_every_registry};
use crate::support::records::{as_stored, assert_clean, json, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, path, second, session, with};

in_every_registry![
    a_reopened_session_holds_its_slot_and_path_again,
    not_found_comes_before_limit_before_path,
    reopening_an_open_session_changes_nothing_even_at_the_limit,
    a_lowered_limit_keeps_sessions_closed,
    closing_and_reopening_again_and_again_leaves_no_trace,
];

fn a_reopened_session_holds_its_slot_and_path_again(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(second(1));
    place.registry.close_session(id(1)).unwrap();
    place.clock.set(second(2));
    let reopened = place.registry.reopen(id(1)).unwrap();

    let expected = [
        ("updated_at", json(second(2))),
        ("last_active_at", json(second(2))),
        ("revision", json!(2)),
    ];
    assert_eq!(reopened, as_stored(&session(1), &expected));
    assert_eq!(reopened.state(), SessionState::Open);
    place.reopen();
    let registry = &place.registry;
    assert_eq!(
        registry.list_all().unwrap(),
        std::slice::from_ref(&reopened)
    );
    assert_eq!(
        registry.lookup_by_path(&path("/work/p1")).unwrap(),
        Some(reopened)
    );
    assert_eq!(registry.count().unwrap(), 1);
    assert_clean(registry);
}

/// A call that breaks every rule, mended rule by rule.
fn not_found_comes_before_limit_before_path(place: Place) {
    let mut place = place.with_sessions(1);
    place.registry.set_max_sessions(1).unwrap();
    place.registry.close_session(id(1)).unwrap();
    let holder = with(&session(2), |s| s.set_project_path(path("/work/p1")));
    place.registry.register(holder).unwrap();

    let refusal = refused(&mut place, |r| r.reopen(id(7)));
    assert_eq!(refusal, Refusal::NotFound(id(7)));
    let limit = Refusal::Limit {
        max_sessions: 1,
        open: 1,
    };
    assert_eq!(refused(&mut place, |r| r.reopen(id(1))), limit);
    place.registry.set_max_sessions(2).unwrap();
    let taken = Refusal::PathTaken {
        open: 1,
        most: 1,
        project_path: path("/work/p1"),
        holder: id(2),
    };
    assert_eq!(refused(&mut place, |r| r.reopen(id(1))), taken);
    place.registry.close_session(id(2)).unwrap();
    assert!(place.registry.reopen(id(1)).unwrap().state().is_open());
}

fn reopening_an_open_session_changes_nothing_even_at_the_limit(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.set_max_sessions(0).unwrap();
    place.clock.set(second(9));
    let open = place.unchanged(|r| r.reopen(id(1)).unwrap());
    assert_eq!(open, session(1));
}

fn a_lowered_limit_keeps_sessions_closed(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.close_session(id(1)).unwrap();
    place.registry.set_max_sessions(1).unwrap();
    let limit = Refusal::Limit {
        max_sessions: 1,
        open: 2,
    };
    assert_eq!(refused(&mut place, |r| r.reopen(id(1))), limit);
}

fn closing_and_reopening_again_and_again_leaves_no_trace(place: Place) {
    let place = place.with_sessions(2);
    for round in 1..=10 {
        place.clock.set(second(2 * round));
        place.registry.close_session(id(1)).unwrap();
        place.clock.set(second(2 * round + 1));
        place.registry.reopen(id(1)).unwrap();
    }
    let expected = [
        ("updated_at", json(second(21))),
        ("last_active_at", json(second(21))),
        ("revision", json!(20)),
    ];
    let expected = as_stored(&session(1), &expected);
    assert_eq!(records(&place.registry), [expected, session(2)]);
    assert_clean(&place.registry);
}
