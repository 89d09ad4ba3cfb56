//! Handles: cheap clones of one engine, closed together.

use std::path::Path;
use std::thread;

use session_registry::{
    Error, RegistryOptions, Result, Session, SessionRegistry, Sharing, Snapshot,
};

use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, session, spoil, with};

in_every_registry![
    clones_are_one_registry,
    closing_closes_every_clone,
    what_is_invalid_is_told_before_closed,
    dropping_one_clone_closes_nothing,
    threads_share_a_handle,
];

#[test]
fn handles_travel_between_threads() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<SessionRegistry>();
    travels::<Snapshot>();
    travels::<RegistryOptions>();
    travels::<Session>();
    travels::<Error>();
}

fn clones_are_one_registry(place: Place) {
    let clone = place.registry.clone();
    clone.register(session(1)).unwrap();
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(session(1)));
    assert_eq!(clone.path(), place.registry.path());
    assert_eq!(clone.open_report(), place.registry.open_report());
}

/// Every call of part 1 that can fail, by name.
fn every_call(registry: &SessionRegistry) -> Vec<(&'static str, Result<()>)> {
    let subject = session(1);
    vec![
        ("max_sessions", registry.max_sessions().map(drop)),
        ("set_max_sessions", registry.set_max_sessions(5)),
        ("register", registry.register(session(2)).map(drop)),
        (
            "get_or_register",
            registry.get_or_register(session(1)).map(drop),
        ),
        ("update", registry.update(session(1)).map(drop)),
        ("modify", registry.modify(id(1), |_| {}).map(drop)),
        ("rename", registry.rename(id(1), name("a")).map(drop)),
        ("unregister", registry.unregister(id(1)).map(drop)),
        ("clear", registry.clear().map(drop)),
        ("lookup", registry.lookup(id(1)).map(drop)),
        (
            "lookup_by_path",
            registry.lookup_by_path(subject.project_path()).map(drop),
        ),
        (
            "lookup_by_name",
            registry.lookup_by_name("session 1").map(drop),
        ),
        (
            "lookup_all_by_name",
            registry.lookup_all_by_name("session 1").map(drop),
        ),
        ("contains", registry.contains(id(1)).map(drop)),
        ("list_all", registry.list_all().map(drop)),
        ("list_ids", registry.list_ids().map(drop)),
        ("count", registry.count().map(drop)),
        ("is_empty", registry.is_empty().map(drop)),
        (
            "default_session_id",
            registry.default_session_id().map(drop),
        ),
        ("set_default_session", registry.set_default_session(None)),
        ("snapshot", registry.snapshot().map(drop)),
    ]
}

fn closing_closes_every_clone(place: Place) {
    let place = place.with_sessions(1);
    let clone = place.registry.clone();
    // Asked before, so that an answer could have been remembered.
    clone.lookup(id(1)).unwrap();
    clone.lookup_by_name("session 1").unwrap();
    place.registry.clone().close().unwrap();
    for registry in [&clone, &place.registry] {
        for (call, answer) in every_call(registry) {
            assert!(matches!(answer, Err(Error::Closed)), "{call}: {answer:?}");
        }
        assert_eq!(
            registry.path().map(Path::to_path_buf),
            clone.path().map(Path::to_path_buf)
        );
    }
}

fn what_is_invalid_is_told_before_closed(place: Place) {
    place.registry.clone().close().unwrap();
    let error = place
        .registry
        .register(with(&session(1), spoil))
        .unwrap_err();
    assert_eq!(Refusal::from(error), Refusal::spoiled());
}

fn dropping_one_clone_closes_nothing(place: Place) {
    let clone = place.registry.clone();
    drop(clone);
    place.registry.register(session(1)).unwrap();
}

fn threads_share_a_handle(place: Place) {
    place.registry.set_max_sessions(8).unwrap();
    thread::scope(|scope| {
        for number in 1..=8 {
            let registry = &place.registry;
            scope.spawn(move || {
                registry.register(session(number)).unwrap();
                assert!(registry.contains(id(number.into())).unwrap());
            });
        }
    });
    let expected: Vec<_> = (1..=8).map(session).collect();
    assert_eq!(place.registry.list_all().unwrap(), expected);
}

#[test]
fn the_last_drop_closes_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("r.redb");
    let exclusive = SessionRegistry::options().sharing(Sharing::Exclusive);
    let registry = exclusive.open(&file).unwrap();
    let clone = registry.clone();
    drop(registry);
    assert_eq!(exclusive.open(&file).unwrap_err().code(), "in_use");
    drop(clone);
    let registry = exclusive.open(&file).unwrap();
    assert!(!registry.open_report().recovered, "closed, not abandoned");
}

#[test]
fn a_registry_in_memory_has_no_path_and_no_company() {
    let first = SessionRegistry::in_memory().unwrap();
    let second = SessionRegistry::in_memory().unwrap();
    first.register(session(1)).unwrap();
    assert!(second.is_empty().unwrap());
    assert_eq!(first.path(), None);
    assert!(first.open_report().created);
}
