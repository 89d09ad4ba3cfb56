//! Errors that say more or less than their row in the table.

use std::error::Error as StdError;
use std::io;

use super::{Error, StorageError, file, id, storage};

#[test]
fn a_storage_error_says_what_where_and_why() {
    let error = storage();
    assert_eq!(error.action(), "commit to");
    assert_eq!(error.path(), Some(file().as_path()));
    assert_eq!(error.io_kind(), Some(io::ErrorKind::StorageFull));
    let nowhere = StorageError::new("commit to", None, "the engine stopped");
    assert_eq!(
        nowhere.to_string(),
        "could not commit to the registry in memory"
    );
    assert_eq!((nowhere.path(), nowhere.io_kind()), (None, None));
}

#[test]
fn a_claim_may_be_over_without_a_new_owner() {
    let error = Error::OwnershipLost {
        id: id(),
        owner: None,
    };
    assert_eq!(
        error.to_string(),
        "the claim of session 0f8fad5b-d9cb-469f-a165-70867728950e is over"
    );
}

#[test]
fn damage_in_memory_names_no_file() {
    let error = Error::Corrupted {
        path: None,
        detail: "a row is odd".into(),
    };
    let expected = "the registry in memory is damaged: a row is odd";
    assert_eq!(error.to_string(), expected);
    assert!(error.source().is_none());
}
