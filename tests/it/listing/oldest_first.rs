//! Lists: oldest first, by creation time and then id.

use session_registry::{Session, SessionId, Timestamp};

use crate::support::place::{Place, in_every_registry};
use crate::support::values::{START, at, id, name, path, session};

in_every_registry![
    an_empty_registry_lists_nothing,
    equal_times_are_ordered_by_id,
    extreme_times_are_ordered_and_kept,
    changes_do_not_move_a_session,
    the_count_follows,
];

fn created(number: u128, time: Timestamp) -> Session {
    Session::builder(path(&format!("/work/c{number}")))
        .id(id(number))
        .created_at(time)
        .build()
}

fn register_all(place: &Place, sessions: &[Session]) {
    for session in sessions.iter().rev() {
        place.registry.register(session.clone()).unwrap();
    }
}

fn ids(sessions: &[Session]) -> Vec<SessionId> {
    sessions.iter().map(Session::id).collect()
}

fn an_empty_registry_lists_nothing(place: Place) {
    let registry = &place.registry;
    assert_eq!(registry.list_all().unwrap(), []);
    assert_eq!(registry.list_ids().unwrap(), []);
    assert_eq!(registry.count().unwrap(), 0);
    assert!(registry.is_empty().unwrap());
}

fn equal_times_are_ordered_by_id(mut place: Place) {
    let now = at(START);
    let sessions = [
        created(u128::MAX, at(START - 1)),
        created(0, now),
        created(1, now),
        created(0xff, now),
        created(0x100, now),
        created(1 << 127, now),
        created(2, at(START + 1)),
    ];
    register_all(&place, &sessions);
    place.reopen();
    assert_eq!(place.registry.list_all().unwrap(), sessions);
    assert_eq!(place.registry.list_ids().unwrap(), ids(&sessions));
}

fn extreme_times_are_ordered_and_kept(mut place: Place) {
    let sessions = [
        created(9, Timestamp::MIN),
        created(8, at(Timestamp::MIN.as_micros() + 1)),
        created(7, at(-1)),
        created(6, at(0)),
        created(5, at(1)),
        created(4, at(START)),
        created(3, at(Timestamp::MAX.as_micros() - 1)),
        created(2, Timestamp::MAX),
    ];
    assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00Z");
    assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999999Z");
    register_all(&place, &sessions);
    place.reopen();
    assert_eq!(place.registry.list_all().unwrap(), sessions);
    assert_eq!(place.registry.list_ids().unwrap(), ids(&sessions));
    assert_eq!(place.state().default, Some(id(9)));
}

fn changes_do_not_move_a_session(place: Place) {
    let place = place.with_sessions(3);
    place.clock.set(Timestamp::MAX);
    place.registry.rename(id(1), name("z")).unwrap();
    place
        .registry
        .modify(id(2), |s| s.set_project_path(path("/a")))
        .unwrap();
    let listed = place.registry.list_ids().unwrap();
    assert_eq!(listed, [id(1), id(2), id(3)]);
    assert_eq!(ids(&place.registry.list_all().unwrap()), listed);
}

fn the_count_follows(mut place: Place) {
    for number in 1..=3 {
        place.registry.register(session(number)).unwrap();
        assert_eq!(place.registry.count().unwrap(), u64::from(number));
        assert!(!place.registry.is_empty().unwrap());
    }
    place.registry.unregister(id(2)).unwrap();
    place.reopen();
    assert_eq!(place.registry.count().unwrap(), 2);
}
