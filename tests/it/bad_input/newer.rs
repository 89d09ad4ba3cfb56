//! Registries that a newer version of this crate wrote.

use std::path::Path;

use session_registry::{Error, SessionRegistry};

use super::{directory, refused, registry_at};
use crate::support::raw::stamp;
use crate::support::values::{id, name, session};

const FUTURE: u32 = 1000;

fn assert_too_new(error: &Error, file: &Path, newest: u32) {
    assert!(
        matches!(
            error,
            Error::SchemaTooNew { path, found: FUTURE, supported, .. }
                if path == file && *supported == newest
        ),
        "{error:?}"
    );
    assert!(!error.is_retryable() && !error.is_corruption());
}

/// The newest schema version this crate knows, and a closed registry of that version.
fn registry_and_version(file: &Path) -> u32 {
    registry_at(file);
    let registry = SessionRegistry::open(file).unwrap();
    registry.stats().unwrap().schema_version
}

#[test]
fn one_that_cannot_be_read_is_refused() {
    let (_keep, folder) = directory();
    let file = folder.join("r.redb");
    let newest = registry_and_version(&file);
    for min_reader in [FUTURE, newest + 1] {
        stamp(&file, FUTURE, min_reader);
        assert_too_new(&refused(&file), &file, newest);
    }
}

#[test]
fn one_that_can_be_read_is_read_and_not_written() {
    let (_keep, folder) = directory();
    let file = folder.join("r.redb");
    let newest = registry_and_version(&file);
    stamp(&file, FUTURE, newest);
    let registry = SessionRegistry::open(&file).unwrap();
    assert_eq!(registry.open_report().migrated_from, None);
    assert_eq!(registry.lookup(id(2)).unwrap(), Some(session(2)));
    assert_eq!(registry.snapshot().unwrap().count().unwrap(), 3);
    assert_too_new(&registry.clear().unwrap_err(), &file, newest);
    assert_too_new(&registry.register(session(4)).unwrap_err(), &file, newest);
    assert_eq!(registry.count().unwrap(), 3);
}

#[test]
fn one_that_becomes_newer_while_it_is_open_is_neither_read_nor_written() {
    let (_keep, folder) = directory();
    let file = folder.join("r.redb");
    let newest = registry_and_version(&file);
    let registry = SessionRegistry::open(&file).unwrap();
    // Asked before, so that the answer could have been remembered.
    assert_eq!(registry.lookup(id(1)).unwrap(), Some(session(1)));
    stamp(&file, FUTURE, FUTURE);
    assert_too_new(&registry.lookup(id(1)).unwrap_err(), &file, newest);
    assert_too_new(&registry.list_all().unwrap_err(), &file, newest);
    assert_too_new(&registry.snapshot().unwrap_err(), &file, newest);
    let error = registry.rename(id(1), name("a")).unwrap_err();
    assert_too_new(&error, &file, newest);
    stamp(&file, newest, 1);
    assert_eq!(registry.lookup(id(1)).unwrap(), Some(session(1)));
    assert_eq!(registry.rename(id(1), name("a")).unwrap().revision(), 1);
}
