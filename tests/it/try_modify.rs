//! Changes that the caller may refuse.

use std::cell::Cell;

use session_registry::{Error, Session};

use crate::support::place::{Place, in_every_registry, state};
use crate::support::values::{id, name, session, spoil};

in_every_registry![
    the_answer_comes_with_what_is_stored,
    a_refusal_writes_nothing,
    the_last_run_answers,
    the_registrys_own_errors_come_through,
    a_claim_tries_too,
];

#[derive(Debug)]
enum Refusal {
    Full,
    Registry(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Registry(error)
    }
}

fn the_answer_comes_with_what_is_stored(place: Place) {
    let place = place.with_sessions(1);
    let rename = |session: &mut Session| {
        let old = session.name().clone();
        session.set_name(name("new"));
        Ok::<_, Error>(old)
    };
    let (stored, old) = place.registry.try_modify(id(1), rename).unwrap();
    assert_eq!(old, *session(1).name());
    assert_eq!((stored.name(), stored.revision()), (&name("new"), 1));
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(stored));
}

fn a_refusal_writes_nothing(place: Place) {
    let place = place.with_sessions(1);
    let before = state(&place.registry);
    let mut runs = 0;
    let refused = place.registry.try_modify(id(1), |session| {
        runs += 1;
        session.set_name(name("new"));
        Err::<(), _>(Refusal::Full)
    });
    assert!(matches!(refused, Err(Refusal::Full)), "{refused:?}");
    assert_eq!((runs, state(&place.registry)), (1, before));
}

fn the_last_run_answers(place: Place) {
    let place = place.with_sessions(1);
    let runs = Cell::new(0);
    let change = |session: &mut Session| {
        runs.set(runs.get() + 1);
        if runs.get() == 1 {
            // Somebody else comes between.
            place.registry.rename(id(1), name("theirs")).unwrap();
        }
        let seen = session.name().to_string();
        session.metadata_mut().insert("seen".into(), seen);
        Ok::<_, Refusal>(runs.get())
    };
    let (stored, answer) = place.registry.try_modify(id(1), change).unwrap();
    assert_eq!((answer, stored.revision()), (2, 2));
    assert_eq!(stored.metadata()["seen"], "theirs");
}

fn the_registrys_own_errors_come_through(place: Place) {
    let place = place.with_sessions(2);
    let try_it = |number: u128, change: fn(&mut Session)| {
        let tried = place.registry.try_modify(id(number), |session| {
            change(session);
            Ok::<_, Refusal>(())
        });
        match tried {
            Err(Refusal::Registry(error)) => error.code(),
            other => panic!("{other:?}"),
        }
    };
    let before = state(&place.registry);
    assert_eq!(try_it(9, |_| ()), "not_found");
    assert_eq!(try_it(1, spoil), "invalid_session");
    let onto_other = |s: &mut Session| s.set_project_path(session(2).project_path().clone());
    assert_eq!(try_it(1, onto_other), "project_already_open");
    assert_eq!(state(&place.registry), before);
}

fn a_claim_tries_too(place: Place) {
    let place = place.with_sessions(1);
    let claim = place.registry.claim(id(1)).unwrap();
    let mark = |key: &'static str| {
        claim.try_modify(move |session| {
            if session.metadata().len() == 2 {
                return Err(Refusal::Full);
            }
            session.metadata_mut().insert(key.into(), String::new());
            Ok(session.metadata().len())
        })
    };
    let (stored, length) = mark("a").unwrap();
    assert_eq!((stored.revision(), length), (1, 2));
    assert!(matches!(mark("b"), Err(Refusal::Full)));
    let other = place.registry.take_over(id(1)).unwrap();
    match mark("c") {
        Err(Refusal::Registry(error)) => assert_eq!(error.code(), "ownership_lost"),
        other => panic!("{other:?}"),
    }
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(stored));
    other.release().unwrap();
}
