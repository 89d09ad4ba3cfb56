//! Directories that cannot be synced, or fail at it: what was said of a name, and what is there.

use std::fs;
use std::path::Path;

use rustix::io::Errno;

use super::session;
use crate::error::Error;
use crate::registry::SessionRegistry;
use crate::store::disk::directory::failing;

/// What file systems answer that know no syncing of directories.
const IMPOSSIBLE: [Errno; 5] = [
    Errno::INVAL,
    Errno::NOTSUP,
    Errno::OPNOTSUPP,
    Errno::NOSYS,
    Errno::NOTTY,
];

/// What they answer that failed at it.
const FAILED: [Errno; 5] = [
    Errno::IO,
    Errno::NOSPC,
    Errno::DQUOT,
    Errno::STALE,
    Errno::BADF,
];

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn where_directories_cannot_be_synced_everything_goes_on() {
    for errno in IMPOSSIBLE {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        failing::with(errno, || {
            let registry = SessionRegistry::open(at("new.redb")).unwrap();
            let session = registry.register(session(1)).unwrap();
            registry.backup_to(at("copy")).unwrap();
            registry.claim(session.id()).unwrap().release().unwrap();
        });
        let expected = ["copy", "new.redb", "new.redb.owners"];
        assert_eq!(names_in(directory.path()), expected, "{errno}");
    }
}

#[test]
fn where_syncing_a_directory_failed_nothing_is_said_to_last() {
    for errno in FAILED {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("new.redb");
        let made = failing::with(errno, || SessionRegistry::open(&file));
        assert_eq!(made.unwrap_err().code(), "outcome_unknown", "{errno}");
        let registry = SessionRegistry::open(&file).unwrap();
        let id = registry.register(session(1)).unwrap().id();
        let claimed = failing::with(errno, || registry.claim(id));
        assert_eq!(claimed.unwrap_err().code(), "storage", "{errno}");
        assert_eq!(registry.owner(id).unwrap(), None, "{errno}");
    }
}

/// A backup that failed was there nonetheless, and in the way of the next.
#[test]
fn a_copy_whose_name_may_not_last_was_left_in_the_way_of_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let registry = SessionRegistry::open(at("r.redb")).unwrap();
    registry.register(session(1)).unwrap();
    let refused = failing::with(Errno::IO, || registry.backup_to(at("copy"))).unwrap_err();
    match &refused {
        Error::Storage(error) => assert_eq!(error.path(), Some(at("copy").as_path())),
        other => panic!("{other:?}"),
    }
    assert_eq!(names_in(directory.path()), ["r.redb"]);
    registry.backup_to(at("copy")).unwrap();
    assert_eq!(
        SessionRegistry::open(at("copy")).unwrap().count().unwrap(),
        1
    );
}

/// A new registry stays, because others may have begun to use it: nobody may say that nothing was changed.
#[test]
fn a_registry_whose_name_may_not_last_was_said_not_to_be_there() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("r.redb");
    let made = failing::with(Errno::IO, || SessionRegistry::open(&file));
    assert_eq!(made.unwrap_err().code(), "outcome_unknown");
    assert_eq!(names_in(directory.path()), ["r.redb"]);
    // Whoever opens it meanwhile makes its name last, or is told.
    let opened = failing::with(Errno::IO, || SessionRegistry::open(&file));
    assert_eq!(opened.unwrap_err().code(), "storage");
    let registry = SessionRegistry::open(&file).unwrap();
    assert!(!registry.open_report().created);
    registry.register(session(1)).unwrap();
}

/// The claim was refused, and its lock stayed.
#[test]
fn a_lock_whose_name_may_not_last_was_left_behind() {
    let directory = tempfile::tempdir().unwrap();
    let registry = SessionRegistry::open(directory.path().join("r.redb")).unwrap();
    let id = registry.register(session(1)).unwrap().id();
    let refused = || failing::with(Errno::IO, || registry.claim(id)).unwrap_err();
    assert_eq!(refused().code(), "storage");
    assert_eq!(names_in(directory.path()), ["r.redb"], "no folder either");
    registry.claim(id).unwrap().release().unwrap();
    assert_eq!(refused().code(), "storage");
    let folder = directory.path().join("r.redb.owners");
    assert_eq!(names_in(&folder), [""; 0]);
    assert_eq!(registry.owner(id).unwrap(), None);
}

/// A migration keeps a copy first; where that cannot be kept, nothing is migrated.
#[test]
fn a_migration_whose_copy_may_not_last_does_not_happen() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("r.redb");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1.redb");
    fs::copy(golden, &file).unwrap();
    let opened = failing::with(Errno::IO, || SessionRegistry::open(&file));
    assert_eq!(opened.unwrap_err().code(), "storage");
    assert_eq!(names_in(directory.path()), ["r.redb"]);
    let registry = SessionRegistry::open(&file).unwrap();
    assert_eq!(registry.open_report().migrated_from, Some(1));
}
