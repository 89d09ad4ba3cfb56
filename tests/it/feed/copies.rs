//! A copy that is put in place of its original goes on behind it.

use session_registry::{ChangeKind, SessionRegistry};

use super::told;
use crate::support::place::{Kind, Place};
use crate::support::values::{id, name, session};

#[test]
fn a_position_of_the_original_matched_other_changes_in_the_copy() {
    let place = Place::new(Kind::Shared).with_sessions(5);
    let copy = place.file().with_extension("copy");
    place.registry.backup_to(&copy).unwrap();
    let positions = 0..=place.registry.revision().unwrap();
    place.registry.rename(id(1), name("here")).unwrap();

    let copied = SessionRegistry::open(&copy).unwrap();
    let revision = copied.revision().unwrap();
    assert!(revision > 5 + (1 << 32));
    let newest = copied.changes_since(revision - 1).unwrap();
    let everything = (ChangeKind::Everything, None, None);
    assert_eq!(told(&newest.changes), [everything]);
    assert!(copied.verify().unwrap().is_clean());

    copied.rename(id(1), name("there")).unwrap();
    copied.register(session(6)).unwrap();
    for position in positions.chain([6, 7, 8]) {
        let changes = copied.changes_since(position).unwrap();
        assert!(changes.lost, "{position}");
        assert_eq!(changes.revision, revision + 2);
        // And the other way round.
        assert!(
            place
                .registry
                .changes_since(revision + position)
                .unwrap()
                .lost
        );
    }
    let other = place.file().with_extension("other");
    place.registry.backup_to(&other).unwrap();
    let other = SessionRegistry::open(&other).unwrap();
    assert_ne!(
        other.revision().unwrap(),
        revision,
        "no two copies are alike"
    );
}

#[test]
fn a_copy_of_a_new_registry_is_told_of_too() {
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    let registry = SessionRegistry::in_memory().unwrap();
    registry.backup_to(&copy).unwrap();
    let copied = SessionRegistry::open(&copy).unwrap();
    assert!(copied.changes_since(0).unwrap().lost);
}
