//! `rename`.

use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{START, at, id, name, session, with};

in_every_registry![
    only_the_name_changes,
    the_same_name_writes_nothing,
    an_unknown_session_is_not_found,
    a_used_name_is_allowed,
];

fn only_the_name_changes(place: Place) {
    let mut place = place.with_sessions(2);
    place.clock.set(at(START + 700));
    let stored = place.registry.rename(id(1), name("new name")).unwrap();
    assert_eq!(
        (stored.revision(), stored.updated_at()),
        (1, at(START + 700))
    );
    assert_eq!(stored.name(), &name("new name"));
    assert_eq!(stored.project_path(), session(1).project_path());
    assert_eq!(stored.config(), session(1).config());
    assert_eq!(stored.metadata(), session(1).metadata());
    place.reopen();
    let registry = &place.registry;
    assert_eq!(
        registry.lookup_by_name("new name").unwrap(),
        Some(stored.clone())
    );
    assert_eq!(registry.lookup_by_name("session 1").unwrap(), None);
    assert_eq!(registry.list_all().unwrap(), [stored, session(2)]);
}

fn the_same_name_writes_nothing(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(at(START + 700));
    let same = place.unchanged(|r| r.rename(id(1), name("session 1")));
    assert_eq!(same.unwrap(), session(1));
}

fn an_unknown_session_is_not_found(place: Place) {
    let mut place = place.with_sessions(1);
    assert_eq!(
        place.refused(|r| r.rename(id(2), name("any"))),
        Refusal::NotFound(id(2))
    );
}

fn a_used_name_is_allowed(place: Place) {
    let place = place.with_sessions(2);
    let renamed = place.registry.rename(id(1), name("session 2")).unwrap();
    let namesake = with(&session(2), |_| {});
    assert_eq!(
        place.registry.lookup_all_by_name("session 2").unwrap(),
        [renamed, namesake]
    );
}
