//! Claiming: one drives, the others are told who.

use std::process;

use session_registry::{
    Claim, Error, Liveness, Owner, Query, Session, SessionId, SessionRegistry, StateFilter,
};

use crate::support::owners::{liveness, owner, owner_files};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, path, second, session, spoil};

in_every_registry![
    a_claimed_session_cannot_be_claimed_again,
    the_owner_is_named,
    a_released_claim_leaves_nothing_behind,
    a_dropped_claim_is_released,
    a_refused_claim_leaves_nothing_behind,
    epochs_rise_with_every_claim_and_never_with_a_refusal,
    clones_are_one_owner,
    the_owner_may_close_and_unregister_and_its_claim_is_over,
    a_claim_modifies_as_the_registry_does,
    a_claim_of_a_closed_handle_says_so,
    two_sessions_may_have_one_owner,
];

/// Who is in the way, as the error tells.
pub(super) fn in_the_way<T: std::fmt::Debug>(result: Result<T, Error>) -> Owner {
    match result {
        Err(Error::AlreadyClaimed { owner, .. }) => owner,
        other => panic!("not refused: {other:?}"),
    }
}

/// Who drives the session now, as the error of a claim that is over tells.
pub(super) fn lost<T: std::fmt::Debug>(result: Result<T, Error>, of: SessionId) -> Option<Owner> {
    match result {
        Err(Error::OwnershipLost { id, owner, .. }) => {
            assert_eq!(id, of);
            owner
        }
        other => panic!("not lost: {other:?}"),
    }
}

fn a_claimed_session_cannot_be_claimed_again(place: Place) {
    let place = place.with_sessions(1);
    let claim = place.registry.claim(id(1)).unwrap();
    assert_eq!(claim.session_id(), id(1));
    claim.check().unwrap();
    for registry in [place.registry.clone(), place.registry.clone()] {
        let error = registry.claim(id(1)).unwrap_err();
        assert!(matches!(&error, Error::AlreadyClaimed { id: of, .. } if *of == id(1)));
        assert!(!error.is_retryable());
    }
    claim.check().unwrap();
    claim.release().unwrap();
    drop(place.registry.claim(id(1)).unwrap());
}

fn the_owner_is_named(place: Place) {
    let place = place.with_sessions(1);
    assert_eq!(owner(&place.registry, id(1)), None);
    place.clock.set(second(60));
    let _claim = place.registry.claim(id(1)).unwrap();
    place.clock.set(second(90));
    let named = owner(&place.registry, id(1)).unwrap();
    assert_eq!(named.pid, process::id());
    assert_eq!(named.host, gethostname::gethostname().to_string_lossy());
    assert_eq!(named.claimed_at, second(60));
    assert_eq!(named.liveness, Liveness::Alive);
    assert_eq!(in_the_way(place.registry.claim(id(1))), named);
    let unknown = place.registry.owner(id(7)).unwrap_err();
    assert_eq!(Refusal::from(unknown), Refusal::NotFound(id(7)));
}

fn a_released_claim_leaves_nothing_behind(place: Place) {
    let place = place.with_sessions(1);
    let before = records(&place.registry);
    let claim = place.registry.claim(id(1)).unwrap();
    let files = usize::from(place.kind() != Kind::Memory);
    assert_eq!(owner_files(&place.file()).len(), files);
    claim.release().unwrap();
    assert_eq!(owner(&place.registry, id(1)), None);
    assert_eq!(owner_files(&place.file()), [""; 0]);
    assert_eq!(place.registry.stats().unwrap().claims, 0);
    assert_eq!(
        records(&place.registry),
        before,
        "the clock has not moved, so not even the activity"
    );
    assert_eq!(place.registry.interrupted().unwrap(), []);
}

fn a_dropped_claim_is_released(place: Place) {
    let place = place.with_sessions(1);
    drop(place.registry.claim(id(1)).unwrap());
    assert_eq!(owner(&place.registry, id(1)), None);
    assert_eq!(owner_files(&place.file()), [""; 0]);
    assert_clean(&place.registry);
}

fn a_refused_claim_leaves_nothing_behind(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.close_session(id(2)).unwrap();
    type Call = fn(&SessionRegistry, SessionId) -> Result<Claim, Error>;
    for call in [SessionRegistry::claim as Call, SessionRegistry::take_over] {
        let refusal = refused(&mut place, |r| call(r, id(7)));
        assert_eq!(refusal, Refusal::NotFound(id(7)));
        let refusal = refused(&mut place, |r| call(r, id(2)));
        assert_eq!(refusal, Refusal::Closed(id(2)));
    }
    let mut folder = place.file().into_os_string();
    folder.push(".owners");
    assert!(!std::path::Path::new(&folder).exists());

    // Also by somebody who has no claim yet, and would have made its lock.
    let claim = place.registry.claim(id(1)).unwrap();
    let files = owner_files(&place.file());
    let before = records(&place.registry);
    if place.kind() == Kind::Shared {
        let other = place.options().open(place.file()).unwrap();
        in_the_way(other.claim(id(1)));
    }
    in_the_way(place.registry.claim(id(1)));
    assert_eq!(owner_files(&place.file()), files);
    assert_eq!(records(&place.registry), before);
    claim.check().unwrap();
}

fn epochs_rise_with_every_claim_and_never_with_a_refusal(place: Place) {
    let mut place = place.with_sessions(2);
    let first = place.registry.claim(id(1)).unwrap();
    for _ in 0..5 {
        in_the_way(place.registry.claim(id(1)));
        place.registry.claim(id(7)).unwrap_err();
    }
    let second = place.registry.claim(id(2)).unwrap();
    assert_eq!((first.epoch(), second.epoch()), (1, 2));
    first.release().unwrap();
    second.release().unwrap();
    place.reopen();
    let third = place.registry.claim(id(1)).unwrap();
    assert_eq!(third.epoch(), 3);
    assert_eq!(place.registry.take_over(id(1)).unwrap().epoch(), 4);
    drop(third);
    // Not even a registry that was emptied counts anew.
    place.registry.clear().unwrap();
    place.registry.register(session(3)).unwrap();
    assert_eq!(place.registry.claim(id(3)).unwrap().epoch(), 5);
}

fn clones_are_one_owner(place: Place) {
    let place = place.with_sessions(2);
    let (one, other) = (place.registry.clone(), place.registry.clone());
    let claim = one.claim(id(1)).unwrap();
    let own = in_the_way(other.claim(id(1)));
    assert_eq!((own.pid, own.liveness), (process::id(), Liveness::Alive));
    let second = other.claim(id(2)).unwrap();
    drop(one);
    claim.check().unwrap();
    other.close_session(id(1)).unwrap();
    assert_eq!(lost(claim.check(), id(1)), None);
    second.check().unwrap();
}

fn the_owner_may_close_and_unregister_and_its_claim_is_over(place: Place) {
    let place = place.with_sessions(2);
    type End = fn(&SessionRegistry);
    let close: End = |r| drop(r.close_session(id(1)).unwrap());
    let unregister: End = |r| drop(r.unregister(id(2)).unwrap());
    for (end, of) in [(close, id(1)), (unregister, id(2))] {
        let claim = place.registry.claim(of).unwrap();
        end(&place.registry);
        let before = records(&place.registry);
        place.clock.set(second(60));
        assert_eq!(lost(claim.check(), of), None);
        assert_eq!(lost(claim.touch(), of), None);
        assert_eq!(lost(claim.modify(|s| s.set_name(name("late"))), of), None);
        assert_eq!(lost(claim.release(), of), None);
        assert_eq!(records(&place.registry), before);
    }
    // Reopening brings no claim back.
    let reopened = place.registry.reopen(id(1)).unwrap();
    assert_eq!(owner(&place.registry, reopened.id()), None);
    assert_eq!(owner_files(&place.file()), [""; 0]);
    assert_clean(&place.registry);
}

fn a_claim_modifies_as_the_registry_does(place: Place) {
    let place = place.with_sessions(2);
    let claim = place.registry.claim(id(1)).unwrap();
    place.clock.set(second(60));
    let mut runs = 0;
    let changed = claim.modify(|s| {
        if runs == 0 {
            // Somebody else is faster: once more.
            let other = place.registry.rename(id(1), name("renamed"));
            assert_eq!(other.unwrap().revision(), 1);
        }
        runs += 1;
        s.set_project_path(path("/work/moved"));
    });
    let changed = changed.unwrap();
    assert_eq!((runs, changed.revision()), (2, 2));
    assert_eq!(changed.name(), &name("renamed"));
    assert_eq!(changed.updated_at(), second(60));
    let of = |error: Error| Refusal::from(error);
    let refusal = of(claim.modify(spoil).unwrap_err());
    assert_eq!(refusal, Refusal::spoiled());
    let onto_other = |s: &mut Session| s.set_project_path(path("/work/p2"));
    let taken = Refusal::PathTaken {
        open: 1,
        most: 1,
        project_path: path("/work/p2"),
        holder: id(2),
    };
    assert_eq!(of(claim.modify(onto_other).unwrap_err()), taken);
    let any = Query::new().state(StateFilter::Any);
    let stored = place.registry.list(&any).unwrap().items;
    assert_eq!(stored, [changed, session(2)]);
    assert_clean(&place.registry);
}

fn a_claim_of_a_closed_handle_says_so(place: Place) {
    let place = place.with_sessions(1);
    let claim = place.registry.claim(id(1)).unwrap();
    place.registry.clone().close().unwrap();
    assert!(matches!(claim.check(), Err(Error::Closed)));
    assert!(matches!(claim.touch(), Err(Error::Closed)));
    assert!(matches!(claim.release(), Err(Error::Closed)));
}

fn two_sessions_may_have_one_owner(place: Place) {
    let place = place.with_sessions(2);
    let one = place.registry.claim(id(1)).unwrap();
    let two = place.registry.claim(id(2)).unwrap();
    let files = usize::from(place.kind() != Kind::Memory);
    assert_eq!(owner_files(&place.file()).len(), files);
    one.release().unwrap();
    two.check().unwrap();
    assert_eq!(liveness(&place.registry, id(1)), None);
    assert_eq!(liveness(&place.registry, id(2)), Some(Liveness::Alive));
    assert_eq!(owner_files(&place.file()).len(), files);
    drop(two);
    assert_eq!(owner_files(&place.file()), [""; 0]);
}
