//! The limit: stored in the file, checked in the transaction.

use session_registry::{DEFAULT_MAX_SESSIONS, SessionRegistry};

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{id, session};

in_every_registry![
    a_new_registry_has_the_default,
    the_limit_is_stored,
    lowering_evicts_nobody,
    zero_accepts_nobody,
    the_same_limit_writes_nothing,
    there_is_no_highest_limit,
];

fn a_new_registry_has_the_default(place: Place) {
    assert_eq!(DEFAULT_MAX_SESSIONS, 10);
    assert_eq!(place.registry.max_sessions().unwrap(), 10);
}

fn the_limit_is_stored(mut place: Place) {
    place.registry.set_max_sessions(3).unwrap();
    place.reopen();
    assert_eq!(place.registry.max_sessions().unwrap(), 3);
    assert_eq!(
        place.registry.snapshot().unwrap().max_sessions().unwrap(),
        3
    );
}

fn lowering_evicts_nobody(place: Place) {
    let mut place = place.with_sessions(3);
    let before = place.state().sessions;
    place.registry.set_max_sessions(1).unwrap();
    assert_eq!(place.state().sessions, before);
    let refused = |max_sessions, open| Refusal::Limit { max_sessions, open };
    for open in [3, 2, 1] {
        assert_eq!(place.refused(|r| r.register(session(9))), refused(1, open));
        place.registry.unregister(id(open.into())).unwrap();
    }
    assert_eq!(place.registry.register(session(9)).unwrap(), session(9));
}

fn zero_accepts_nobody(mut place: Place) {
    place.registry.set_max_sessions(0).unwrap();
    let refused = Refusal::Limit {
        max_sessions: 0,
        open: 0,
    };
    assert_eq!(place.refused(|r| r.register(session(1))), refused);
    assert_eq!(place.refused(|r| r.get_or_register(session(1))), refused);
}

fn the_same_limit_writes_nothing(mut place: Place) {
    place.unchanged(|r| r.set_max_sessions(10)).unwrap();
}

fn there_is_no_highest_limit(mut place: Place) {
    place.registry.set_max_sessions(u32::MAX).unwrap();
    place.reopen();
    let place = place.with_sessions(11);
    assert_eq!(place.registry.max_sessions().unwrap(), u32::MAX);
}

#[test]
fn the_option_is_written_and_the_last_opener_wins() {
    for kind in [Kind::Shared, Kind::Exclusive] {
        let place = Place::new(kind).with_sessions(3);
        place.registry.clone().close().unwrap();
        let open = |limit: Option<u32>| {
            let options = place.options();
            let options = match limit {
                Some(limit) => options.max_sessions(limit),
                None => options,
            };
            let registry = options.open(place.file()).unwrap();
            let found = registry.max_sessions().unwrap();
            assert_eq!(registry.count().unwrap(), 3, "nobody is evicted");
            registry.close().unwrap();
            found
        };
        assert_eq!(open(Some(25)), 25);
        assert_eq!(open(None), 25, "not called: the stored limit stays");
        assert_eq!(open(Some(1)), 1);
        assert_eq!(open(Some(0)), 0);
        assert_eq!(open(None), 0);
    }
}

#[test]
fn another_opener_changes_the_limit_of_those_who_are_there() {
    let place = Place::new(Kind::Shared).with_sessions(2);
    let options = place.options().max_sessions(2);
    let other = options.open(place.file()).unwrap();
    assert_eq!(place.registry.max_sessions().unwrap(), 2);
    assert_eq!(
        Refusal::from(place.registry.register(session(3)).unwrap_err()),
        Refusal::Limit {
            max_sessions: 2,
            open: 2
        }
    );
    drop(other);
}

#[test]
fn the_option_applies_in_memory() {
    let options = SessionRegistry::options().max_sessions(1);
    let registry = options.in_memory().unwrap();
    registry.register(session(1)).unwrap();
    assert_eq!(
        Refusal::from(registry.register(session(2)).unwrap_err()),
        Refusal::Limit {
            max_sessions: 1,
            open: 1
        }
    );
}
