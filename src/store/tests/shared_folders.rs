//! Folders on which locks mean nothing to others: nobody shares a registry there, and nothing is changed.

use std::fs;

use super::session;
use crate::error::Error;
use crate::registry::SessionRegistry;
use crate::store::disk::file_system::pretended;
use crate::store::{Access, Sharing};

/// Two machines wrote to one file, and neither saw the other's locks.
#[test]
fn a_registry_in_a_shared_folder_was_opened_as_if_others_saw_its_locks() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("r.redb");
    let refused = || pretended::with(|| SessionRegistry::open(&file)).unwrap_err();
    let assert_refused = |error: Error| {
        assert!(
            matches!(error, Error::SharingUnsupported { .. }),
            "{error:?}"
        );
        assert!(!error.is_retryable() && !error.is_corruption());
    };
    assert_refused(refused());
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);

    let exclusive = SessionRegistry::options().sharing(Sharing::Exclusive);
    let registry = pretended::with(|| exclusive.open(&file)).unwrap();
    registry.register(session(1)).unwrap();
    registry.close().unwrap();
    let before = fs::read(&file).unwrap();
    assert_refused(refused());
    assert!(fs::read(&file).unwrap() == before);

    let reading = SessionRegistry::options().access(Access::ReadOnly);
    let registry = pretended::with(|| reading.open(&file)).unwrap();
    assert_eq!(registry.count().unwrap(), 1);
}
