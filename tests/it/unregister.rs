//! `unregister` and `clear`.

use crate::support::place::{Place, in_every_registry};
use crate::support::values::{id, name, session, with};

in_every_registry![
    the_session_is_returned_as_it_was,
    twice_does_no_harm,
    id_path_name_and_slot_are_free_again,
    the_default_is_forgotten,
    another_default_stays,
    clear_counts_and_keeps_the_limit,
    clear_forgets_the_default,
    clear_of_nothing_writes_nothing,
];

fn the_session_is_returned_as_it_was(place: Place) {
    let mut place = place.with_sessions(3);
    let renamed = place.registry.rename(id(2), name("two")).unwrap();
    assert_eq!(place.registry.unregister(id(2)).unwrap(), Some(renamed));
    place.reopen();
    let registry = &place.registry;
    assert_eq!(registry.list_all().unwrap(), [session(1), session(3)]);
    assert_eq!(registry.lookup(id(2)).unwrap(), None);
    assert_eq!(registry.lookup_by_name("two").unwrap(), None);
    assert_eq!(
        registry.lookup_by_path(session(2).project_path()).unwrap(),
        None
    );
}

fn twice_does_no_harm(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.unregister(id(2)).unwrap();
    assert_eq!(place.unchanged(|r| r.unregister(id(2))).unwrap(), None);
    assert_eq!(place.unchanged(|r| r.unregister(id(7))).unwrap(), None);
}

fn id_path_name_and_slot_are_free_again(place: Place) {
    let place = place.with_sessions(2);
    let registry = &place.registry;
    registry.set_max_sessions(2).unwrap();
    registry.unregister(id(1)).unwrap();
    assert_eq!(registry.register(session(1)).unwrap(), session(1));
    registry.unregister(id(1)).unwrap();
    let other = with(&session(3), |s| {
        s.set_project_path(session(1).project_path().clone());
    });
    registry.register(other).unwrap();
}

fn the_default_is_forgotten(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_default_session(Some(id(3))).unwrap();
    place.registry.unregister(id(3)).unwrap();
    assert_eq!(place.state().default, Some(id(1)), "the oldest");
    place.registry.register(session(3)).unwrap();
    assert_eq!(place.state().default, Some(id(1)), "not resurrected");
    place.reopen();
    assert_eq!(place.state().default, Some(id(1)));
}

fn another_default_stays(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_default_session(Some(id(3))).unwrap();
    place.registry.unregister(id(1)).unwrap();
    place.reopen();
    assert_eq!(place.state().default, Some(id(3)));
}

fn clear_counts_and_keeps_the_limit(place: Place) {
    let mut place = place.with_sessions(3);
    place.registry.set_max_sessions(4).unwrap();
    assert_eq!(place.registry.clear().unwrap(), 3);
    place.reopen();
    let state = place.state();
    assert_eq!((state.sessions, state.ids), (vec![], vec![]));
    assert_eq!((state.count, state.limit, state.default), (0, 4, None));
    let registry = &place.registry;
    assert!(registry.is_empty().unwrap());
    assert!(!registry.contains(id(1)).unwrap());
    assert_eq!(registry.lookup_by_name("session 1").unwrap(), None);
    assert_eq!(registry.register(session(1)).unwrap(), session(1));
}

fn clear_forgets_the_default(place: Place) {
    let place = place.with_sessions(2);
    place.registry.set_default_session(Some(id(2))).unwrap();
    assert_eq!(place.registry.clear().unwrap(), 2);
    let place = place.with_sessions(2);
    assert_eq!(place.state().default, Some(id(1)));
}

fn clear_of_nothing_writes_nothing(place: Place) {
    let mut place = place.with_sessions(1);
    assert_eq!(place.registry.clear().unwrap(), 1);
    assert_eq!(place.unchanged(|r| r.clear()).unwrap(), 0);
}
