//! `update`: compare-and-set, and what is never taken from the caller.

use session_registry::{Session, SessionConfig, Timestamp};

use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{START, at, id, name, path, session, spoil, with};

in_every_registry![
    every_changeable_field_is_stored,
    an_old_copy_is_refused,
    id_creation_time_and_revision_are_not_taken_from_the_caller,
    nothing_new_writes_nothing,
    the_clock_stamps_and_never_goes_back,
    the_clock_may_stand_before_the_creation,
    invalid_comes_before_not_found,
    invalid_comes_before_conflict,
    conflict_comes_before_the_path,
    a_taken_path_is_refused,
    a_path_may_be_left_and_taken,
    an_update_needs_no_slot,
    each_index_follows,
];

fn every_changeable_field_is_stored(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(at(START + 700));
    let wanted = with(&session(1), |s| {
        s.set_name(name("renamed"));
        s.set_project_path(path("/work/moved"));
        s.set_config(SessionConfig::new().model("opus").max_tokens(1));
        s.metadata_mut().insert("branch".into(), "main".into());
    });
    let stored = place.registry.update(wanted.clone()).unwrap();
    assert_eq!(stored.revision(), 1);
    assert_eq!(stored.updated_at(), at(START + 700));
    assert_eq!(content(&stored), content(&wanted));
    place.reopen();
    assert_eq!(place.registry.list_all().unwrap(), [stored]);
}

fn an_old_copy_is_refused(place: Place) {
    let mut place = place.with_sessions(1);
    let first = with(&session(1), |s| s.set_name(name("first")));
    let second = with(&session(1), |s| s.set_name(name("second")));
    let stored = place.registry.update(first).unwrap();
    let conflict = Refusal::Conflict {
        id: id(1),
        expected: 0,
        found: 1,
    };
    assert_eq!(place.refused(|r| r.update(second)), conflict);
    // Not even what would change nothing, and not what is from the future.
    let same = with(&session(1), |s| s.set_name(name("first")));
    assert_eq!(place.refused(|r| r.update(same)), conflict);
    let next = with(&stored, |s| s.set_name(name("third")));
    place.registry.update(next).unwrap();
    assert_eq!(
        place.refused(|r| r.update(stored)),
        Refusal::Conflict {
            id: id(1),
            expected: 1,
            found: 2
        }
    );
}

fn id_creation_time_and_revision_are_not_taken_from_the_caller(place: Place) {
    let mut place = place.with_sessions(1);
    let forged = Session::builder(path("/work/forged"))
        .id(id(1))
        .name(name("forged"))
        .created_at(Timestamp::MIN)
        .build();
    place.clock.set(at(START + 50));
    let stored = place.registry.update(forged).unwrap();
    assert_eq!(stored.id(), id(1));
    assert_eq!(stored.created_at(), session(1).created_at());
    assert_eq!(stored.updated_at(), at(START + 50));
    assert_eq!(stored.revision(), 1);
    assert_eq!(stored.name(), &name("forged"));
    place.reopen();
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(stored));
}

fn nothing_new_writes_nothing(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(at(START + 700));
    let same = place.unchanged(|r| r.update(session(1))).unwrap();
    assert_eq!(same, session(1));
    // Another creation time is not a change either, because it is not taken.
    let older = Session::builder(session(1).project_path().clone())
        .id(id(1))
        .name(session(1).name().clone())
        .config(session(1).config().clone())
        .metadata("number", "1")
        .created_at(Timestamp::MAX)
        .build();
    assert_eq!(place.unchanged(|r| r.update(older)).unwrap(), session(1));
}

fn the_clock_stamps_and_never_goes_back(place: Place) {
    let mut place = place.with_sessions(1);
    let mut session = session(1);
    for (clock, stamp) in [(900, 900), (100, 900), (900, 900), (901, 901), (-5, 901)] {
        place.clock.set(at(START + clock));
        let before = session.revision();
        let step = clock.to_string();
        session.metadata_mut().insert("step".into(), step);
        session = place.registry.update(session).unwrap();
        assert_eq!(session.updated_at(), at(START + stamp), "clock at {clock}");
        assert_eq!(session.revision(), before + 1);
    }
    place.reopen();
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(session));
}

fn the_clock_may_stand_before_the_creation(place: Place) {
    let place = place.with_sessions(1);
    place.clock.set(Timestamp::MIN);
    let stored = place
        .registry
        .update(with(&session(1), |s| s.metadata_mut().clear()))
        .unwrap();
    assert_eq!(stored.updated_at(), session(1).created_at());
}

fn invalid_comes_before_not_found(place: Place) {
    let mut place = place.with_sessions(1);
    let unknown = session(2);
    let bad = with(&unknown, spoil);
    assert_eq!(place.refused(|r| r.update(bad)), Refusal::spoiled());
    assert_eq!(
        place.refused(|r| r.update(unknown)),
        Refusal::NotFound(id(2))
    );
}

fn invalid_comes_before_conflict(place: Place) {
    let mut place = place.with_sessions(1);
    place
        .registry
        .rename(id(1), name("changed meanwhile"))
        .unwrap();
    let bad = with(&session(1), spoil);
    assert_eq!(place.refused(|r| r.update(bad)), Refusal::spoiled());
}

fn conflict_comes_before_the_path(place: Place) {
    let mut place = place.with_sessions(2);
    place
        .registry
        .rename(id(1), name("changed meanwhile"))
        .unwrap();
    let both = with(&session(1), |s| {
        s.set_project_path(session(2).project_path().clone());
    });
    assert_eq!(
        place.refused(|r| r.update(both)),
        Refusal::Conflict {
            id: id(1),
            expected: 0,
            found: 1
        }
    );
}

/// The Elixir registry let an update give two sessions one path.
fn a_taken_path_is_refused(place: Place) {
    let mut place = place.with_sessions(2);
    let project_path = session(2).project_path().clone();
    let wanted = with(&session(1), |s| {
        s.set_name(name("not stored either"));
        s.set_project_path(project_path.clone());
    });
    assert_eq!(
        place.refused(|r| r.update(wanted)),
        Refusal::PathTaken {
            open: 1,
            most: 1,
            project_path,
            holder: id(2)
        }
    );
}

fn a_path_may_be_left_and_taken(place: Place) {
    let place = place.with_sessions(2);
    let registry = &place.registry;
    let left = session(1).project_path().clone();
    registry
        .update(with(&session(1), |s| s.set_project_path(path("/work/new"))))
        .unwrap();
    let second = registry
        .update(with(&session(2), |s| s.set_project_path(left.clone())))
        .unwrap();
    assert_eq!(registry.lookup_by_path(&left).unwrap(), Some(second));
    let free = session(2).project_path().clone();
    assert_eq!(registry.lookup_by_path(&free).unwrap(), None);
    let third = with(&session(3), |s| s.set_project_path(free));
    registry.register(third).unwrap();
}

fn an_update_needs_no_slot(place: Place) {
    let place = place.with_sessions(2);
    place.registry.set_max_sessions(0).unwrap();
    let moved = with(&session(1), |s| s.set_project_path(path("/work/new")));
    assert_eq!(place.registry.update(moved).unwrap().revision(), 1);
}

fn each_index_follows(place: Place) {
    let mut place = place.with_sessions(2);
    let moved = with(&session(1), |s| {
        s.set_name(name("session 2"));
        s.set_project_path(path("/work/new"));
    });
    let stored = place.registry.update(moved).unwrap();
    place.reopen();
    let registry = &place.registry;
    assert_eq!(registry.lookup_by_name("session 1").unwrap(), None);
    assert_eq!(
        registry.lookup_all_by_name("session 2").unwrap(),
        [stored.clone(), session(2)]
    );
    assert_eq!(
        registry.lookup_by_path(session(1).project_path()).unwrap(),
        None
    );
    assert_eq!(
        registry.lookup_by_path(&path("/work/new")).unwrap(),
        Some(stored)
    );
    assert_eq!(registry.count().unwrap(), 2);
}

/// What an update may change.
fn content(session: &Session) -> impl PartialEq + std::fmt::Debug + '_ {
    (
        session.name(),
        session.project_path(),
        session.config(),
        session.metadata(),
    )
}
