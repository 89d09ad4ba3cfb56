//! Beginning to drive a session, open or closed, in one commit, and taking that back.

use std::fs;

use session_registry::{
    CloseReason, Liveness, Order, Query, Session, SessionId, SessionRegistry, StartedHow,
    StateFilter,
};

use crate::support::owners::{dead_owner_beside, files, leave_dead_owner, liveness, owner_files};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, closing, ids, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, second, session};

in_every_registry!(
    a_closed_session_is_opened_and_claimed_with_one_revision,
    an_open_session_is_claimed_as_it_is,
    a_start_that_is_undone_leaves_no_trace,
    what_came_after_a_start_is_not_undone,
);

/// What a start may not change for good: everything but revision and time of the last change.
fn kept(registry: &SessionRegistry) -> Vec<impl PartialEq + std::fmt::Debug> {
    let kept = |session: Session| {
        (
            session.id(),
            session.name().clone(),
            session.project_path().clone(),
            session.state(),
            session.last_active_at(),
            registry
                .owner(session.id())
                .unwrap()
                .map(|o| (o.pid, o.claimed_at, o.liveness)),
        )
    };
    records(registry).into_iter().map(kept).collect()
}

fn interrupted(registry: &SessionRegistry) -> Vec<SessionId> {
    ids(&registry.interrupted().unwrap())
}

fn a_closed_session_is_opened_and_claimed_with_one_revision(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    place.clock.set(second(5));
    let closed = registry.close_session(id(1)).unwrap();
    place.clock.set(second(9));
    let started = registry.resume(id(1)).unwrap();
    assert_eq!(started.how(), StartedHow::Reopened);
    assert_eq!(started.reaped(), []);
    let session = started.session();
    assert_eq!(registry.lookup(id(1)).unwrap().as_ref(), Some(session));
    assert!(session.state().is_open());
    assert_eq!(session.revision(), closed.revision() + 1);
    assert_eq!(
        (session.updated_at(), session.last_active_at()),
        (second(9), second(9))
    );
    started.claim().check().unwrap();
    assert_eq!(liveness(registry, id(1)), Some(Liveness::Alive));
    let (_, claim) = started.into_parts();
    claim.release().unwrap();
    assert_eq!(liveness(registry, id(1)), None);
    assert_clean(registry);
}

fn an_open_session_is_claimed_as_it_is(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    place.clock.set(second(9));
    let started = registry.resume(id(1)).unwrap();
    assert_eq!(started.how(), StartedHow::Found);
    let session = started.session();
    assert_eq!(registry.lookup(id(1)).unwrap().as_ref(), Some(session));
    assert_eq!(
        (session.revision(), session.last_active_at()),
        (0, second(9))
    );
    drop(started);
    assert_eq!(liveness(registry, id(1)), None);
}

/// A start that failed moved the last activity, and what a crash had left was forgotten.
fn a_start_that_is_undone_leaves_no_trace(place: Place) {
    let place = place.with_sessions(4);
    let registry = &place.registry;
    let dies = |number| registry.claim(id(number)).unwrap().abandon().unwrap();
    // 1 is closed on request, 2 because its owner died, 3 is open with a dead owner, 4 with none.
    registry.close_session(id(1)).unwrap();
    place.clock.set(second(3));
    dies(2);
    registry.set_max_sessions(3).unwrap();
    registry.reopen(id(1)).unwrap();
    registry.close_session(id(1)).unwrap();
    registry.set_max_sessions(9).unwrap();
    place.clock.set(second(4));
    dies(3);
    let reason = |number| closing(&registry.lookup(id(number)).unwrap().unwrap()).map(|(_, r)| r);
    assert_eq!(reason(2), Some(CloseReason::OwnerDied));
    assert_eq!(interrupted(registry), [id(3), id(2)]);
    let by_activity = Query::new()
        .state(StateFilter::Any)
        .order(Order::LastActive);
    let order = || ids(&registry.list(&by_activity).unwrap().items);

    let (before, listed, active) = (kept(registry), interrupted(registry), order());
    for number in 1..=4_u8 {
        place.clock.set(second(100 + i64::from(number)));
        let started = registry.resume(id(number.into())).unwrap();
        assert_ne!(kept(registry), before);
        let undone = started.undo().unwrap();
        assert_eq!(Some(undone), registry.lookup(id(number.into())).unwrap());
        assert_eq!(kept(registry), before);
        assert_eq!(
            (interrupted(registry), order()),
            (listed.clone(), active.clone())
        );
        assert_clean(registry);
    }
    let revision = |number| registry.lookup(id(number)).unwrap().unwrap().revision();
    assert_eq!(
        (revision(3), revision(4)),
        (0, 0),
        "activity alone is no revision"
    );
}

fn what_came_after_a_start_is_not_undone(place: Place) {
    let place = place.with_sessions(3);
    let registry = &place.registry;
    let closed = |number| {
        registry.close_session(id(number)).unwrap();
        place.clock.set(second(100));
        registry.resume(id(number)).unwrap()
    };
    // Changed by somebody.
    let started = closed(1);
    registry.rename(id(1), name("other")).unwrap();
    let (expected, found) = (2, 3);
    let refusal = Refusal::from(started.undo().unwrap_err());
    assert_eq!(
        refusal,
        Refusal::Conflict {
            id: id(1),
            expected,
            found
        }
    );
    assert!(registry.lookup(id(1)).unwrap().unwrap().state().is_open());
    assert_eq!(liveness(registry, id(1)), None, "the claim is over");
    // Taken over.
    let started = closed(2);
    let other = registry.take_over(id(2)).unwrap();
    assert_eq!(started.undo().unwrap_err().code(), "ownership_lost");
    other.check().unwrap();
    // Somebody worked in it: that stays.
    let started = closed(3);
    place.clock.set(second(200));
    registry.touch(id(3)).unwrap();
    let undone = started.undo().unwrap();
    assert!(!undone.state().is_open());
    assert_eq!(undone.last_active_at(), second(200));
}

/// A refused resume of a closed session left it open, with its slot taken.
#[test]
fn a_refused_resume_leaves_a_closed_session_closed() {
    for place in files() {
        let mut place = place.with_sessions(1);
        place.registry.close_session(id(1)).unwrap();
        let mut folder = place.file().into_os_string();
        folder.push(".owners");
        fs::write(&folder, "in the way").unwrap();
        let refusal = refused(&mut place, |registry| registry.resume(id(1)).map(drop));
        assert!(matches!(refusal, Refusal::Other(_)), "{refusal:?}");
        assert_eq!(fs::read(&folder).unwrap(), b"in the way");
    }
}

#[test]
fn every_refusal_changes_nothing_and_leaves_no_lock_file() {
    let refuse = |place: &mut Place, number, takes_over| {
        let refusal = refused(place, |registry| {
            let started = if takes_over {
                registry.resume_taking_over(id(number))
            } else {
                registry.resume(id(number))
            };
            started.map(drop)
        });
        assert_eq!(owner_files(&place.file()), [""; 0]);
        refusal
    };
    for place in files() {
        let mut place = place.with_sessions(2);
        for takes_over in [false, true] {
            assert_eq!(refuse(&mut place, 9, takes_over), Refusal::NotFound(id(9)));
        }
        place.registry.close_session(id(1)).unwrap();
        let rival = Session::builder(session(1).project_path().clone())
            .id(id(7))
            .build();
        place.registry.register(rival).unwrap();
        place.registry.set_max_sessions(2).unwrap();
        for takes_over in [false, true] {
            let (max_sessions, open) = (2, 2);
            let limit = Refusal::Limit { max_sessions, open };
            assert_eq!(refuse(&mut place, 1, takes_over), limit, "the limit first");
        }
        place.registry.set_max_sessions(3).unwrap();
        let (project_path, holder) = (session(1).project_path().clone(), id(7));
        let taken = Refusal::PathTaken {
            open: 1,
            most: 1,
            project_path,
            holder,
        };
        assert_eq!(refuse(&mut place, 1, false), taken);
    }
    let place = Place::new(Kind::Shared).with_sessions(1);
    let other = SessionRegistry::open(place.file()).unwrap();
    let driver = place.registry.resume(id(1)).unwrap();
    assert_eq!(other.resume(id(1)).unwrap_err().code(), "already_claimed");
    assert_eq!(owner_files(&place.file()).len(), 1, "the driver's");
    driver.claim().check().unwrap();
}

#[test]
fn who_makes_room_is_told_and_stays_closed() {
    let mut place = Place::new(Kind::Shared).with_sessions(2);
    place.registry.close_session(id(1)).unwrap();
    leave_dead_owner(&mut place, id(2));
    place.registry.set_max_sessions(1).unwrap();
    let started = place.registry.resume(id(1)).unwrap();
    assert_eq!(ids(started.reaped()), [id(2)]);
    started.undo().unwrap();
    assert_eq!(place.registry.list_ids().unwrap(), []);
    assert_eq!(interrupted(&place.registry), [id(2)]);
}

/// Its lock file was swept away between the start and its end, and the session was listed no more.
#[test]
fn an_undone_start_leaves_a_dead_owner_dead_for_everybody() {
    let place = Place::new(Kind::Shared).with_sessions(2);
    let other = SessionRegistry::open(place.file()).unwrap();
    dead_owner_beside(&place.file(), id(1));
    let started = place.registry.resume(id(1)).unwrap();
    // Claiming sweeps.
    other.claim(id(2)).unwrap().release().unwrap();
    started.undo().unwrap();
    other.claim(id(2)).unwrap().release().unwrap();
    for registry in [&place.registry, &other] {
        assert_eq!(liveness(registry, id(1)), Some(Liveness::Dead));
        assert_eq!(interrupted(registry), [id(1)]);
    }
    assert_eq!(owner_files(&place.file()).len(), 1);
    other.resume(id(1)).unwrap().undo().unwrap();
    assert_eq!(interrupted(&other), [id(1)], "again and again");
}

#[test]
fn who_is_displaced_by_a_start_stays_displaced_when_it_is_undone() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let other = SessionRegistry::open(place.file()).unwrap();
    let displaced = other.claim(id(1)).unwrap();
    let started = place.registry.resume_taking_over(id(1)).unwrap();
    assert_eq!(started.how(), StartedHow::Found);
    started.undo().unwrap();
    assert_eq!(displaced.check().unwrap_err().code(), "ownership_lost");
    assert_eq!(liveness(&place.registry, id(1)), None);
}
