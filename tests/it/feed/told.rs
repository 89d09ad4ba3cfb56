//! Which changes are told: one of each session and call, and none where nothing was changed.

use std::fmt::Debug;
use std::time::Duration;

use session_registry::{
    Activity, Batch, Change, ChangeKind, Changes, ImportMode, PrunePolicy, Report, Result,
    SessionRegistry,
};

use super::{Told, since};
use crate::support::owners::{files, leave_dead_owner};
use crate::support::place::{Place, in_every_registry};
use crate::support::values::{id, name, second, session, spoil, with};

in_every_registry![
    each_call_tells_what_it_did,
    a_claim_is_told_after_what_opened_the_session,
    a_start_a_report_and_a_batch_tell_of_each_session_once,
    calls_that_change_nothing_tell_nothing,
    a_snapshot_has_the_revision_of_its_state,
];

fn of(kind: ChangeKind, number: u128, revision: u64) -> Told {
    (kind, Some(id(number)), Some(revision))
}

fn removed(number: u128) -> Told {
    (ChangeKind::Removed, Some(id(number)), None)
}

fn alone(kind: ChangeKind) -> Told {
    (kind, None, None)
}

/// Makes a call that must tell exactly this, also when it is read again later.
fn tells<T: Debug>(
    place: &mut Place,
    call: impl FnOnce(&SessionRegistry) -> Result<T>,
    expected: &[Told],
) -> T {
    let before = place.registry.revision().unwrap();
    let answer = call(&place.registry).unwrap();
    assert_eq!(since(&place.registry, before), expected, "{answer:?}");
    answer
}

fn each_call_tells_what_it_did(mut place: Place) {
    use ChangeKind::*;

    assert_eq!(place.registry.revision().unwrap(), 0);
    let place = &mut place;
    tells(place, |r| r.register(session(1)), &[of(Registered, 1, 0)]);
    let registered = [of(Registered, 2, 0)];
    let _ = tells(place, |r| r.get_or_register(session(2)), &registered);
    tells(
        place,
        |r| r.rename(id(1), name("new")),
        &[of(Updated, 1, 1)],
    );
    let change = |session: &mut session_registry::Session| session.set_pinned(true);
    tells(place, |r| r.modify(id(1), change), &[of(Updated, 1, 2)]);
    place.clock.set(second(10));
    tells(place, |r| r.touch(id(1)), &[of(Active, 1, 2)]);
    tells(place, |r| r.set_max_sessions(20), &[alone(LimitSet)]);
    tells(
        place,
        |r| r.set_max_sessions_per_project(3),
        &[alone(LimitSet)],
    );
    let chosen = (DefaultSet, Some(id(2)), None);
    tells(place, |r| r.set_default_session(Some(id(2))), &[chosen]);
    tells(place, |r| r.close_session(id(2)), &[of(Closed, 2, 1)]);
    tells(place, |r| r.reopen(id(2)), &[of(Reopened, 2, 2)]);
    let claim = tells(place, |r| r.claim(id(2)), &[of(Claimed, 2, 2)]);
    let other = tells(place, |r| r.take_over(id(2)), &[of(Claimed, 2, 2)]);
    assert!(claim.check().is_err());
    tells(place, |_| other.release(), &[of(Released, 2, 2)]);
    let dropped = tells(place, |r| r.claim(id(2)), &[of(Claimed, 2, 2)]);
    let dropping = |_: &SessionRegistry| {
        drop(dropped);
        Ok(())
    };
    tells(place, dropping, &[of(Released, 2, 2)]);
    let expected = [removed(2), alone(DefaultSet)];
    tells(place, |r| r.unregister(id(2)), &expected);
    tells(place, |r| r.close_session(id(1)), &[of(Closed, 1, 3)]);
    tells(place, |r| r.register(session(3)), &[of(Registered, 3, 0)]);
    tells(place, |r| r.close_session(id(3)), &[of(Closed, 3, 1)]);
    let all = PrunePolicy::new().keep_last(0);
    // Session 1 is pinned.
    tells(place, |r| r.prune(&all), &[removed(3)]);
    tells(place, SessionRegistry::clear, &[alone(Cleared)]);
}

fn a_claim_is_told_after_what_opened_the_session(place: Place) {
    use ChangeKind::*;

    let place = &mut place.with_sessions(1);
    place.registry.close_session(id(1)).unwrap();
    let opened = [of(Reopened, 1, 2), of(Claimed, 1, 2)];
    let started = tells(place, |r| r.resume(id(1)), &opened);
    // The session is closed again, and with it goes the claim.
    tells(place, |_| started.undo(), &[of(Closed, 1, 3)]);
    place.registry.reopen(id(1)).unwrap();
    let started = tells(place, |r| r.resume(id(1)), &[of(Claimed, 1, 4)]);
    tells(place, |_| started.undo(), &[of(Released, 1, 4)]);
    let claim = tells(place, |r| r.claim(id(1)), &[of(Claimed, 1, 4)]);
    tells(place, |r| r.close_session(id(1)), &[of(Closed, 1, 5)]);
    // There is nothing left to be released.
    let dropping = |_: &SessionRegistry| {
        drop(claim);
        Ok(())
    };
    tells(place, dropping, &[]);
    place.registry.reopen(id(1)).unwrap();
    let claim = tells(place, |r| r.claim(id(1)), &[of(Claimed, 1, 6)]);
    tells(place, |_| claim.abandon(), &[of(Claimed, 1, 6)]);
    tells(place, |r| r.unregister(id(1)), &[removed(1)]);
}

fn a_start_a_report_and_a_batch_tell_of_each_session_once(mut place: Place) {
    use ChangeKind::*;

    let place = &mut place;
    let opened = [of(Registered, 1, 0), of(Claimed, 1, 0)];
    let started = tells(place, |r| r.start(session(1)), &opened);
    let report = || Report::new(Activity::Working);
    tells(place, |r| r.report(id(1), report()), &[of(Reported, 1, 0)]);
    tells(place, |r| r.report(id(1), report()), &[]);
    let (_, claim) = started.into_parts();
    tells(
        place,
        |_| claim.driven_by(7, "program"),
        &[of(Reported, 1, 0)],
    );
    tells(place, |_| claim.release(), &[of(Released, 1, 0)]);
    let found = tells(place, |r| r.start(session(1)), &[of(Claimed, 1, 0)]);
    tells(place, |_| found.undo(), &[of(Released, 1, 0)]);

    let batch = Batch::new()
        .rename(id(1), name("new"))
        .register(session(2))
        .rename(id(2), name("other"))
        .close_session(id(1));
    let expected = [of(Registered, 2, 1), of(Closed, 1, 2)];
    tells(place, |r| r.apply(batch), &expected);
    let batch = Batch::new().unregister(id(1)).unregister(id(2));
    tells(place, |r| r.apply(batch), &[removed(1), removed(2)]);
    let refused = Batch::new().register(session(3)).rename(id(9), name("x"));
    let before = place.registry.revision().unwrap();
    assert!(place.registry.apply(refused).is_err());
    assert_eq!(place.registry.revision().unwrap(), before);
}

/// Where an owner can die.
#[test]
fn whoever_is_closed_to_make_room_is_told_of_first() {
    use ChangeKind::*;

    for mut place in files() {
        place.registry.set_max_sessions(2).unwrap();
        place = place.with_sessions(2);
        leave_dead_owner(&mut place, id(1));
        leave_dead_owner(&mut place, id(2));
        let place = &mut place;
        let expected = [of(Closed, 1, 1), of(Registered, 3, 0)];
        tells(place, |r| r.register(session(3)), &expected);
        let expected = [of(Closed, 2, 1), of(Reopened, 1, 2), of(Claimed, 1, 2)];
        let started = tells(place, |r| r.resume(id(1)), &expected);
        drop(started);
    }
}

fn calls_that_change_nothing_tell_nothing(place: Place) {
    let mut place = place.with_sessions(2);
    let place = &mut place;
    place.registry.set_default_session(Some(id(1))).unwrap();
    let claim = place.registry.claim(id(1)).unwrap();
    let _ = tells(place, |r| r.get_or_register(session(1)), &[]);
    tells(place, |r| r.rename(id(1), name("session 1")), &[]);
    tells(place, |r| r.update(r.lookup(id(1))?.unwrap()), &[]);
    tells(place, |r| r.touch(id(1)), &[]);
    tells(place, |r| r.reopen(id(1)), &[]);
    tells(place, |r| r.unregister(id(3)), &[]);
    tells(place, |r| r.set_max_sessions(10), &[]);
    tells(place, |r| r.set_max_sessions_per_project(1), &[]);
    tells(place, |r| r.set_default_session(Some(id(1))), &[]);
    let old = PrunePolicy::new().closed_for_longer_than(Duration::from_secs(1));
    tells(place, |r| r.prune(&old), &[]);
    let _ = tells(place, SessionRegistry::verify, &[]);
    let _ = tells(place, SessionRegistry::rebuild_indexes, &[]);
    tells(place, SessionRegistry::interrupted, &[]);
    let before = place.registry.revision().unwrap();
    let refused = [
        place.registry.register(session(1)).map(drop),
        place.registry.register(with(&session(4), spoil)).map(drop),
        place.registry.rename(id(4), name("x")).map(drop),
        place.registry.claim(id(1)).map(drop),
        place.registry.resume(id(1)).map(drop),
        place.registry.set_default_session(Some(id(4))),
        place.registry.set_max_sessions_per_project(0),
        place
            .registry
            .import("nonsense".as_bytes(), ImportMode::KeepIds)
            .map(drop),
    ];
    for refusal in refused {
        assert!(refusal.is_err());
    }
    assert_eq!(place.registry.revision().unwrap(), before);
    drop(claim);
    if place.registry.path().is_some() {
        let before = place.registry.revision().unwrap();
        place.registry.compact().unwrap();
        place.reopen();
        assert_eq!(place.registry.revision().unwrap(), before);
    }
}

fn a_snapshot_has_the_revision_of_its_state(place: Place) {
    let place = place.with_sessions(1);
    let snapshot = place.registry.snapshot().unwrap();
    place.registry.register(session(2)).unwrap();
    assert_eq!(snapshot.revision().unwrap(), 1);
    assert_eq!(place.registry.revision().unwrap(), 2);
    assert_eq!(
        since(&place.registry, snapshot.revision().unwrap()),
        [of(ChangeKind::Registered, 2, 0)]
    );
}

#[test]
fn changes_are_written_and_read_by_serde_with_every_field() {
    let registry = SessionRegistry::in_memory().unwrap();
    let session = registry.register(session(1)).unwrap();
    let changes = registry.changes_since(0).unwrap();
    let json = serde_json::to_value(&changes).unwrap();
    let change = serde_json::json!({
        "revision": 1, "kind": "registered", "id": session.id(), "session_revision": 0,
    });
    let expected = serde_json::json!({ "revision": 1, "lost": false, "changes": [change] });
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<Changes>(json).unwrap(), changes);
    let change: Change = changes.changes[0];
    assert_eq!(change.to_string(), format!("1 registered {}", session.id()));
}
