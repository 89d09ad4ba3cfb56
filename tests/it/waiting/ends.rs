//! How a wait ends that came to nothing: with the refusal that stood last, and without a trace.

use std::thread;
use std::time::{Duration, Instant};

use session_registry::{Error, Result, Session, SessionRegistry};

use super::until_waiting;
use crate::support::child::HANG;
use crate::support::owners::{files, owner_files};
use crate::support::place::{Kind, Place, in_every_registry, state};
use crate::support::raw::while_a_peer_writes;
use crate::support::records::{assert_clean, records};
use crate::support::refusal::Refusal;
use crate::support::values::{id, session, spoil, with};

in_every_registry!(
    a_wait_in_vain_leaves_no_trace,
    what_nobody_can_wait_out_is_told_at_once,
    a_session_that_goes_while_one_waits_for_it_is_not_found,
    a_registry_that_is_closed_ends_the_wait,
);

const SHORT: Duration = Duration::from_millis(30);

fn limit(max_sessions: u32, open: u64) -> Refusal {
    Refusal::Limit { max_sessions, open }
}

/// Makes a call that waits, joins the line and is refused in the end.
fn in_vain<T: std::fmt::Debug>(
    place: &Place,
    call: impl FnOnce(&SessionRegistry) -> Result<T>,
) -> Refusal {
    let registry = &place.registry;
    let seen = || {
        let stats = registry.stats().unwrap();
        (state(registry), records(registry), stats.claims)
    };
    let before = seen();
    let refusal = Refusal::from(call(registry).unwrap_err());
    assert_eq!(seen(), before, "after {refusal:?}");
    assert_eq!(registry.waiting().unwrap(), 0);
    if place.kind() != Kind::Memory {
        assert_eq!(owner_files(&place.file()), [""; 0]);
    }
    assert_clean(registry);
    refusal
}

fn a_wait_in_vain_leaves_no_trace(place: Place) {
    let place = place.with_sessions(2);
    place.registry.close_session(id(2)).unwrap();
    place.registry.set_max_sessions(1).unwrap();
    let start = |r: &SessionRegistry| r.start_when_free(session(3), SHORT);
    assert_eq!(in_vain(&place, start), limit(1, 1));
    let register = |r: &SessionRegistry| r.register_when_free(session(3), SHORT);
    assert_eq!(in_vain(&place, register), limit(1, 1));
    let resume = |r: &SessionRegistry| r.resume_when_free(id(2), SHORT);
    assert_eq!(in_vain(&place, resume), limit(1, 1));

    place.registry.set_max_sessions(9).unwrap();
    let same = Session::builder(session(1).project_path().clone()).build();
    let taken = Refusal::PathTaken {
        project_path: same.project_path().clone(),
        holder: id(1),
        open: 1,
        most: 1,
    };
    let register = |r: &SessionRegistry| r.register_when_free(same.clone(), SHORT);
    assert_eq!(in_vain(&place, register), taken);
    // One try, and nothing is ever written.
    place.registry.set_max_sessions(1).unwrap();
    let once = |r: &SessionRegistry| r.start_when_free(session(3), Duration::ZERO);
    assert_eq!(in_vain(&place, once), limit(1, 1));
}

fn what_nobody_can_wait_out_is_told_at_once(place: Place) {
    let place = place.with_sessions(1);
    let begun = Instant::now();
    let spoiled = with(&session(3), spoil);
    let call = |r: &SessionRegistry| r.start_when_free(spoiled.clone(), HANG);
    assert_eq!(in_vain(&place, call), Refusal::spoiled());
    let call = |r: &SessionRegistry| r.register_when_free(spoiled.clone(), HANG);
    assert_eq!(in_vain(&place, call), Refusal::spoiled());
    let other_path = Session::builder(session(2).project_path().clone())
        .id(id(1))
        .build();
    let call = |r: &SessionRegistry| r.start_when_free(other_path.clone(), HANG);
    assert_eq!(in_vain(&place, call), Refusal::Exists(id(1)));
    let call = |r: &SessionRegistry| r.resume_when_free(id(7), HANG);
    assert_eq!(in_vain(&place, call), Refusal::NotFound(id(7)));
    assert!(begun.elapsed() < HANG);
}

fn a_session_that_goes_while_one_waits_for_it_is_not_found(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    registry.close_session(id(1)).unwrap();
    registry.set_max_sessions(0).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| registry.resume_when_free(id(1), HANG));
        until_waiting(registry, 1);
        registry.unregister(id(1)).unwrap();
        let refused = Refusal::from(waiting.join().unwrap().unwrap_err());
        assert_eq!(refused, Refusal::NotFound(id(1)));
    });
    assert_eq!(registry.waiting().unwrap(), 0);
}

fn a_registry_that_is_closed_ends_the_wait(place: Place) {
    let registry = &place.registry;
    registry.set_max_sessions(0).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| registry.start_when_free(session(1), HANG));
        until_waiting(registry, 1);
        registry.clone().close().unwrap();
        let refused = waiting.join().unwrap().unwrap_err();
        assert_eq!(refused.code(), "closed");
    });
    if place.kind() != Kind::Memory {
        // Its row is a dead one's, whom the next in the line removes.
        let registry = place.options().open(place.file()).unwrap();
        assert_eq!(registry.waiting().unwrap(), 0);
        registry.set_max_sessions(1).unwrap();
        drop(registry.start_when_free(session(1), HANG).unwrap());
        assert_eq!(owner_files(&place.file()), [""; 0]);
    }
}

/// The busy timeout is far shorter than the patience.
#[test]
fn a_peer_that_is_long_in_writing_is_waited_out() {
    const TIMEOUT: Duration = Duration::from_millis(1);
    let place = Place::new(Kind::Shared);
    let registry = place
        .options()
        .busy_timeout(TIMEOUT)
        .open(place.file())
        .unwrap();
    let refused = while_a_peer_writes(&place.file(), || {
        registry.start_when_free(session(1), SHORT).unwrap_err()
    });
    match refused {
        Error::Busy { waited, .. } => assert!(waited >= SHORT, "{waited:?}"),
        error => panic!("{error:?}"),
    }
    let started = thread::scope(|scope| {
        let waiting = while_a_peer_writes(&place.file(), || {
            let waiting = scope.spawn(|| registry.start_when_free(session(1), HANG));
            let begun = Instant::now();
            while begun.elapsed() < TIMEOUT * 20 {
                thread::yield_now();
            }
            waiting
        });
        waiting.join().unwrap().unwrap()
    });
    assert_eq!(started.session().id(), id(1));
}

/// A lock that cannot be made is found before anything is written.
#[test]
fn nobody_waits_without_a_proof_of_life() {
    for place in files() {
        let place = place.with_sessions(1);
        place.registry.set_max_sessions(1).unwrap();
        let mut folder = place.file().into_os_string();
        folder.push(".owners");
        std::fs::write(&folder, "in the way").unwrap();
        let begun = Instant::now();
        let refused = place
            .registry
            .start_when_free(session(2), HANG)
            .unwrap_err();
        assert_eq!(refused.code(), "owners_folder");
        assert!(begun.elapsed() < HANG);
        assert_eq!(place.registry.waiting().unwrap(), 0);
    }
}
