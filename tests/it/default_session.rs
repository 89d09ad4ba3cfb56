//! The default session: the one that was set, else the oldest; remembered while its record lives, and
//! counting while it is open.

use session_registry::Session;

use crate::support::place::{Place, in_every_registry};
use crate::support::records::refused;
use crate::support::refusal::Refusal;
use crate::support::values::{START, at, id, name, path, session};

in_every_registry![
    an_empty_registry_has_none,
    the_oldest_is_the_default,
    the_one_set_is_kept,
    none_goes_back_to_the_oldest,
    an_unknown_session_is_refused,
    the_same_default_writes_nothing,
    a_changed_session_stays_the_default,
    the_default_survives_a_close,
    a_closed_session_cannot_become_the_default,
    unregister_forgets_the_default_open_or_closed,
    clear_forgets_the_default,
];

fn an_empty_registry_has_none(mut place: Place) {
    assert_eq!(place.registry.default_session_id().unwrap(), None);
    place.unchanged(|r| r.set_default_session(None)).unwrap();
}

fn the_oldest_is_the_default(place: Place) {
    let mut place = place.with_sessions(2);
    assert_eq!(place.state().default, Some(id(1)));
    let older = Session::builder(path("/work/older"))
        .id(id(99))
        .created_at(at(START - 1))
        .build();
    place.registry.register(older).unwrap();
    place.reopen();
    assert_eq!(place.state().default, Some(id(99)));
    place.registry.unregister(id(99)).unwrap();
    assert_eq!(place.state().default, Some(id(1)));
}

fn the_one_set_is_kept(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_default_session(Some(id(2))).unwrap();
    place.reopen();
    assert_eq!(place.state().default, Some(id(2)));
    place.registry.set_default_session(Some(id(3))).unwrap();
    assert_eq!(place.state().default, Some(id(3)));
    let snapshot = place.registry.snapshot().unwrap();
    assert_eq!(snapshot.default_session_id().unwrap(), Some(id(3)));
}

fn none_goes_back_to_the_oldest(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_default_session(Some(id(2))).unwrap();
    place.registry.set_default_session(None).unwrap();
    place.reopen();
    assert_eq!(place.state().default, Some(id(1)));
}

fn an_unknown_session_is_refused(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.set_default_session(Some(id(2))).unwrap();
    assert_eq!(
        place.refused(|r| r.set_default_session(Some(id(7)))),
        Refusal::NotFound(id(7))
    );
}

fn the_same_default_writes_nothing(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.set_default_session(Some(id(2))).unwrap();
    place
        .unchanged(|r| r.set_default_session(Some(id(2))))
        .unwrap();
}

fn a_changed_session_stays_the_default(place: Place) {
    let place = place.with_sessions(2);
    place.registry.set_default_session(Some(id(2))).unwrap();
    place.registry.rename(id(2), name("renamed")).unwrap();
    assert_eq!(place.state().default, Some(id(2)));
}

fn the_default_survives_a_close(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_default_session(Some(id(3))).unwrap();
    place.registry.close_session(id(3)).unwrap();
    place.reopen();
    let default = |place: &Place| place.registry.default_session_id().unwrap();
    assert_eq!(default(&place), Some(id(1)), "the oldest open one");
    place.registry.close_session(id(1)).unwrap();
    assert_eq!(default(&place), Some(id(2)));
    place.registry.close_session(id(2)).unwrap();
    assert_eq!(default(&place), None);
    place.registry.reopen(id(2)).unwrap();
    place.registry.reopen(id(3)).unwrap();
    assert_eq!(default(&place), Some(id(3)));
}

fn a_closed_session_cannot_become_the_default(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.close_session(id(2)).unwrap();
    let refusal = refused(&mut place, |r| r.set_default_session(Some(id(2))));
    assert_eq!(refusal, Refusal::Closed(id(2)));
    let refusal = refused(&mut place, |r| r.set_default_session(Some(id(7))));
    assert_eq!(refusal, Refusal::NotFound(id(7)));
}

fn unregister_forgets_the_default_open_or_closed(mut place: Place) {
    place.registry.register(session(1)).unwrap();
    for close in [false, true] {
        place.registry.register(session(2)).unwrap();
        place.registry.set_default_session(Some(id(2))).unwrap();
        if close {
            place.registry.close_session(id(2)).unwrap();
        }
        place.registry.unregister(id(2)).unwrap();
        place.registry.register(session(2)).unwrap();
        place.reopen();
        let default = place.registry.default_session_id().unwrap();
        assert_eq!(default, Some(id(1)), "closed first: {close}");
        place.registry.unregister(id(2)).unwrap();
    }
}

fn clear_forgets_the_default(place: Place) {
    let place = place.with_sessions(2);
    place.registry.set_default_session(Some(id(2))).unwrap();
    place.registry.close_session(id(2)).unwrap();
    assert_eq!(place.registry.clear().unwrap(), 2);
    let place = place.with_sessions(2);
    assert_eq!(place.registry.default_session_id().unwrap(), Some(id(1)));
}
