//! What frees a slot lets in who waits for it, in the order in which they came.

use std::thread;
use std::time::Instant;

use session_registry::{Error, Liveness, Result, Session, SessionRegistry, Started, StartedHow};

use super::until_waiting;
use crate::support::child::HANG;
use crate::support::owners::liveness;
use crate::support::place::{Place, in_every_registry};
use crate::support::records::{assert_clean, ids};
use crate::support::values::{id, session};

in_every_registry!(
    whatever_frees_a_slot_lets_the_next_one_in,
    who_comes_first_is_first,
    room_in_another_project_is_nobodys_who_waits_for_this_one,
    a_closed_session_is_resumed_when_there_is_room,
    a_session_is_registered_when_its_project_is_free,
    a_session_that_is_let_go_is_found,
    at_once_where_there_is_room,
);

/// Whatever makes room where session 1 is the only one that may be open.
type Freeing = fn(&SessionRegistry) -> Result<()>;

const FREEINGS: [(&str, Freeing); 6] = [
    ("close", |r| r.close_session(id(1)).map(drop)),
    ("unregister", |r| r.unregister(id(1)).map(drop)),
    ("clear", |r| r.clear().map(drop)),
    ("limit", |r| r.set_max_sessions(2)),
    ("death", |r| r.claim(id(1))?.abandon()),
    ("move", |r| {
        r.set_max_sessions(2)?;
        r.modify(id(1), |s| {
            s.set_project_path(session(9).project_path().clone())
        })?;
        Ok(())
    }),
];

fn whatever_frees_a_slot_lets_the_next_one_in(place: Place) {
    let registry = &place.registry;
    for (what, free) in FREEINGS {
        registry.clear().unwrap();
        registry.set_max_sessions(1).unwrap();
        registry.register(session(1)).unwrap();
        let started = while_waiting(
            registry,
            |r| r.start_when_free(session(2), HANG),
            || {
                free(registry).unwrap();
            },
        );
        assert_eq!(started.session().id(), id(2), "{what}");
        assert_eq!(started.how(), StartedHow::Registered);
        assert_eq!(registry.waiting().unwrap(), 0);
        assert_eq!(liveness(registry, id(2)), Some(Liveness::Alive));
        let reaped = if what == "death" { vec![id(1)] } else { vec![] };
        assert_eq!(ids(started.reaped()), reaped, "{what}");
        assert_clean(registry);
    }
}

/// Calls in a thread, and frees something once that waits.
fn while_waiting<T: Send>(
    registry: &SessionRegistry,
    call: impl FnOnce(&SessionRegistry) -> Result<T> + Send,
    free: impl FnOnce(),
) -> T {
    let before = registry.waiting().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(move || call(registry));
        until_waiting(registry, before + 1);
        free();
        waiting.join().unwrap().unwrap()
    })
}

/// Threads of one handle, which come one after another.
fn who_comes_first_is_first(place: Place) {
    let registry = &place.registry;
    registry.set_max_sessions(0).unwrap();
    let order = [4, 2, 5, 3];
    thread::scope(|scope| {
        let mut waiting = Vec::new();
        for (place, number) in order.into_iter().enumerate() {
            waiting.push(scope.spawn(move || registry.start_when_free(session(number), HANG)));
            until_waiting(registry, place as u64 + 1);
        }
        registry.set_max_sessions(1).unwrap();
        let mut epoch = 0;
        for (waiting, number) in waiting.into_iter().zip(order) {
            let started: Started = waiting.join().unwrap().unwrap();
            assert_eq!(started.session().id(), id(number.into()));
            assert!(started.claim().epoch() > epoch, "overtaken");
            epoch = started.claim().epoch();
            registry.close_session(started.session().id()).unwrap();
        }
    });
    assert_eq!(registry.waiting().unwrap(), 0);
    assert_clean(registry);
}

/// Who waits for a project that is full keeps nobody from another one.
fn room_in_another_project_is_nobodys_who_waits_for_this_one(place: Place) {
    let registry = &place.registry;
    let driver = registry.start(session(1)).unwrap();
    let same = || Session::builder(session(1).project_path().clone()).build();
    let started = while_waiting(
        registry,
        |r| r.start_when_free(same(), HANG),
        || {
            let other = registry.start_when_free(session(2), HANG).unwrap();
            assert_eq!(registry.waiting().unwrap(), 1);
            drop(other);
            driver.claim().check().unwrap();
            registry.close_session(id(1)).unwrap();
        },
    );
    assert_eq!(started.how(), StartedHow::Registered);
}

fn a_closed_session_is_resumed_when_there_is_room(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    registry.close_session(id(1)).unwrap();
    registry.set_max_sessions(0).unwrap();
    let started = while_waiting(
        registry,
        |r| r.resume_when_free(id(1), HANG),
        || {
            registry.set_max_sessions(1).unwrap();
        },
    );
    assert_eq!(started.how(), StartedHow::Reopened);
    assert_eq!(registry.list_ids().unwrap(), [id(1)]);
    assert_eq!(registry.waiting().unwrap(), 0);
}

fn a_session_is_registered_when_its_project_is_free(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let same = Session::builder(session(1).project_path().clone())
        .id(id(2))
        .build();
    let opened = while_waiting(
        registry,
        |r| r.register_when_free(same, HANG),
        || {
            registry.close_session(id(1)).unwrap();
        },
    );
    assert_eq!(opened.session.id(), id(2));
    assert_eq!(opened.reaped, []);
    assert_eq!(registry.list_ids().unwrap(), [id(2)]);
    assert_eq!(liveness(registry, id(2)), None, "nobody drives it");
    assert_clean(registry);
}

/// A project whose one session is driven has one to give as soon as that is let go.
fn a_session_that_is_let_go_is_found(place: Place) {
    let registry = &place.registry;
    let (_, claim) = registry.start(session(1)).unwrap().into_parts();
    let same = Session::builder(session(1).project_path().clone())
        .id(id(2))
        .build();
    let started = while_waiting(
        registry,
        |r| r.start_when_free(same, HANG),
        || {
            claim.release().unwrap();
        },
    );
    assert_eq!(
        (started.session().id(), started.how()),
        (id(1), StartedHow::Found)
    );
}

fn at_once_where_there_is_room(place: Place) {
    let registry = &place.registry;
    let begun = Instant::now();
    drop(registry.start_when_free(session(1), HANG).unwrap());
    registry.close_session(id(1)).unwrap();
    drop(registry.resume_when_free(id(1), HANG).unwrap());
    let opened = registry.register_when_free(session(2), HANG).unwrap();
    assert_eq!(opened.session, session(2));
    // A driven session is let go by nobody, however long one waits.
    let claim = registry.claim(id(2)).unwrap();
    match registry.resume_when_free(id(2), HANG).unwrap_err() {
        Error::AlreadyClaimed { id: of, .. } => assert_eq!(of, id(2)),
        error => panic!("{error:?}"),
    }
    claim.check().unwrap();
    assert!(begun.elapsed() < HANG);
    assert_eq!(registry.waiting().unwrap(), 0);
}
