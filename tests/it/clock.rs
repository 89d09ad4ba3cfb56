//! The clock is the caller's code: read once per change, before anything is locked.

use std::sync::{Arc, OnceLock};

use session_registry::SessionRegistry;

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::values::{START, at, id, name, path, session, with};

in_every_registry![
    a_change_reads_the_clock_once,
    the_given_clock_stamps,
    a_session_of_the_registry_begins_by_its_clock,
];

fn a_change_reads_the_clock_once(place: Place) {
    let place = place.with_sessions(2);
    let (registry, clock) = (&place.registry, &place.clock);
    let read_once = |what: &str, change: &dyn Fn()| {
        let before = clock.reads();
        change();
        assert_eq!(clock.reads() - before, 1, "{what}");
    };
    read_once("update", &|| {
        let changed = with(&session(1), |s| s.set_name(name("a")));
        registry.update(changed).unwrap();
    });
    read_once("modify", &|| {
        registry.modify(id(1), |s| s.set_name(name("b"))).unwrap();
    });
    read_once("rename", &|| {
        registry.rename(id(1), name("c")).unwrap();
    });
}

fn the_given_clock_stamps(place: Place) {
    let place = place.with_sessions(1);
    place.clock.set(at(START + 77));
    let renamed = place.registry.rename(id(1), name("a")).unwrap();
    assert_eq!(renamed.updated_at(), at(START + 77));
}

/// A clock that writes to the registry itself: it would wait for its own caller's transaction.
#[test]
fn no_transaction_is_open_while_the_clock_is_read() {
    let place = Place::new(Kind::Shared).with_sessions(2);
    place.registry.clone().close().unwrap();
    let own: Arc<OnceLock<SessionRegistry>> = Arc::default();
    let seen = Arc::clone(&own);
    let registry = place
        .options()
        .clock(move || {
            if let Some(registry) = seen.get() {
                registry.set_max_sessions(5).unwrap();
                registry.set_max_sessions(6).unwrap();
            }
            at(START)
        })
        .open(place.file())
        .unwrap();
    assert!(own.set(registry.clone()).is_ok());
    registry.rename(id(1), name("a")).unwrap();
    registry
        .modify(id(2), |s| s.metadata_mut().clear())
        .unwrap();
    registry.register(session(3)).unwrap();
    assert_eq!(registry.max_sessions().unwrap(), 6);
    assert_eq!(registry.count().unwrap(), 3);
}

fn a_session_of_the_registry_begins_by_its_clock(place: Place) {
    let before = place.clock.reads();
    let built = place.registry.session(path("/work/app")).build();
    assert_eq!(place.clock.reads() - before, 1);
    assert_eq!(built.created_at(), at(START));
    assert_eq!(built.updated_at(), at(START));
    assert_eq!(built.last_active_at(), at(START));
    assert_eq!(built.project_path(), &path("/work/app"));
    assert_eq!(
        place.registry.count().unwrap(),
        0,
        "nothing is registered yet"
    );
    assert_eq!(place.registry.register(built.clone()).unwrap(), built);
}
