//! An agent's first call: a session of its project, claimed, in one commit, and taking that back.

use std::fs;

use session_registry::{
    Alias, CloseReason, Error, Liveness, Reap, Session, SessionConfig, SessionRegistry, StartedHow,
};

use crate::support::owners::{dead_owner_beside, files, leave_dead_owner, liveness, owner_files};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, closing, ids, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, path, second, session};

in_every_registry!(
    a_project_without_a_session_gets_the_given_one,
    a_session_that_nobody_drives_is_taken_as_it_is,
    a_closed_session_is_not_opened,
    a_project_with_room_gets_one_more,
    a_start_that_registered_and_is_undone_was_never_there,
    what_came_after_a_start_that_registered_is_kept,
);

/// A session of the project of session `number`, by another id.
fn like(number: u32, other: u32) -> Session {
    Session::builder(session(number).project_path().clone())
        .id(id(other.into()))
        .build()
}

/// Gives a session an alias.
fn called(registry: &SessionRegistry, number: u32) -> Alias {
    let alias: Alias = "acp:sess_1".parse().unwrap();
    let add = |session: &mut Session| _ = session.aliases_mut().insert(alias.clone());
    registry.modify(id(number.into()), add).unwrap();
    alias
}

fn a_project_without_a_session_gets_the_given_one(place: Place) {
    let registry = &place.registry;
    place.clock.set(second(9));
    let started = registry.start(session(1)).unwrap();
    assert_eq!(started.how(), StartedHow::Registered);
    let stored = started.session();
    assert_eq!(registry.lookup(id(1)).unwrap().as_ref(), Some(stored));
    assert_eq!(
        (stored.revision(), stored.created_at(), stored.updated_at()),
        (0, session(1).created_at(), session(1).updated_at())
    );
    assert_eq!(stored.last_active_at(), second(9), "claiming is activity");
    started.claim().check().unwrap();
    assert_eq!(liveness(registry, id(1)), Some(Liveness::Alive));
    drop(started);
    assert_eq!(liveness(registry, id(1)), None);
    assert_eq!(registry.list_ids().unwrap(), [id(1)], "it stays open");
    assert_clean(registry);
}

/// The given session is dropped: its id, its aliases and the limit are not looked at.
fn a_session_that_nobody_drives_is_taken_as_it_is(place: Place) {
    let place = place.with_sessions(2);
    let registry = &place.registry;
    let alias = called(registry, 2);
    registry.set_max_sessions(1).unwrap();
    place.clock.set(second(9));
    let path = session(1).project_path().clone();
    let given = Session::builder(path).id(id(2)).alias(alias).build();
    let started = registry.start(given).unwrap();
    assert_eq!(started.how(), StartedHow::Found);
    assert_eq!(started.reaped(), []);
    let found = started.session();
    assert_eq!(
        (found.id(), found.revision(), found.last_active_at()),
        (id(1), 0, second(9))
    );
    assert!(found.aliases().is_empty());
    assert_eq!(registry.lookup(id(1)).unwrap().as_ref(), Some(found));
    let refused = registry.start(like(1, 9)).unwrap_err();
    assert_eq!(refused.code(), "already_claimed", "by this very handle");
    let undone = started.undo().unwrap();
    assert_eq!(undone.last_active_at(), session(1).last_active_at());
    assert_eq!(liveness(registry, id(1)), None);
    assert_clean(registry);
}

fn a_closed_session_is_not_opened(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    registry.close_session(id(1)).unwrap();
    let started = registry.start(like(1, 9)).unwrap();
    assert_eq!(started.how(), StartedHow::Registered);
    assert_eq!(registry.list_ids().unwrap(), [id(9)]);
}

fn a_project_with_room_gets_one_more(place: Place) {
    let registry = &place.registry;
    registry.set_max_sessions_per_project(3).unwrap();
    for number in [1, 7, 8] {
        place.clock.set(second(i64::from(number)));
        registry.register(like(1, number)).unwrap();
        registry.touch(id(number.into())).unwrap();
    }
    place.clock.set(second(20));
    // The most recently active that nobody drives comes first.
    let (_, newest) = registry.start(like(1, 9)).unwrap().into_parts();
    assert_eq!(newest.session_id(), id(8));
    let next = registry.claim(id(7)).unwrap();
    let oldest = registry.start(like(1, 9)).unwrap();
    assert_eq!(
        (oldest.session().id(), oldest.how()),
        (id(1), StartedHow::Found)
    );
    match registry.start(like(1, 9)).unwrap_err() {
        Error::AlreadyClaimed { id: of, .. } => assert_eq!(of, id(8), "the most recently active"),
        other => panic!("{other:?}"),
    }
    registry.set_max_sessions_per_project(4).unwrap();
    let more = registry.start(like(1, 9)).unwrap();
    assert_eq!(
        (more.session().id(), more.how()),
        (id(9), StartedHow::Registered)
    );
    registry.set_max_sessions_per_project(1).unwrap();
    drop(next);
    let again = registry.start(like(1, 10)).unwrap();
    assert_eq!(again.session().id(), id(7), "whatever the number is now");
}

fn a_start_that_registered_and_is_undone_was_never_there(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let alias: Alias = "acp:sess_1".parse().unwrap();
    let new = || {
        let builder = Session::builder(path("/work/new")).id(id(9));
        builder.alias(alias.clone()).build()
    };
    let before = records(registry);
    for _ in 0..2 {
        let started = registry.start(new()).unwrap();
        assert_eq!(started.how(), StartedHow::Registered);
        registry.set_default_session(Some(id(9))).unwrap();
        let made = started.session().clone();
        assert_eq!(started.undo().unwrap(), made, "as it was");
        assert_eq!(records(registry), before);
        assert_eq!(registry.lookup_by_alias(&alias).unwrap(), None);
        assert_eq!(registry.default_session_id().unwrap(), Some(id(1)));
        assert_eq!(registry.stats().unwrap().claims, 0);
        assert_clean(registry);
    }
}

fn what_came_after_a_start_that_registered_is_kept(place: Place) {
    let registry = &place.registry;
    let started = registry.start(session(1)).unwrap();
    registry.rename(id(1), name("other")).unwrap();
    let conflict = Refusal::Conflict {
        id: id(1),
        expected: 0,
        found: 1,
    };
    assert_eq!(Refusal::from(started.undo().unwrap_err()), conflict);
    assert!(registry.lookup(id(1)).unwrap().unwrap().state().is_open());
    assert_eq!(liveness(registry, id(1)), None, "the claim is over");

    let started = registry.start(session(2)).unwrap();
    let other = registry.take_over(id(2)).unwrap();
    assert_eq!(started.undo().unwrap_err().code(), "ownership_lost");
    other.check().unwrap();
}

/// Nobody is closed for it, whatever the rule to reap says.
#[test]
fn the_session_of_a_dead_owner_is_taken_and_can_be_given_back() {
    for reap in [Reap::OnPressure, Reap::Never] {
        let mut place = Place::new(Kind::Shared).with_sessions(2);
        leave_dead_owner(&mut place, id(1));
        dead_owner_beside(&place.file(), id(2));
        place.registry.set_max_sessions(1).unwrap();
        let registry = place.options().reap(reap).open(place.file()).unwrap();
        let before = records(&registry);
        let started = registry.start(like(1, 9)).unwrap();
        assert_eq!(
            (started.session().id(), started.how()),
            (id(1), StartedHow::Found)
        );
        assert_eq!(liveness(&registry, id(1)), Some(Liveness::Alive));
        started.undo().unwrap();
        assert_eq!(records(&registry), before);
        assert_eq!(liveness(&registry, id(1)), Some(Liveness::Dead));
        let interrupted = ids(&registry.interrupted().unwrap());
        assert_eq!(interrupted, [id(2), id(1)]);
    }
}

#[test]
fn who_makes_room_for_a_new_session_stays_closed() {
    let mut place = Place::new(Kind::Shared).with_sessions(2);
    leave_dead_owner(&mut place, id(1));
    place.registry.set_max_sessions(2).unwrap();
    let started = place.registry.start(session(3)).unwrap();
    assert_eq!(ids(started.reaped()), [id(1)]);
    assert_eq!(
        closing(&started.reaped()[0]).map(|(_, reason)| reason),
        Some(CloseReason::OwnerDied)
    );
    started.undo().unwrap();
    assert_eq!(place.registry.list_ids().unwrap(), [id(2)]);
    assert_clean(&place.registry);
}

/// The order of the rules, and that none of them leaves anything behind.
#[test]
fn every_refused_start_changes_nothing_and_leaves_no_lock_file() {
    let refuse = |place: &mut Place, given: &Session| {
        let refusal = refused(place, |registry| registry.start(given.clone()).map(drop));
        assert_eq!(owner_files(&place.file()), [""; 0]);
        refusal
    };
    for place in files() {
        let mut place = place.with_sessions(2);
        let alias = called(&place.registry, 2);
        let builder = Session::builder(path("/work/new")).id(id(1));
        let builder = builder.alias(alias.clone());
        let mut given = builder.config(SessionConfig::new().max_tokens(0)).build();
        assert_eq!(refuse(&mut place, &given), Refusal::spoiled());
        given.set_config(SessionConfig::new());
        place.registry.set_max_sessions(2).unwrap();
        let limit = Refusal::Limit {
            max_sessions: 2,
            open: 2,
        };
        assert_eq!(refuse(&mut place, &given), limit);
        place.registry.set_max_sessions(3).unwrap();
        assert_eq!(refuse(&mut place, &given), Refusal::Exists(id(1)));
        let given = Session::builder(path("/work/new"))
            .alias(alias.clone())
            .build();
        let taken = Refusal::AliasTaken {
            alias,
            holder: id(2),
        };
        assert_eq!(refuse(&mut place, &given), taken);
    }
}

/// Another handle's session is in the way before the limit is.
#[test]
fn a_driven_project_refuses_whatever_the_limit() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let other = SessionRegistry::open(place.file()).unwrap();
    let driver = place.registry.start(like(1, 9)).unwrap();
    place.registry.set_max_sessions(0).unwrap();
    let before = fs::read(place.file()).unwrap();
    match other.start(like(1, 8)).unwrap_err() {
        Error::AlreadyClaimed { id: of, owner, .. } => {
            assert_eq!(of, id(1));
            assert_eq!(
                (owner.pid, owner.liveness),
                (std::process::id(), Liveness::Alive)
            );
        }
        error => panic!("{error:?}"),
    }
    assert!(fs::read(place.file()).unwrap() == before);
    assert_eq!(owner_files(&place.file()).len(), 1, "the driver's");
    driver.claim().check().unwrap();
}

/// A lock file that cannot be made leaves a project without a session as it was.
#[test]
fn a_start_without_a_proof_of_life_registers_nothing() {
    for mut place in files() {
        let mut folder = place.file().into_os_string();
        folder.push(".owners");
        fs::write(&folder, "in the way").unwrap();
        let refusal = refused(&mut place, |registry| registry.start(session(1)).map(drop));
        assert!(matches!(refusal, Refusal::Other(_)), "{refusal:?}");
        assert_eq!(fs::read(&folder).unwrap(), b"in the way");
    }
}
