//! Closing is not removing: the slot and the path are free, the record stays.

use serde_json::json;
use session_registry::{CloseReason, SessionState};

use crate::support::place::{Place, in_every_registry};
use crate::support::records::{as_stored, assert_clean, closing, json, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, path, second, session, with};

in_every_registry![
    closing_frees_slot_and_path_and_keeps_the_record,
    a_closed_session_is_found_by_its_id_alone,
    closing_twice_changes_nothing,
    closing_what_is_not_there_is_told,
    closed_records_never_count,
    the_id_of_a_closed_record_is_taken,
    an_update_of_a_closed_session_checks_no_path,
    a_closed_session_is_renamed_and_modified_like_any_other,
    unregister_removes_a_closed_record,
    clear_counts_open_and_closed,
];

fn closing_frees_slot_and_path_and_keeps_the_record(place: Place) {
    let mut place = place.with_sessions(1);
    place.registry.set_max_sessions(1).unwrap();
    place.clock.set(second(5));
    let closed = place.registry.close_session(id(1)).unwrap();

    let state = json!({"status": "closed", "at": json(second(5)), "reason": "requested"});
    let expected = [
        ("state", state),
        ("updated_at", json(second(5))),
        ("revision", json!(1)),
    ];
    assert_eq!(closed, as_stored(&session(1), &expected));
    assert_eq!(closing(&closed), Some((second(5), CloseReason::Requested)));
    place.reopen();
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(closed));
    let successor = with(&session(2), |s| s.set_project_path(path("/work/p1")));
    assert_eq!(
        place.registry.register(successor.clone()).unwrap(),
        successor
    );
    assert_clean(&place.registry);
}

fn a_closed_session_is_found_by_its_id_alone(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.close_session(id(1)).unwrap();
    place.reopen();
    let registry = &place.registry;
    assert!(registry.contains(id(1)).unwrap());
    assert_eq!(registry.lookup_by_path(&path("/work/p1")).unwrap(), None);
    assert_eq!(registry.lookup_by_name("session 1").unwrap(), None);
    assert_eq!(registry.lookup_all_by_name("session 1").unwrap(), []);
    assert_eq!(registry.lookup_containing(&path("/work/p1")).unwrap(), None);
    assert_eq!(registry.list_all().unwrap(), [session(2)]);
    assert_eq!(registry.list_ids().unwrap(), [id(2)]);
    assert_eq!(registry.count().unwrap(), 1);
    registry.close_session(id(2)).unwrap();
    assert!(registry.is_empty().unwrap());
    let stats = registry.stats().unwrap();
    assert_eq!((stats.open_sessions, stats.closed_sessions), (0, 2));
    // The same questions of a snapshot.
    let snapshot = registry.snapshot().unwrap();
    assert!(snapshot.lookup(id(1)).unwrap().is_some());
    assert!(snapshot.is_empty().unwrap());
}

fn closing_twice_changes_nothing(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(second(1));
    let closed = place.registry.close_session(id(1)).unwrap();
    place.clock.set(second(2));
    let again = place.unchanged(|r| r.close_session(id(1)).unwrap());
    assert_eq!(again, closed);
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(closed));
}

fn closing_what_is_not_there_is_told(place: Place) {
    let mut place = place.with_sessions(1);
    let refusal = refused(&mut place, |r| r.close_session(id(7)));
    assert_eq!(refusal, Refusal::NotFound(id(7)));
}

fn closed_records_never_count(place: Place) {
    place.registry.set_max_sessions(1).unwrap();
    for number in 1..=20 {
        place.registry.register(session(number)).unwrap();
        place.registry.close_session(id(number.into())).unwrap();
    }
    assert_eq!(place.registry.count().unwrap(), 0);
    assert_eq!(records(&place.registry).len(), 20);
    assert_eq!(place.registry.register(session(21)).unwrap(), session(21));
    assert_clean(&place.registry);
}

fn the_id_of_a_closed_record_is_taken(place: Place) {
    let mut place = place.with_sessions(1);
    let closed = place.registry.close_session(id(1)).unwrap();
    let refusal = refused(&mut place, |r| r.register(closed.clone()));
    assert_eq!(refusal, Refusal::Exists(id(1)));
    let refusal = refused(&mut place, |r| r.get_or_register(session(1)));
    assert_eq!(refusal, Refusal::Exists(id(1)));
    // What was read as closed is registered as open.
    place.registry.unregister(id(1)).unwrap();
    let opened = place.registry.register(closed).unwrap();
    assert_eq!((opened.state(), opened.revision()), (SessionState::Open, 0));
}

fn an_update_of_a_closed_session_checks_no_path(place: Place) {
    let mut place = place.with_sessions(2);
    let closed = place.registry.close_session(id(1)).unwrap();
    let moved = with(&closed, |s| s.set_project_path(path("/work/p2")));
    let moved = place.registry.update(moved).unwrap();
    assert_eq!((moved.state(), moved.revision()), (closed.state(), 2));
    place.reopen();
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(moved));
    let holder = place.registry.lookup_by_path(&path("/work/p2")).unwrap();
    assert_eq!(holder, Some(session(2)));
    assert_clean(&place.registry);

    let refusal = refused(&mut place, |r| r.reopen(id(1)));
    let taken = Refusal::PathTaken {
        open: 1,
        most: 1,
        project_path: path("/work/p2"),
        holder: id(2),
    };
    assert_eq!(refusal, taken);
}

fn a_closed_session_is_renamed_and_modified_like_any_other(mut place: Place) {
    place.registry.register(session(1)).unwrap();
    let closed = place.registry.close_session(id(1)).unwrap();
    let renamed = place.registry.rename(id(1), name("another")).unwrap();
    assert_eq!(
        (renamed.name(), renamed.state()),
        (&name("another"), closed.state())
    );
    let modified = place.registry.modify(id(1), |s| s.metadata_mut().clear());
    let modified = modified.unwrap();
    assert_eq!(modified.revision(), 3);
    assert_eq!(place.registry.resolve("another").unwrap(), modified);
    let stale = with(&closed, |s| s.set_name(name("stale")));
    let conflict = Refusal::Conflict {
        id: id(1),
        expected: 1,
        found: 3,
    };
    assert_eq!(refused(&mut place, |r| r.update(stale)), conflict);
    assert_clean(&place.registry);
}

fn unregister_removes_a_closed_record(place: Place) {
    let mut place = place.with_sessions(1);
    let closed = place.registry.close_session(id(1)).unwrap();
    assert_eq!(place.registry.unregister(id(1)).unwrap(), Some(closed));
    place.reopen();
    assert_eq!(place.registry.unregister(id(1)).unwrap(), None);
    assert_eq!(records(&place.registry), []);
    assert_clean(&place.registry);
}

fn clear_counts_open_and_closed(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_max_sessions(3).unwrap();
    place.registry.close_session(id(2)).unwrap();
    let claim = place.registry.claim(id(1)).unwrap();
    assert_eq!(place.registry.clear().unwrap(), 3);
    assert_eq!(claim.check().unwrap_err().code(), "ownership_lost");
    drop(claim);
    place.reopen();
    assert_eq!(records(&place.registry), []);
    assert_eq!(place.registry.max_sessions().unwrap(), 3);
    assert_eq!(place.registry.stats().unwrap().claims, 0);
    assert_clean(&place.registry);
    assert_eq!(place.registry.register(session(2)).unwrap(), session(2));
}
