//! A claim that is abandoned on purpose, so that a test can see what becomes of a dead owner's session.

use session_registry::{Error, Liveness, Owner, Session, SessionRegistry};

use crate::support::owners::{liveness, owner_files};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, ids};
use crate::support::values::{id, path, session};

in_every_registry![
    the_owner_is_dead_and_its_row_stays,
    other_claims_of_the_handle_live_on,
    a_later_claim_of_the_handle_does_not_undo_it,
    the_dead_make_room,
    what_is_lost_cannot_be_abandoned,
];

/// The handle itself, and another one where there can be one.
fn handles(place: &Place) -> Vec<SessionRegistry> {
    let mut handles = vec![place.registry.clone()];
    if place.kind() == Kind::Shared {
        handles.push(place.options().open(place.file()).unwrap());
    }
    handles
}

/// The lock files there should be.
fn files(place: &Place, count: usize) -> usize {
    if place.kind() == Kind::Memory {
        0
    } else {
        count
    }
}

fn the_owner_is_dead_and_its_row_stays(mut place: Place) {
    place = place.with_sessions(1);
    let claim = place.registry.claim(id(1)).unwrap();
    let alive = place.registry.owner(id(1)).unwrap().unwrap();
    claim.abandon().unwrap();
    for registry in handles(&place) {
        let dead = registry.owner(id(1)).unwrap().unwrap();
        assert_eq!(dead.liveness, Liveness::Dead);
        let who = |owner: &Owner| (owner.pid, owner.host.clone(), owner.claimed_at);
        assert_eq!(who(&dead), who(&alive));
        assert_eq!(registry.stats().unwrap().claims, 1);
        assert_eq!(ids(&registry.interrupted().unwrap()), [id(1)]);
        assert_eq!(registry.lookup(id(1)).unwrap(), Some(session(1)));
    }
    assert_eq!(owner_files(&place.file()).len(), files(&place, 1));
    if place.kind() != Kind::Memory {
        place.reopen();
        assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Dead));
    }
    let again = place.registry.claim(id(1)).unwrap();
    assert_eq!(owner_files(&place.file()).len(), files(&place, 1), "swept");
    again.release().unwrap();
    assert_eq!(owner_files(&place.file()), [""; 0]);
    assert_clean(&place.registry);
}

fn other_claims_of_the_handle_live_on(place: Place) {
    let place = place.with_sessions(2);
    let claim = place.registry.claim(id(1)).unwrap();
    let other = place.registry.claim(id(2)).unwrap();
    claim.abandon().unwrap();
    for registry in handles(&place) {
        assert_eq!(liveness(&registry, id(1)), Some(Liveness::Dead));
        assert_eq!(liveness(&registry, id(2)), Some(Liveness::Alive));
    }
    other.check().unwrap();
    other.release().unwrap();
    assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Dead));
}

fn a_later_claim_of_the_handle_does_not_undo_it(place: Place) {
    let place = place.with_sessions(2);
    place.registry.claim(id(1)).unwrap().abandon().unwrap();
    let claim = place.registry.claim(id(2)).unwrap();
    for registry in handles(&place) {
        assert_eq!(liveness(&registry, id(1)), Some(Liveness::Dead));
    }
    claim.release().unwrap();
    assert_eq!(liveness(&place.registry, id(1)), Some(Liveness::Dead));
    assert_eq!(place.registry.stats().unwrap().claims, 1);
}

fn the_dead_make_room(place: Place) {
    let place = place.with_sessions(2);
    place.registry.set_max_sessions(2).unwrap();
    place.registry.claim(id(2)).unwrap().abandon().unwrap();
    let opened = place.registry.register_opened(session(3)).unwrap();
    assert_eq!(opened.session, session(3));
    assert_eq!(ids(&opened.reaped), [id(2)]);
    let closed = place.registry.lookup(id(2)).unwrap().unwrap();
    assert_eq!(opened.reaped, [closed]);

    // Back again, over whoever has its path by then.
    place.registry.unregister(id(3)).unwrap();
    let same_path = Session::builder(path("/work/p2")).id(id(4)).build();
    let opened = place.registry.register_opened(same_path).unwrap();
    assert_eq!(opened.reaped, []);
    place.registry.claim(id(4)).unwrap().abandon().unwrap();
    let opened = place.registry.reopen_opened(id(2)).unwrap();
    assert!(opened.session.state().is_open());
    assert_eq!(
        (opened.session.id(), ids(&opened.reaped)),
        (id(2), vec![id(4)])
    );
    let again = place.registry.reopen_opened(id(2)).unwrap();
    assert_eq!((again.session, again.reaped), (opened.session, vec![]));
    assert_clean(&place.registry);
}

fn what_is_lost_cannot_be_abandoned(place: Place) {
    let place = place.with_sessions(1);
    let first = place.registry.claim(id(1)).unwrap();
    let second = place.registry.take_over(id(1)).unwrap();
    let refused = first.abandon().unwrap_err();
    assert!(
        matches!(refused, Error::OwnershipLost { .. }),
        "{refused:?}"
    );
    second.check().unwrap();
    assert_eq!(owner_files(&place.file()).len(), files(&place, 1));
    second.release().unwrap();
    assert_eq!(owner_files(&place.file()), [""; 0]);
}
