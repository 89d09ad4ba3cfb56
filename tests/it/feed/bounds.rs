//! How much is kept, and what those are told who come from further back.

use session_registry::{ChangeKind, Changes, ImportMode, PrunePolicy, SessionRegistry};

use super::{since, told};
use crate::support::place::{Place, in_every_registry};
use crate::support::values::{id, session};
use crate::transfer::export;

in_every_registry![
    the_last_1024_changes_are_kept_at_least,
    a_revision_that_never_was_is_lost,
    a_call_that_changes_more_than_256_sessions_is_told_as_everything,
    a_prune_of_many_tells_of_each,
    an_import_is_told_as_everything,
];

/// At least so many are kept.
const KEPT: u64 = 1024;
/// At most so many.
const MOST: u64 = 1024 + 256;

fn lost(changes: &Changes) -> bool {
    assert!(!changes.lost || changes.changes.is_empty());
    changes.lost
}

fn oldest_kept(registry: &SessionRegistry) -> u64 {
    let newest = registry.revision().unwrap();
    (0..=newest)
        .find(|position| !lost(&registry.changes_since(*position).unwrap()))
        .unwrap()
}

fn the_last_1024_changes_are_kept_at_least(mut place: Place) {
    for number in 1..=2 * MOST {
        let limit = u32::try_from(number % 2).unwrap() + 1;
        place.registry.set_max_sessions(limit).unwrap();
        assert_eq!(place.registry.revision().unwrap(), number);
        if number > MOST && number.is_multiple_of(97) {
            let kept = number - oldest_kept(&place.registry);
            assert!((KEPT..MOST).contains(&kept), "{kept} kept of {number}");
        }
    }
    place.reopen();
    let oldest = oldest_kept(&place.registry);
    assert_eq!(
        since(&place.registry, oldest).len() as u64,
        2 * MOST - oldest
    );
    assert!(place.registry.verify().unwrap().is_clean());
}

fn a_revision_that_never_was_is_lost(place: Place) {
    let place = place.with_sessions(2);
    for position in [3, 4, 1 << 40, u64::MAX - 1, u64::MAX] {
        let changes = place.registry.changes_since(position).unwrap();
        assert!(lost(&changes), "{position}");
        assert_eq!(changes.revision, 2);
    }
    assert!(!lost(&place.registry.changes_since(2).unwrap()));
}

fn a_call_that_changes_more_than_256_sessions_is_told_as_everything(place: Place) {
    let registry = &place.registry;
    // The one that is registered last makes all others go, whose owners are dead.
    for (dead, expected) in [(255, 256), (256, 1)] {
        registry.clear().unwrap();
        registry.set_max_sessions(1000).unwrap();
        for number in 1..=dead {
            registry.register(session(number)).unwrap();
            registry
                .claim(id(number.into()))
                .unwrap()
                .abandon()
                .unwrap();
        }
        registry.set_max_sessions(1).unwrap();
        let before = registry.revision().unwrap();
        let opened = registry.register_opened(session(dead + 1)).unwrap();
        assert_eq!(opened.reaped.len(), usize::try_from(dead).unwrap());
        let told = since(registry, before);
        assert_eq!(told.len(), expected);
        let everything = told.iter().any(|told| told.0 == ChangeKind::Everything);
        assert_eq!(everything, expected == 1);
    }
}

fn a_prune_of_many_tells_of_each(place: Place) {
    let registry = &place.registry;
    registry.set_max_sessions(1000).unwrap();
    for number in 1..=257 {
        registry.register(session(number)).unwrap();
        registry.close_session(id(number.into())).unwrap();
    }
    let before = registry.revision().unwrap();
    let all = PrunePolicy::new().keep_last(0);
    assert_eq!(registry.prune(&all).unwrap().removed, 257);
    let told = since(registry, before);
    assert_eq!(told.len(), 257);
    assert!(told.iter().all(|told| told.0 == ChangeKind::Removed));
}

fn an_import_is_told_as_everything(place: Place) {
    let place = place.with_sessions(1);
    let text = export(&[session(2)]);
    place
        .registry
        .import(text.as_bytes(), ImportMode::KeepIds)
        .unwrap();
    let changes = place.registry.changes_since(1).unwrap().changes;
    assert_eq!(told(&changes), [(ChangeKind::Everything, None, None)]);
    assert!(place.registry.verify().unwrap().is_clean());
}
