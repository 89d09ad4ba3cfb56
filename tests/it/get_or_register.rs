//! `get_or_register`: an agent's first call.

use session_registry::Registration;

use crate::support::place::{Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{id, session, spoil, with};

in_every_registry![
    a_free_path_is_registered,
    a_taken_path_answers_with_its_session,
    it_answers_at_the_limit_too,
    invalid_comes_before_the_open_session,
    limit_comes_before_id,
    the_id_is_checked_when_the_path_is_free,
    history_begins_at_revision_0,
];

fn a_free_path_is_registered(mut place: Place) {
    let answer = place.registry.get_or_register(session(1)).unwrap();
    assert!(answer.is_new());
    assert!(matches!(answer, Registration::Registered { .. }));
    assert_eq!(answer.session(), &session(1));
    assert_eq!(answer.into_session(), session(1));
    place.reopen();
    assert_eq!(place.registry.list_all().unwrap(), [session(1)]);
}

fn a_taken_path_answers_with_its_session(place: Place) {
    let mut place = place.with_sessions(2);
    let newcomer = with(&session(3), |s| {
        s.set_project_path(session(2).project_path().clone());
    });
    let answer = place.unchanged(|r| r.get_or_register(newcomer)).unwrap();
    assert!(!answer.is_new());
    assert!(matches!(answer, Registration::AlreadyOpen { .. }));
    assert_eq!(answer.into_session(), session(2));
    // Also when it is the very same session again.
    let answer = place.unchanged(|r| r.get_or_register(session(1))).unwrap();
    assert!(!answer.is_new());
    assert_eq!(answer.session(), &session(1));
}

fn it_answers_at_the_limit_too(place: Place) {
    let mut place = place.with_sessions(2);
    for limit in [2, 1, 0] {
        place.registry.set_max_sessions(limit).unwrap();
        let answer = place.unchanged(|r| r.get_or_register(session(2))).unwrap();
        assert_eq!(answer.session(), &session(2));
        assert_eq!(
            place.refused(|r| r.get_or_register(session(3))),
            Refusal::Limit {
                max_sessions: limit,
                open: 2
            }
        );
    }
}

fn invalid_comes_before_the_open_session(place: Place) {
    let mut place = place.with_sessions(1);
    for number in [1, 2] {
        let bad = with(&session(number), spoil);
        assert_eq!(
            place.refused(|r| r.get_or_register(bad)),
            Refusal::spoiled()
        );
    }
}

fn limit_comes_before_id(place: Place) {
    let mut place = place.with_sessions(1);
    place.registry.set_max_sessions(1).unwrap();
    let clash = with(&session(1), |s| {
        s.set_project_path(session(2).project_path().clone());
    });
    assert_eq!(
        place.refused(|r| r.get_or_register(clash)),
        Refusal::Limit {
            max_sessions: 1,
            open: 1
        }
    );
}

fn the_id_is_checked_when_the_path_is_free(place: Place) {
    let mut place = place.with_sessions(2);
    let free = with(&session(1), |s| {
        s.set_project_path(session(3).project_path().clone());
    });
    assert_eq!(
        place.refused(|r| r.get_or_register(free)),
        Refusal::Exists(id(1))
    );
    // On a taken path there is nothing to register, whatever the id.
    let taken = with(&session(1), |s| {
        s.set_project_path(session(2).project_path().clone());
    });
    let answer = place.unchanged(|r| r.get_or_register(taken)).unwrap();
    assert_eq!(answer.session(), &session(2));
}

fn history_begins_at_revision_0(place: Place) {
    let place = place.with_sessions(1);
    let old = place
        .registry
        .modify(id(1), |s| s.metadata_mut().clear())
        .unwrap();
    assert_eq!(old.revision(), 1);
    place.registry.unregister(id(1)).unwrap();
    let again = place.registry.get_or_register(old).unwrap();
    assert!(again.is_new());
    assert_eq!(again.session().revision(), 0);
}
