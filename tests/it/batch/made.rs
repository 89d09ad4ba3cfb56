//! What a batch does, and in which order.

use session_registry::{Batch, Timestamp};

use super::like;
use crate::support::place::{Place, in_every_registry};
use crate::support::records::{assert_clean, closing, records};
use crate::support::values::{id, name, second, session};

in_every_registry!(
    operations_see_what_those_before_them_did,
    as_many_operations_as_may_be_are_made,
    an_empty_batch_and_one_that_changes_nothing_write_nothing,
    projects_closed_in_one_batch_are_closed_one_after_the_other,
    a_removed_default_is_forgotten,
);

fn operations_see_what_those_before_them_did(place: Place) {
    let registry = &place.registry;
    registry.set_max_sessions(1).unwrap();
    place.clock.set(second(9));
    // Slot and project are given up and taken.
    let batch = Batch::new()
        .register(session(1))
        .rename(id(1), name("first"))
        .close_session(id(1))
        .register(like(1, 2))
        .unregister(id(2))
        .unregister(id(2))
        .reopen(id(1));
    let answers = registry.apply(batch).unwrap();
    let seen: Vec<_> = answers
        .iter()
        .map(|answer| {
            let session = answer.as_ref()?;
            Some((session.id(), session.revision(), session.state().is_open()))
        })
        .collect();
    assert_eq!(
        seen,
        [
            Some((id(1), 0, true)),
            Some((id(1), 1, true)),
            Some((id(1), 2, false)),
            Some((id(2), 0, true)),
            Some((id(2), 0, true)),
            None,
            Some((id(1), 3, true)),
        ]
    );
    assert_eq!(records(registry), [answers[6].clone().unwrap()]);
    assert_eq!(records(registry)[0].name().as_str(), "first");
    assert_clean(registry);
}

fn as_many_operations_as_may_be_are_made(place: Place) {
    let registry = &place.registry;
    registry.set_max_sessions(300).unwrap();
    let all = (1..=256).fold(Batch::new(), |batch, number| {
        batch.register(session(number))
    });
    assert_eq!(all.len(), Batch::MAX_OPERATIONS);
    registry.apply(all).unwrap();
    assert_eq!(registry.count().unwrap(), 256);
    let gone = (1..=256).fold(Batch::new(), |batch, number| batch.unregister(id(number)));
    let answers = registry.apply(gone).unwrap();
    assert!(answers.iter().all(Option::is_some));
    assert_eq!(records(registry), []);
    assert_clean(registry);
}

fn an_empty_batch_and_one_that_changes_nothing_write_nothing(place: Place) {
    let mut place = place.with_sessions(2);
    let stored = place.registry.lookup(id(1)).unwrap().unwrap();
    place.unchanged(|registry| {
        assert!(Batch::new().is_empty());
        assert_eq!(registry.apply(Batch::new()).unwrap(), []);
        let batch = Batch::new().update(stored.clone());
        let answers = registry.apply(batch.reopen(id(2)).unregister(id(9)));
        let second = registry.lookup(id(2)).unwrap();
        assert_eq!(answers.unwrap(), [Some(stored.clone()), second, None]);
    });
}

/// The clock is read once for all of them.
fn projects_closed_in_one_batch_are_closed_one_after_the_other(place: Place) {
    let registry = &place.registry;
    registry.set_max_sessions_per_project(3).unwrap();
    let batch = (1..=3).fold(Batch::new(), |batch, number| {
        batch.register(like(7, number))
    });
    let batch = (1..=3).fold(batch, |batch, number| batch.close_session(id(number)));
    let answers = registry.apply(batch).unwrap();
    let times: Vec<Timestamp> = answers[3..]
        .iter()
        .map(|answer| closing(answer.as_ref().unwrap()).unwrap().0)
        .collect();
    assert!(times.is_sorted_by(|one, next| one < next), "{times:?}");
    // One that is opened again counts no more.
    let latest = times[2];
    let batch = Batch::new()
        .reopen(id(3))
        .reopen(id(2))
        .close_session(id(2));
    let answers = registry.apply(batch).unwrap();
    let again = closing(answers[2].as_ref().unwrap()).unwrap().0;
    assert!(again > times[0] && again <= latest, "{again}, {times:?}");
}

fn a_removed_default_is_forgotten(place: Place) {
    let place = place.with_sessions(2);
    let registry = &place.registry;
    registry.set_default_session(Some(id(2))).unwrap();
    let batch = Batch::new().unregister(id(2)).register(session(2));
    registry.apply(batch).unwrap();
    assert_eq!(registry.default_session_id().unwrap(), Some(id(1)));
}
