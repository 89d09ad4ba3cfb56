//! Who may open the file beside whom, and what a call does when a peer keeps it locked.

use std::fs;
use std::path::Path;
use std::time::Duration;

use redb::{Builder, ConcurrencyMode, Database};
use session_registry::{Error, SessionRegistry, Sharing};

use crate::support::place::{Kind, Place, state};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, session, spoil, with};

#[test]
fn an_exclusive_handle_is_alone() {
    let place = Place::new(Kind::Exclusive).with_sessions(1);
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let before = fs::read(place.file()).unwrap();
        let error = SessionRegistry::options()
            .sharing(sharing)
            .open(place.file())
            .unwrap_err();
        let path = place.file().canonicalize().unwrap();
        assert!(
            matches!(&error, Error::InUse { path: named, .. } if *named == path),
            "{error:?}"
        );
        assert!(error.is_retryable());
        assert!(fs::read(place.file()).unwrap() == before);
    }
    assert_eq!(place.registry.list_all().unwrap(), [session(1)]);
}

#[test]
fn a_shared_file_cannot_become_exclusive() {
    let place = Place::new(Kind::Shared).with_sessions(1);
    let exclusive = place.options().sharing(Sharing::Exclusive);
    let error = exclusive.open(place.file()).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error:?}");
    place.registry.register(session(2)).unwrap();
    place.registry.clone().close().unwrap();
    let registry = exclusive.open(place.file()).unwrap();
    assert_eq!(registry.list_all().unwrap(), [session(1), session(2)]);
}

/// The engine itself, in the middle of a transaction of its own: a peer who does not make way.
fn peer(file: &Path) -> Database {
    Builder::new()
        .set_concurrency_mode(ConcurrencyMode::MultiWriter)
        .open(file)
        .unwrap()
}

/// A registry with sessions 1 and 2, at its limit, opened to try once.
fn impatient() -> Place {
    let mut place = Place::new(Kind::Shared).with_sessions(2);
    place.registry.set_max_sessions(2).unwrap();
    place.registry.clone().close().unwrap();
    let options = place.options().busy_timeout(Duration::ZERO);
    place.registry = options.open(place.file()).unwrap();
    place
}

#[test]
fn zero_is_one_try() {
    let place = impatient();
    let registry = &place.registry;
    registry.rename(id(1), name("a")).unwrap();
    registry
        .modify(id(1), |s| s.set_name(name("session 1")))
        .unwrap();
    registry.unregister(id(2)).unwrap();
    registry.register(session(2)).unwrap();
    assert_eq!(registry.snapshot().unwrap().count().unwrap(), 2);
}

#[test]
fn busy_comes_after_invalid_and_before_every_rule() {
    let place = impatient();
    let peer = peer(&place.file());
    let transaction = peer.begin_write().unwrap();
    let before = fs::read(place.file()).unwrap();
    let registry = &place.registry;
    let refused = |answer: session_registry::Result<()>| Refusal::from(answer.unwrap_err());
    let busy = Refusal::Other("busy");

    let invalid = with(&session(1), spoil);
    assert_eq!(
        refused(registry.register(invalid.clone()).map(drop)),
        Refusal::spoiled()
    );
    assert_eq!(
        refused(registry.update(invalid).map(drop)),
        Refusal::spoiled()
    );
    // Each of these breaks a rule as well: the limit, the id, the path, an unknown session.
    assert_eq!(refused(registry.register(session(1)).map(drop)), busy);
    assert_eq!(refused(registry.update(session(7)).map(drop)), busy);
    assert_eq!(refused(registry.rename(id(7), name("a")).map(drop)), busy);
    assert_eq!(refused(registry.set_default_session(Some(id(7)))), busy);
    // And these would have nothing to do.
    assert_eq!(refused(registry.unregister(id(7)).map(drop)), busy);
    assert_eq!(refused(registry.set_max_sessions(2)), busy);

    assert!(fs::read(place.file()).unwrap() == before);
    transaction.abort().unwrap();
    registry.rename(id(1), name("a")).unwrap();
}

#[test]
fn reads_do_not_wait_for_a_writing_peer() {
    let place = impatient();
    let expected = place.state();
    let peer = peer(&place.file());
    let transaction = peer.begin_write().unwrap();
    assert_eq!(place.state(), expected);
    assert_eq!(place.registry.lookup(id(1)).unwrap(), Some(session(1)));
    let snapshot = place.registry.snapshot().unwrap();
    assert_eq!(snapshot.list_all().unwrap(), expected.sessions);
    transaction.abort().unwrap();
}

#[test]
fn opening_beside_a_writing_peer_waits_for_nobody() {
    let place = impatient();
    let expected = place.state();
    place.registry.clone().close().unwrap();
    let peer = peer(&place.file());
    let transaction = peer.begin_write().unwrap();
    let options = place.options().busy_timeout(Duration::ZERO);
    let registry = options.open(place.file()).unwrap();
    assert_eq!(state(&registry), expected);
    let error = registry.rename(id(1), name("a")).unwrap_err();
    assert!(matches!(error, Error::Busy { .. }), "{error:?}");
    assert!(error.is_retryable());
    transaction.abort().unwrap();
    registry.rename(id(1), name("a")).unwrap();
    assert!(registry.verify().unwrap().is_clean());
}
