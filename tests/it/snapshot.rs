//! Snapshots: every answer from one moment.

use session_registry::{Session, SessionId, Snapshot};

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::values::{id, name, session};

in_every_registry![
    every_question_is_answered_from_one_moment,
    a_new_snapshot_sees_what_is_new,
    it_outlives_the_handle_that_took_it,
    a_closed_registry_answers_closed,
];

#[derive(Debug, PartialEq)]
struct Answers {
    all: Vec<Session>,
    ids: Vec<SessionId>,
    by_id: Option<Session>,
    by_path: Option<Session>,
    by_name: Option<Session>,
    all_by_name: Vec<Session>,
    contains: bool,
    count: u64,
    is_empty: bool,
    default: Option<SessionId>,
    limit: u32,
}

/// Every question, about session 1 where it is about one.
fn ask(snapshot: &Snapshot) -> Answers {
    let subject = session(1);
    let name = subject.name().as_str();
    Answers {
        all: snapshot.list_all().unwrap(),
        ids: snapshot.list_ids().unwrap(),
        by_id: snapshot.lookup(subject.id()).unwrap(),
        by_path: snapshot.lookup_by_path(subject.project_path()).unwrap(),
        by_name: snapshot.lookup_by_name(name).unwrap(),
        all_by_name: snapshot.lookup_all_by_name(name).unwrap(),
        contains: snapshot.contains(subject.id()).unwrap(),
        count: snapshot.count().unwrap(),
        is_empty: snapshot.is_empty().unwrap(),
        default: snapshot.default_session_id().unwrap(),
        limit: snapshot.max_sessions().unwrap(),
    }
}

fn with_session_1_alone() -> Answers {
    Answers {
        all: vec![session(1)],
        ids: vec![id(1)],
        by_id: Some(session(1)),
        by_path: Some(session(1)),
        by_name: Some(session(1)),
        all_by_name: vec![session(1)],
        contains: true,
        count: 1,
        is_empty: false,
        default: Some(id(1)),
        limit: 10,
    }
}

fn every_question_is_answered_from_one_moment(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let snapshot = registry.snapshot().unwrap();
    assert_eq!(ask(&snapshot), with_session_1_alone());
    registry.register(session(2)).unwrap();
    registry.set_default_session(Some(id(2))).unwrap();
    assert_eq!(ask(&snapshot), with_session_1_alone());
    registry.rename(id(1), name("renamed")).unwrap();
    registry.unregister(id(1)).unwrap();
    registry.set_max_sessions(3).unwrap();
    assert_eq!(ask(&snapshot), with_session_1_alone());
    registry.clear().unwrap();
    assert_eq!(ask(&snapshot), with_session_1_alone());
    assert!(registry.is_empty().unwrap());
}

fn a_new_snapshot_sees_what_is_new(place: Place) {
    let registry = &place.registry;
    let empty = registry.snapshot().unwrap();
    registry.register(session(1)).unwrap();
    let one = registry.snapshot().unwrap();
    registry.clear().unwrap();
    assert_eq!(ask(&one), with_session_1_alone());
    for snapshot in [empty, registry.snapshot().unwrap()] {
        let answers = ask(&snapshot);
        assert_eq!(answers.all, []);
        assert!(answers.is_empty && !answers.contains);
        assert_eq!((answers.count, answers.default), (0, None));
    }
}

fn it_outlives_the_handle_that_took_it(place: Place) {
    let snapshot = {
        let handle = place.registry.clone();
        handle.register(session(1)).unwrap();
        handle.snapshot().unwrap()
    };
    drop(place);
    assert_eq!(ask(&snapshot), with_session_1_alone());
}

fn a_closed_registry_answers_closed(place: Place) {
    let place = place.with_sessions(1);
    let snapshot = place.registry.snapshot().unwrap();
    place.registry.clone().close().unwrap();
    let subject = session(1);
    let codes = [
        snapshot.list_all().unwrap_err().code(),
        snapshot.list_ids().unwrap_err().code(),
        snapshot.lookup(id(1)).unwrap_err().code(),
        snapshot
            .lookup_by_path(subject.project_path())
            .unwrap_err()
            .code(),
        snapshot.lookup_by_name("session 1").unwrap_err().code(),
        snapshot.lookup_all_by_name("session 1").unwrap_err().code(),
        snapshot.contains(id(1)).unwrap_err().code(),
        snapshot.count().unwrap_err().code(),
        snapshot.is_empty().unwrap_err().code(),
        snapshot.default_session_id().unwrap_err().code(),
        snapshot.max_sessions().unwrap_err().code(),
    ];
    assert_eq!(codes, ["closed"; 11]);
}

#[test]
fn it_does_not_see_what_another_handle_writes() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let other = place.options().open(place.file()).unwrap();
    let snapshot = place.registry.snapshot().unwrap();
    other.register(session(2)).unwrap();
    assert_eq!(place.registry.count().unwrap(), 2);
    assert_eq!(ask(&snapshot), with_session_1_alone());
}

#[test]
fn it_does_not_hold_a_closed_file() {
    let place = Place::new(Kind::Exclusive).with_sessions(1);
    let snapshot = place.registry.snapshot().unwrap();
    place.registry.clone().close().unwrap();
    drop(snapshot);
    assert_eq!(
        place.options().open(place.file()).unwrap().count().unwrap(),
        1
    );
}
