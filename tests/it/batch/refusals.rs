//! What a batch refuses, and that nothing comes of it then.

use session_registry::{Batch, Error, Liveness, Session, SessionConfig, SessionRegistry};

use super::{alias, like, refusal, with_alias};
use crate::support::owners::{dead_owner_beside, liveness};
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, records, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, name, session};

in_every_registry!(
    the_first_refusal_is_named_and_nothing_is_changed,
    what_is_invalid_by_itself_is_found_first,
    two_updates_from_one_revision_conflict,
    an_alias_goes_from_hand_to_hand,
    a_batch_that_is_too_long_is_refused,
);

fn the_first_refusal_is_named_and_nothing_is_changed(place: Place) {
    let mut place = place.with_sessions(2);
    place.registry.set_max_sessions(3).unwrap();
    let taken = Refusal::PathTaken {
        project_path: session(2).project_path().clone(),
        holder: id(2),
        open: 1,
        most: 1,
    };
    let limit = Refusal::Limit {
        max_sessions: 3,
        open: 3,
    };
    let unknown = Refusal::NotFound(id(9));
    let before = || Batch::new().register(session(3));
    let freeing = || Batch::new().close_session(id(1));
    let cases = [
        (
            before().rename(id(9), name("x")).close_session(id(8)),
            1,
            unknown.clone(),
        ),
        (before().close_session(id(9)), 1, unknown.clone()),
        (before().reopen(id(9)), 1, unknown.clone()),
        (before().update(session(9)), 1, unknown),
        (before().register(session(4)), 1, limit.clone()),
        (before().register(like(2, 3)), 1, limit),
        (freeing().register(like(2, 3)), 1, taken),
        (freeing().register(like(9, 1)), 1, Refusal::Exists(id(1))),
        (Batch::new().register(like(9, 1)), 0, Refusal::Exists(id(1))),
    ];
    for (batch, index, expected) in cases {
        let found = refused(&mut place, |registry| registry.apply(batch));
        assert_eq!(found, refusal(index, expected));
    }
}

fn what_is_invalid_by_itself_is_found_first(mut place: Place) {
    let mut invalid = session(9);
    invalid.set_config(SessionConfig::new().max_tokens(0));
    let first = || Batch::new().close_session(id(9));
    for batch in [
        first().register(invalid.clone()),
        first().update(invalid.clone()),
    ] {
        let found = refused(&mut place, |registry| registry.apply(batch));
        assert_eq!(found, refusal(1, Refusal::spoiled()));
    }
}

fn two_updates_from_one_revision_conflict(place: Place) {
    let mut place = place.with_sessions(1);
    let mut one = place.registry.lookup(id(1)).unwrap().unwrap();
    let mut other = one.clone();
    one.set_name(name("one"));
    other.set_name(name("other"));
    let conflict = Refusal::Conflict {
        id: id(1),
        expected: 0,
        found: 1,
    };
    // The same twice is a change and a conflict too: the revision decides.
    for second in [other, one.clone()] {
        let batch = Batch::new().update(one.clone()).update(second);
        let found = refused(&mut place, |registry| registry.apply(batch.clone()));
        assert_eq!(found, refusal(1, conflict.clone()));
        let error = place.registry.apply(batch).unwrap_err();
        assert!(error.is_retryable(), "as the conflict is");
    }
    let batch = Batch::new().update(one).close_session(id(1));
    let answers = place.registry.apply(batch).unwrap();
    assert_eq!(answers[1].as_ref().unwrap().revision(), 2);
}

fn an_alias_goes_from_hand_to_hand(place: Place) {
    let place = place.with_sessions(2);
    let registry = &place.registry;
    let plain = records(registry);
    let first = registry.update(with_alias(&plain[0], "acp:a")).unwrap();
    let second = registry.update(with_alias(&plain[1], "acp:b")).unwrap();
    let with_only = |session: &Session, text| {
        let mut session = session.clone();
        session.aliases_mut().clear();
        with_alias(&session, text)
    };
    let refused = |batch| Refusal::from(registry.apply(batch).unwrap_err());

    // Two sessions cannot exchange what neither has given up, and a closed one keeps its own.
    let taken = |text, holder| Refusal::AliasTaken {
        alias: alias(text),
        holder: id(holder),
    };
    let exchange = Batch::new().update(with_only(&first, "acp:b"));
    let found = refused(exchange.update(with_only(&second, "acp:a")));
    assert_eq!(found, refusal(0, taken("acp:b", 2)));
    let close = Batch::new().close_session(id(1));
    let found = refused(close.register(with_alias(&session(3), "acp:a")));
    assert_eq!(found, refusal(1, taken("acp:a", 1)));
    let register = Batch::new().register(with_alias(&session(3), "acp:c"));
    let found = refused(register.update(with_only(&first, "acp:c")));
    assert_eq!(found, refusal(1, taken("acp:c", 3)));

    // What one gives up the next may take, round in a circle.
    let batch = Batch::new()
        .update(with_only(&first, "acp:x"))
        .update(with_only(&second, "acp:a"));
    let answers = registry.apply(batch).unwrap();
    let first = answers[0].clone().unwrap();
    let batch = Batch::new()
        .rename(id(2), name("changed before"))
        .update(with_only(&first, "acp:b"))
        .unregister(id(2))
        .register(with_alias(&session(3), "acp:a"));
    registry.apply(batch).unwrap();
    for (text, holder) in [("acp:a", Some(3)), ("acp:b", Some(1)), ("acp:x", None)] {
        let found = registry.lookup_by_alias(&alias(text)).unwrap();
        let found = found.map(|session| session.id());
        assert_eq!(found, holder.map(id), "{text}");
    }
    assert_clean(registry);
}

fn a_batch_that_is_too_long_is_refused(mut place: Place) {
    let batch = (0..257).fold(Batch::new(), |batch, number| batch.unregister(id(number)));
    place.unchanged(|registry| match registry.apply(batch).unwrap_err() {
        Error::BatchTooLong {
            operations, most, ..
        } => assert_eq!((operations, most), (257, 256)),
        error => panic!("{error:?}"),
    });
}

/// Whose claim stands in the way of one operation stands in the way of all.
#[test]
fn a_live_owner_stands_in_the_way_and_a_dead_one_does_not() {
    let mut place = Place::new(Kind::Shared).with_sessions(3);
    let other = SessionRegistry::open(place.file()).unwrap();
    let claim = other.claim(id(2)).unwrap();
    let own = place.registry.claim(id(3)).unwrap();
    for batch in [
        Batch::new().close_session(id(1)).close_session(id(2)),
        Batch::new().close_session(id(3)).unregister(id(2)),
    ] {
        let expected = refusal(1, Refusal::Other("already_claimed"));
        let found = place.registry.apply(batch).map_err(Refusal::from);
        assert_eq!(found, Err(expected));
    }
    claim.check().unwrap();
    own.check().unwrap();
    claim.release().unwrap();
    dead_owner_beside(&place.file(), id(2));
    assert_eq!(liveness(&place.registry, id(2)), Some(Liveness::Dead));
    // Its own claim ends, also where the session is opened again.
    let batch = Batch::new().close_session(id(2)).close_session(id(3));
    place.registry.apply(batch.reopen(id(3))).unwrap();
    assert_eq!(own.check().unwrap_err().code(), "ownership_lost");
    assert_eq!(place.registry.stats().unwrap().claims, 0);
    place.reopen();
    assert_clean(&place.registry);
}

#[test]
fn nobody_is_closed_to_make_room() {
    let mut place = Place::new(Kind::Shared).with_sessions(2);
    dead_owner_beside(&place.file(), id(1));
    place.registry.set_max_sessions(2).unwrap();
    let limit = Refusal::Limit {
        max_sessions: 2,
        open: 2,
    };
    let batch = Batch::new().register(session(3));
    let found = refused(&mut place, |registry| registry.apply(batch));
    assert_eq!(found, refusal(0, limit));
    let batch = Batch::new().close_session(id(1)).register(session(3));
    place.registry.apply(batch).unwrap();
}
