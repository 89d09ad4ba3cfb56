//! Making room: whose sessions are closed when a slot or a path is needed, and whose never.

use session_registry::{
    CloseReason, Error, Liveness, Reap, Registration, Session, SessionRegistry, SessionState,
};

use crate::support::owners::{files, leave_dead_owner, liveness, owner, owner_files};
use crate::support::place::{Kind, Place};
use crate::support::records::{assert_clean, closing, ids, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, path, second, session, with};

/// Sessions 1 to `count` in a registry that is full; those in `dead` are claimed by dead owners, least
/// recently active first.
fn full(place: Place, count: u32, dead: &[u128]) -> Place {
    let mut place = place.with_sessions(count);
    place.registry.set_max_sessions(count).unwrap();
    for (position, number) in (1..).zip(dead) {
        place.clock.set(second(position));
        leave_dead_owner(&mut place, id(*number));
    }
    place.clock.set(second(1000));
    place
}

fn on_path(number: u32, of: u32) -> Session {
    with(&session(number), |s| {
        s.set_project_path(path(&format!("/work/p{of}")));
    })
}

fn limit(max_sessions: u32, open: u64) -> Refusal {
    Refusal::Limit { max_sessions, open }
}

fn taken(of: u32) -> Refusal {
    Refusal::PathTaken {
        open: 1,
        most: 1,
        project_path: path(&format!("/work/p{of}")),
        holder: id(of.into()),
    }
}

#[test]
fn at_the_limit_the_least_recently_active_dead_one_goes() {
    for place in files() {
        let place = full(place, 4, &[3, 1, 2]);
        let before = place.registry.lookup(id(3)).unwrap().unwrap();
        let registered = place.registry.get_or_register(session(5)).unwrap();
        let Registration::Registered {
            session: new,
            reaped,
            ..
        } = registered
        else {
            panic!("not new");
        };
        assert_eq!(new, session(5));
        assert_eq!(ids(&reaped), [id(3)]);
        let stored = place.registry.lookup(id(3)).unwrap().unwrap();
        assert_eq!(reaped, std::slice::from_ref(&stored), "as they are now");
        let closed = Some((second(1000), CloseReason::OwnerDied));
        assert_eq!(closing(&stored), closed);
        assert_eq!(stored.revision(), before.revision() + 1);
        assert_eq!(stored.last_active_at(), before.last_active_at());
        assert_eq!(stored.updated_at(), second(1000));
        assert_eq!(owner(&place.registry, id(3)), None);
        assert_eq!(records(&place.registry).len(), 5, "nobody is removed");
        assert_eq!(place.registry.count().unwrap(), 4);
        assert_eq!(owner_files(&place.file()).len(), 2, "the reaped one's went");
        assert_eq!(
            ids(&place.registry.interrupted().unwrap()),
            [id(2), id(1), id(3)],
            "most recently active first"
        );

        place.registry.register(session(6)).unwrap();
        place.registry.register(session(7)).unwrap();
        let refusal = place.registry.register(session(8)).unwrap_err();
        assert_eq!(Refusal::from(refusal), limit(4, 4));
        assert_eq!(
            ids(&place.registry.list_all().unwrap()),
            [4, 5, 6, 7].map(id)
        );
        assert_eq!(owner_files(&place.file()), [""; 0]);
        assert_clean(&place.registry);
    }
}

#[test]
fn the_dead_holder_of_the_path_goes_first_and_alone() {
    for place in files() {
        let mut place = full(place, 4, &[1, 2, 3]);
        place.registry.register(on_path(5, 3)).unwrap();
        let open = place.registry.list_ids().unwrap();
        assert_eq!(open, [1, 2, 4, 5].map(id));
        // Also where there is room.
        place.registry.set_max_sessions(10).unwrap();
        place.registry.register(on_path(6, 2)).unwrap();
        place.reopen();
        assert_eq!(place.registry.list_ids().unwrap(), [1, 4, 5, 6].map(id));
        assert_clean(&place.registry);
    }
}

#[test]
fn the_holder_and_others_go_as_many_as_are_needed() {
    for place in files() {
        let mut place = full(place, 5, &[5, 4, 3]);
        place.registry.set_max_sessions(3).unwrap();
        // Room for one more in three, of five: three must go, the holder of the path among them.
        let reaped = match place.registry.register(on_path(6, 3)) {
            Ok(_) => place.registry.interrupted().unwrap(),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(ids(&reaped), [3, 4, 5].map(id));
        assert_eq!(place.registry.list_ids().unwrap(), [1, 2, 6].map(id));
        place.reopen();
        assert_clean(&place.registry);
    }
}

#[test]
fn the_reaped_are_told_the_least_recently_active_first() {
    let place = full(Place::new(Kind::Shared), 4, &[1, 2, 3]);
    place.registry.close_session(id(4)).unwrap();
    place.registry.set_max_sessions(1).unwrap();
    let registration = place.registry.get_or_register(session(5)).unwrap();
    assert_eq!(ids(registration.reaped()), [1, 2, 3].map(id));
    assert!(registration.is_new());
}

#[test]
fn of_equally_active_ones_the_lower_id_goes() {
    let mut place = Place::new(Kind::Shared).with_sessions(3);
    place.registry.set_max_sessions(3).unwrap();
    place.clock.set(second(5));
    for number in [3, 2, 1] {
        leave_dead_owner(&mut place, id(number));
    }
    let registration = place.registry.get_or_register(session(4)).unwrap();
    assert_eq!(ids(registration.reaped()), [id(1)]);
}

#[test]
fn nobody_goes_when_the_call_would_be_refused_anyway() {
    for place in files() {
        let mut place = full(place, 4, &[1, 2]);
        // Not enough of them.
        place.registry.set_max_sessions(2).unwrap();
        let few = |r: &SessionRegistry| r.register(session(5));
        assert_eq!(refused(&mut place, few), limit(2, 4));
        let few = |r: &SessionRegistry| r.get_or_register(session(5));
        assert_eq!(refused(&mut place, few), limit(2, 4));
        // No number of them.
        place.registry.set_max_sessions(0).unwrap();
        let none = |r: &SessionRegistry| r.register(on_path(5, 1));
        assert_eq!(refused(&mut place, none), limit(0, 4));
        // The id is taken, by one that would go.
        place.registry.set_max_sessions(4).unwrap();
        let same = |r: &SessionRegistry| r.register(session(1));
        assert_eq!(refused(&mut place, same), Refusal::Exists(id(1)));
        let same = |r: &SessionRegistry| {
            r.get_or_register(with(&session(2), |s| {
                s.set_project_path(path("/work/new"));
            }))
        };
        assert_eq!(refused(&mut place, same), Refusal::Exists(id(2)));
        // The path is held by one that nobody claims.
        let held = |r: &SessionRegistry| r.register(on_path(5, 4));
        assert_eq!(refused(&mut place, held), taken(4));
        // The same where there is room.
        place.registry.set_max_sessions(9).unwrap();
        let held = |r: &SessionRegistry| r.register(on_path(5, 4));
        assert_eq!(refused(&mut place, held), taken(4));
        for number in 1..=2 {
            assert_eq!(liveness(&place.registry, id(number)), Some(Liveness::Dead));
        }
    }
}

#[test]
fn those_that_nobody_claimed_stay() {
    for place in files() {
        let mut place = full(place, 3, &[]);
        assert_eq!(refused(&mut place, |r| r.register(session(4))), limit(3, 3));
        // Nor does one that was claimed and let go, or whose claim ended with a close.
        place.registry.claim(id(1)).unwrap().release().unwrap();
        let claim = place.registry.claim(id(2)).unwrap();
        place.registry.close_session(id(2)).unwrap();
        drop(claim);
        place.registry.reopen(id(2)).unwrap();
        assert_eq!(refused(&mut place, |r| r.register(session(4))), limit(3, 3));
    }
}

#[test]
fn those_of_the_living_stay() {
    let place = full(Place::new(Kind::Shared), 3, &[2]);
    let other = place.options().open(place.file()).unwrap();
    let theirs = other.claim(id(1)).unwrap();
    let own = place.registry.claim(id(3)).unwrap();
    let refusal = place.registry.register(on_path(4, 1)).unwrap_err();
    assert_eq!(Refusal::from(refusal), taken(1));
    let refusal = place.registry.register(on_path(4, 3)).unwrap_err();
    assert_eq!(Refusal::from(refusal), taken(3));
    assert_eq!(liveness(&other, id(2)), Some(Liveness::Dead), "not reaped");
    place.registry.register(session(4)).unwrap();
    let refusal = place.registry.register(session(5)).unwrap_err();
    assert_eq!(Refusal::from(refusal), limit(3, 3));
    theirs.check().unwrap();
    own.check().unwrap();
}

#[test]
fn who_never_reaps_is_refused() {
    let place = full(Place::new(Kind::Shared), 3, &[1, 2, 3]);
    let never = place.options().reap(Reap::Never);
    let never = never.open(place.file()).unwrap();
    let before = records(&never);
    let refusal = never.register(session(4)).unwrap_err();
    assert_eq!(Refusal::from(refusal), limit(3, 3));
    never.set_max_sessions(4).unwrap();
    let refusal = never.register(on_path(4, 1)).unwrap_err();
    assert_eq!(Refusal::from(refusal), taken(1));
    assert_eq!(records(&never), before);
    // Others with another option do as they like.
    place.registry.register(on_path(4, 1)).unwrap();
}

#[test]
fn get_or_register_answers_the_session_of_a_dead_holder() {
    for place in files() {
        let place = full(place, 2, &[1, 2]);
        let before = records(&place.registry);
        let registration = place.registry.get_or_register(on_path(3, 1)).unwrap();
        assert!(matches!(registration, Registration::AlreadyOpen { .. }));
        assert_eq!(registration.reaped(), []);
        assert_eq!(registration.session(), &before[0]);
        assert_eq!(records(&place.registry), before);
        drop(place.registry.claim(registration.session().id()).unwrap());
    }
}

#[test]
fn reopening_makes_room_too() {
    for place in files() {
        let mut place = full(place, 3, &[2, 3]);
        place.registry.close_session(id(1)).unwrap();
        place.registry.register(session(4)).unwrap();
        // For the slot: the least recently active.
        let reopened = place.registry.reopen(id(1)).unwrap();
        assert_eq!(reopened.state(), SessionState::Open);
        assert_eq!(place.registry.list_ids().unwrap(), [1, 3, 4].map(id));
        // For the path: its holder. It was reaped itself, and is no longer interrupted.
        place
            .registry
            .modify(id(2), |s| s.set_project_path(path("/work/p3")))
            .unwrap();
        place.registry.reopen(id(2)).unwrap();
        assert_eq!(place.registry.list_ids().unwrap(), [1, 2, 4].map(id));
        assert_eq!(ids(&place.registry.interrupted().unwrap()), [id(3)]);
        // Nobody is left that could go.
        assert_eq!(refused(&mut place, |r| r.reopen(id(3))), limit(3, 3));
        place.registry.close_session(id(1)).unwrap();
        let path_taken = Refusal::PathTaken {
            open: 1,
            most: 1,
            project_path: path("/work/p3"),
            holder: id(2),
        };
        assert_eq!(refused(&mut place, |r| r.reopen(id(3))), path_taken);
        assert_clean(&place.registry);
    }
}

#[test]
fn a_moved_session_does_not_push_a_dead_one_away() {
    let mut place = full(Place::new(Kind::Shared), 2, &[1]);
    let moving = |r: &SessionRegistry| r.modify(id(2), |s| s.set_project_path(path("/work/p1")));
    assert_eq!(refused(&mut place, moving), taken(1));
}

#[test]
fn a_claim_that_is_over_makes_nobody_dead() {
    let place = full(Place::new(Kind::Shared), 2, &[]);
    let other = place.options().open(place.file()).unwrap();
    let displaced = place.registry.claim(id(1)).unwrap();
    other.take_over(id(1)).unwrap().release().unwrap();
    let refusal = place.registry.register(session(3)).unwrap_err();
    assert_eq!(Refusal::from(refusal), limit(2, 2), "nobody claims it now");
    assert!(matches!(
        displaced.check(),
        Err(Error::OwnershipLost { .. })
    ));
}
