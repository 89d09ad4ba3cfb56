//! The default session: the one that was set, else the oldest.

use session_registry::Session;

use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{START, at, id, name, path};

in_every_registry![
    an_empty_registry_has_none,
    the_oldest_is_the_default,
    the_one_set_is_kept,
    none_goes_back_to_the_oldest,
    an_unknown_session_is_refused,
    the_same_default_writes_nothing,
    a_changed_session_stays_the_default,
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
