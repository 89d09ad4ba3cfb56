//! A log with a gap, and one that disagrees with the sessions: found, and mended by beginning anew.

use session_registry::{ChangeKind, Error, SessionRegistry};

use super::since;
use crate::support::place::{Kind, Place};
use crate::support::raw;
use crate::support::values::{id, name, session};

fn codes(registry: &SessionRegistry) -> Vec<&'static str> {
    let found = registry.verify().unwrap();
    found.inconsistencies.iter().map(|one| one.code()).collect()
}

/// Three sessions; the second was renamed and the third closed.
fn place() -> Place {
    let place = Place::new(Kind::Shared).with_sessions(3);
    place.registry.rename(id(2), name("new")).unwrap();
    place.registry.close_session(id(3)).unwrap();
    assert_eq!(codes(&place.registry), [] as [&str; 0]);
    place
}

fn mend(place: &mut Place, expected: &[&str]) {
    assert_eq!(codes(&place.registry), expected);
    let before = place.registry.revision().unwrap();
    let found = place.registry.rebuild_indexes().unwrap();
    assert_eq!(found.inconsistencies.len(), expected.len());
    assert_eq!(codes(&place.registry), [] as [&str; 0]);
    // Whoever was up to date is told to list again, and so is everybody else.
    let everything = [(ChangeKind::Everything, None, None)];
    assert_eq!(since(&place.registry, before), everything);
    for position in 0..before {
        assert!(place.registry.changes_since(position).unwrap().lost);
    }
    place.registry.register(session(9)).unwrap();
    place.reopen();
    assert_eq!(place.registry.revision().unwrap(), before + 2);
}

#[test]
fn a_gap_is_found_and_mended() {
    let mut place = place();
    raw::remove_change(&place.file(), 3);
    let across = place.registry.changes_since(1);
    assert!(matches!(across, Err(Error::Corrupted { .. })), "{across:?}");
    assert_eq!(since(&place.registry, 3).len(), 2);
    mend(&mut place, &["damaged_log"]);
}

#[test]
fn a_change_that_does_not_decode_is_found_and_mended() {
    let mut place = place();
    raw::put_change(&place.file(), 4, &[0xff; 20]);
    let read = place.registry.changes_since(3);
    assert!(matches!(read, Err(Error::Corrupted { .. })), "{read:?}");
    mend(&mut place, &["damaged_log"]);
}

#[test]
fn a_session_that_is_not_as_the_log_left_it_is_found_and_mended() {
    // Without the newest change of a session the one before says something else than its row.
    let mut place = place();
    raw::remove_change(&place.file(), 5);
    mend(&mut place, &["stray_change"]);

    // A change that the row knows nothing of.
    let mut place = self::place();
    let other = Place::new(Kind::Shared).with_sessions(5);
    let unheard = raw::change(&other.file(), 5);
    raw::put_change(&place.file(), 6, &unheard);
    mend(&mut place, &["stray_change"]);
}

#[test]
fn a_key_that_is_no_revision_is_found_and_mended() {
    let place = place();
    raw::put_change_at(&place.file(), &[0xff; 3], &[1]);
    assert_eq!(codes(&place.registry), ["damaged_log"]);
    assert_eq!(place.registry.revision().unwrap_err().code(), "corrupted");
    assert_eq!(
        place.registry.register(session(4)).unwrap_err().code(),
        "corrupted"
    );
    let found = place.registry.rebuild_indexes().unwrap();
    assert!(!found.is_clean());
    assert_eq!(codes(&place.registry), [] as [&str; 0]);
    assert_eq!(place.registry.revision().unwrap(), 6);
    place.registry.register(session(4)).unwrap();
}
