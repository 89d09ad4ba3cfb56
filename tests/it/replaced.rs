//! The file at the path is the file that is held, or nothing is written.

use std::fs;

use session_registry::{Error, SessionRegistry};

use crate::support::place::{Kind, Place};
use crate::support::values::{id, name, session};

fn assert_replaced(place: &Place) {
    let registry = &place.registry;
    let path = registry.path().unwrap();
    for _ in 0..2 {
        let error = registry.rename(id(1), name("lost")).unwrap_err();
        assert!(
            matches!(&error, Error::FileReplaced { path: named, .. } if named == path),
            "{error:?}"
        );
    }
    // Once a write has seen it, reads say so at once.
    assert_eq!(registry.lookup(id(1)).unwrap_err().code(), "file_replaced");
    assert_eq!(registry.count().unwrap_err().code(), "file_replaced");
    assert_eq!(registry.snapshot().unwrap_err().code(), "file_replaced");
}

#[test]
fn a_removed_file_is_not_written_to() {
    for kind in [Kind::Shared, Kind::Exclusive] {
        let place = Place::new(kind).with_sessions(1);
        let kept = place.file().with_extension("kept");
        fs::rename(place.file(), &kept).unwrap();
        let before = fs::read(&kept).unwrap();
        assert_replaced(&place);
        assert!(fs::read(&kept).unwrap() == before);
        assert!(!place.file().exists(), "it is never created again");
        // It sticks, so that nobody is told yes and no in turn.
        fs::rename(&kept, place.file()).unwrap();
        assert_replaced(&place);
        place.registry.clone().close().unwrap();
        let again = place.options().open(place.file()).unwrap();
        assert_eq!(again.list_all().unwrap(), [session(1)]);
    }
}

#[test]
fn another_file_in_its_place_is_left_alone() {
    for kind in [Kind::Shared, Kind::Exclusive] {
        let place = Place::new(kind).with_sessions(1);
        let other = place.file().with_extension("other");
        let registry = SessionRegistry::open(&other).unwrap();
        registry.register(session(9)).unwrap();
        registry.close().unwrap();
        fs::rename(&other, place.file()).unwrap();
        let before = fs::read(place.file()).unwrap();
        assert_replaced(&place);
        assert!(fs::read(place.file()).unwrap() == before);
        let registry = SessionRegistry::open(place.file()).unwrap();
        assert_eq!(registry.list_all().unwrap(), [session(9)]);
    }
}
