//! `register`: what is stored, and in which order it is refused.

use session_registry::Session;

use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{START, at, id, session, spoil, with};

in_every_registry![
    a_session_is_stored_as_given,
    the_returned_session_is_the_stored_one,
    history_begins_at_revision_0_with_the_given_times,
    every_problem_is_told_at_once,
    invalid_comes_before_limit_before_id_before_path,
    the_id_comes_before_the_path,
    the_limit_comes_before_the_path,
    a_taken_path_names_its_holder,
    one_name_may_be_used_twice,
    the_slots_are_all_usable,
];

fn a_session_is_stored_as_given(mut place: Place) {
    let given = session(1);
    assert_eq!(place.registry.register(given.clone()).unwrap(), given);
    place.reopen();
    assert_eq!(
        place.registry.lookup(given.id()).unwrap(),
        Some(given.clone())
    );
    assert_eq!(place.registry.list_all().unwrap(), [given]);
}

fn the_returned_session_is_the_stored_one(place: Place) {
    let stored = place.registry.register(session(1)).unwrap();
    let changed = with(&stored, |s| s.metadata_mut().clear());
    assert_eq!(place.registry.update(changed).unwrap().revision(), 1);
}

fn history_begins_at_revision_0_with_the_given_times(mut place: Place) {
    let registry = &place.registry;
    registry.register(session(1)).unwrap();
    place.clock.set(at(START + 500));
    let old = registry
        .modify(id(1), |s| s.metadata_mut().clear())
        .unwrap();
    assert_eq!((old.revision(), old.updated_at()), (1, at(START + 500)));
    registry.unregister(id(1)).unwrap();

    place.clock.set(at(START + 900));
    let again = registry.register(old.clone()).unwrap();
    assert_eq!(again.revision(), 0);
    assert_eq!(again.created_at(), at(START + 1));
    assert_eq!(again.updated_at(), at(START + 500));
    place.reopen();
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(again));
}

fn every_problem_is_told_at_once(mut place: Place) {
    let bad = with(&session(1), |s| {
        s.set_config(
            session_registry::SessionConfig::new()
                .provider("")
                .temperature(3.0)
                .max_tokens(0),
        );
        s.metadata_mut().insert("\n".into(), "x".repeat(70_000));
    });
    let Refusal::Invalid(problems) = place.refused(|r| r.register(bad.clone())) else {
        panic!("another refusal");
    };
    let fields: Vec<_> = problems.iter().map(|problem| problem.field()).collect();
    assert_eq!(
        fields,
        [
            "config.provider",
            "config.temperature",
            "config.max_tokens",
            "metadata",
            "metadata"
        ]
    );
    assert_eq!(bad.validate().unwrap_err().problems(), problems);
}

/// A session that breaks every rule, mended rule by rule.
fn invalid_comes_before_limit_before_id_before_path(place: Place) {
    let mut place = place.with_sessions(1);
    place.registry.set_max_sessions(1).unwrap();
    let holder = session(1);

    let bad = with(&holder, spoil);
    assert_eq!(place.refused(|r| r.register(bad)), Refusal::spoiled());

    let limit = Refusal::Limit {
        max_sessions: 1,
        open: 1,
    };
    let same = holder.clone();
    assert_eq!(place.refused(|r| r.register(same.clone())), limit);

    place.registry.set_max_sessions(2).unwrap();
    assert_eq!(
        place.refused(|r| r.register(same)),
        Refusal::Exists(holder.id())
    );

    let other_id = on_path_of(&holder, 2);
    let taken = Refusal::PathTaken {
        open: 1,
        most: 1,
        project_path: holder.project_path().clone(),
        holder: holder.id(),
    };
    assert_eq!(place.refused(|r| r.register(other_id)), taken);

    assert_eq!(place.registry.register(session(2)).unwrap(), session(2));
}

fn the_id_comes_before_the_path(place: Place) {
    let mut place = place.with_sessions(2);
    let both = on_path_of(&session(2), 1);
    assert_eq!(place.refused(|r| r.register(both)), Refusal::Exists(id(1)));
}

fn the_limit_comes_before_the_path(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.set_max_sessions(2).unwrap();
    let second = on_path_of(&session(1), 3);
    assert_eq!(
        place.refused(|r| r.register(second)),
        Refusal::Limit {
            max_sessions: 2,
            open: 2
        }
    );
}

fn a_taken_path_names_its_holder(place: Place) {
    let mut place = place.with_sessions(3);
    let second = on_path_of(&session(2), 4);
    let project_path = session(2).project_path().clone();
    assert_eq!(
        place.refused(|r| r.register(second)),
        Refusal::PathTaken {
            open: 1,
            most: 1,
            project_path,
            holder: id(2)
        }
    );
}

fn one_name_may_be_used_twice(place: Place) {
    let place = place.with_sessions(1);
    let namesake = with(&session(2), |s| s.set_name(session(1).name().clone()));
    assert_eq!(place.registry.register(namesake.clone()).unwrap(), namesake);
    assert_eq!(place.registry.count().unwrap(), 2);
}

fn the_slots_are_all_usable(place: Place) {
    let limit = session_registry::DEFAULT_MAX_SESSIONS;
    let mut place = place.with_sessions(limit);
    assert_eq!(place.registry.count().unwrap(), u64::from(limit));
    assert_eq!(
        place.refused(|r| r.register(session(limit + 1))),
        Refusal::Limit {
            max_sessions: 10,
            open: 10
        }
    );
    place.registry.unregister(id(3)).unwrap();
    place.registry.register(session(limit + 1)).unwrap();
}

/// Session `number`, on the path of `holder`.
fn on_path_of(holder: &Session, number: u32) -> Session {
    with(&session(number), |s| {
        s.set_project_path(holder.project_path().clone());
    })
}
