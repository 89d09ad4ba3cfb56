#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;
use crate::session::{
    Alias, Liveness, MatchedBy, Owner, ProjectPath, Session, SessionConfig, SessionId, SessionName,
    Tag, Timestamp, check_note, program_name,
};

mod particulars;

pub(super) const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

/// What the table says about one variant.
pub(super) struct Expected {
    pub(super) code: &'static str,
    message: &'static str,
    /// How many causes are below it.
    depth: usize,
    /// `r` retryable, `c` corruption.
    flags: &'static str,
}

/// One row per variant: a variant without a row does not compile, because the `match` has no wildcard.
macro_rules! table {
    ($($variant:pat, $example:expr => $code:literal, $message:literal, $depth:literal, $flags:literal;)+) => {
        pub(super) fn rows() -> Vec<(Error, Expected)> {
            fn assert_every_variant_has_a_row(error: &Error) {
                match error {
                    $($variant => {})+
                }
            }
            vec![$({
                let error: Error = $example;
                assert_every_variant_has_a_row(&error);
                assert!(matches!(error, $variant), "the example of {} is another", $code);
                (error, Expected { code: $code, message: $message, depth: $depth, flags: $flags })
            }),+]
        }
    };
}

table! {
    Error::InvalidSession(_), invalid_session()
        => "invalid_session", "invalid session: config.max_tokens is 0; at least 1 is needed", 0, "";
    Error::InvalidSessionId(_), "x\n".parse::<SessionId>().unwrap_err().into()
        => "invalid_session_id",
        "\"x\\n\" is not a session id: expected 32 hexadecimal digits, with or without hyphens", 0, "";
    Error::InvalidSessionName(_), SessionName::new(" ").unwrap_err().into()
        => "invalid_session_name", "the session name is empty", 0, "";
    Error::InvalidProjectPath(_), ProjectPath::new("a/b").unwrap_err().into()
        => "invalid_project_path", "\"a/b\" cannot be a project path: it is not absolute", 0, "";
    Error::InvalidTimestamp(_), "now".parse::<Timestamp>().unwrap_err().into()
        => "invalid_timestamp",
        "\"now\" is not a valid time: expected RFC 3339, such as 2024-02-29T12:00:00Z", 0, "";
    Error::InvalidChoice(_), "undead".parse::<Liveness>().unwrap_err().into()
        => "invalid_choice", "\"undead\" is not a liveness: expected one of alive, dead, unknown", 0, "";
    Error::InvalidAlias(_), Alias::new("sess_42").unwrap_err().into()
        => "invalid_alias", "\"sess_42\" is no alias: expected namespace:value", 0, "";
    Error::InvalidTag(_), Tag::new("").unwrap_err().into() => "invalid_tag",
        "the tag has 0 bytes; 1 to 64 are allowed", 0, "";
    Error::InvalidNote(_), check_note("a\nb").unwrap_err().into()
        => "invalid_note", "the note has forbidden character U+000A at byte 1", 0, "";
    Error::InvalidProgram(_), program_name(" ").unwrap_err().into()
        => "invalid_program", "the name of the program has 0 bytes; 1 to 64 are allowed", 0, "";
    Error::InvalidExtension { .. }, Error::InvalidExtension { key: "usage".into(), problem: "it is odd".into() }
        => "invalid_extension", "the extension \"usage\" is no such JSON: it is odd", 0, "";
    Error::LimitReached { .. }, Error::LimitReached { max_sessions: 2, open: 3 }
        => "session_limit_reached", "cannot open another session: 3 of at most 2 are open", 0, "";
    Error::InvalidLimit, Error::InvalidLimit
        => "invalid_limit", "0 is not how many sessions a project may have: at least 1 is needed", 0, "";
    Error::SessionExists { .. }, Error::SessionExists { id: id() } => "session_exists", "session 0f8fad5b-d9cb-469f-a165-70867728950e is already registered", 0, "";
    Error::ProjectAlreadyOpen { .. }, Error::ProjectAlreadyOpen { project_path: project(), holder: id(), open: 1, max_sessions_per_project: 1 }
        => "project_already_open",
        "project /work/app is already open in session 0f8fad5b-d9cb-469f-a165-70867728950e", 0, "";
    Error::AliasTaken { .. }, Error::AliasTaken { alias: Alias::new("acp:1").unwrap(), holder: id() }
        => "alias_taken", "alias acp:1 is taken by session 0f8fad5b-d9cb-469f-a165-70867728950e", 0, "";
    Error::BatchRefused { .. }, Error::BatchRefused { index: 2, source: Box::new(conflict()) }
        => "batch_refused", "operation 2 of the batch, counted from 0, was refused", 1, "r";
    Error::BatchTooLong { .. }, Error::BatchTooLong { operations: 257, most: 256 }
        => "batch_too_long", "the batch has 257 operations; at most 256 are allowed", 0, "";
    Error::NotFound { .. }, Error::NotFound { id: id() }
        => "not_found", "session 0f8fad5b-d9cb-469f-a165-70867728950e is not registered", 0, "";
    Error::Conflict { .. }, conflict()
        => "conflict",
        "session 0f8fad5b-d9cb-469f-a165-70867728950e changed meanwhile: expected revision 1, found 3",
        0, "r";
    Error::SessionClosed { .. }, Error::SessionClosed { id: id() }
        => "session_closed", "session 0f8fad5b-d9cb-469f-a165-70867728950e is closed", 0, "";
    Error::AlreadyClaimed { .. }, Error::AlreadyClaimed { id: id(), owner: owner() }
        => "already_claimed",
        "session 0f8fad5b-d9cb-469f-a165-70867728950e is driven by \
         process 7 on box since 1970-01-01T00:00:00Z", 0, "";
    Error::NotClaimed { .. }, Error::NotClaimed { id: id() }
        => "not_claimed", "nobody drives session 0f8fad5b-d9cb-469f-a165-70867728950e", 0, "";
    Error::OwnershipLost { .. }, Error::OwnershipLost { id: id(), owner: Some(owner()) }
        => "ownership_lost",
        "the claim of session 0f8fad5b-d9cb-469f-a165-70867728950e is over: \
         process 7 on box since 1970-01-01T00:00:00Z has it now", 0, "";
    Error::OwnersFolder(_), owners_folder()
        => "owners_folder",
        "sessions cannot be claimed here: the folder /r.redb.owners belongs to user 7, and the \
         registry to user 8", 0, "";
    Error::Ambiguous { .. }, Error::Ambiguous { query: "ap\n".into(), matches: vec![], total: 2, by: MatchedBy::Name }
        => "ambiguous", "\"ap\\n\" fits 2 sessions", 0, "";
    Error::NoMatch { .. }, Error::NoMatch { query: "ap".into() }
        => "no_match", "no session fits \"ap\"", 0, "";
    Error::InvalidQuery { .. }, Error::InvalidQuery { problem: "the limit is 0".into() }
        => "invalid_query", "invalid query: the limit is 0", 0, "";
    Error::InvalidCursor { .. }, Error::InvalidCursor { problem: "it is cut off".into() }
        => "invalid_cursor", "invalid cursor: it is cut off", 0, "";
    Error::EmptyPrunePolicy, Error::EmptyPrunePolicy
        => "empty_prune_policy", "a prune policy needs at least one rule", 0, "";
    Error::Busy { .. }, Error::Busy { waited: Duration::from_micros(5_000_900) }
        => "busy", "the registry stayed busy for 5000 ms", 0, "r";
    Error::InUse { .. }, Error::InUse { path: file() }
        => "in_use", "registry /r.redb is in use in a mode that excludes this call", 0, "r";
    Error::Exhausted { .. }, Error::Exhausted { counter: "the number of claims".into() }
        => "exhausted", "the number of claims cannot rise any more", 0, "";
    Error::ForkedProcess, Error::ForkedProcess
        => "forked", "this registry handle belongs to the process that this one was forked from", 0, "";
    Error::Closed, Error::Closed => "closed", "this registry handle is closed", 0, "";
    Error::ReadOnly, Error::ReadOnly => "read_only", "this registry handle is read-only", 0, "";
    Error::SnapshotLost, Error::SnapshotLost
        => "snapshot_lost",
        "this snapshot was lost when the registry was reopened after an error", 0, "r";
    Error::MissingFile { .. }, Error::MissingFile { path: file() }
        => "missing_file", "there is no registry file at /r.redb", 0, "";
    Error::NotARegistry { .. }, Error::NotARegistry { path: file() }
        => "not_a_registry", "/r.redb is not a session registry", 0, "";
    Error::SchemaTooNew { .. }, Error::SchemaTooNew { path: file(), found: 3, supported: 2 }
        => "schema_too_new",
        "registry /r.redb has schema version 3; this program supports up to 2", 0, "";
    Error::SchemaTooOld { .. }, Error::SchemaTooOld { path: file(), found: 1, supported: 2 }
        => "schema_too_old",
        "registry /r.redb has schema version 1, and must be opened for writing once to be migrated to 2",
        0, "";
    Error::RecoveryNeeded { .. }, Error::RecoveryNeeded { path: file() }
        => "recovery_needed",
        "registry /r.redb must be opened for writing once, to be recovered", 0, "";
    Error::IncompatiblePeer { .. }, Error::IncompatiblePeer { path: file() }
        => "incompatible_peer",
        "registry /r.redb is open in a program with an incompatible lock protocol", 0, "";
    Error::SharingUnsupported { .. }, Error::SharingUnsupported { path: file() }
        => "sharing_unsupported",
        "registry /r.redb cannot be shared between processes here; open it with Sharing::Exclusive",
        0, "";
    Error::Corrupted { .. }, corrupted()
        => "corrupted", "registry /r.redb is damaged: a row is odd", 0, "c";
    Error::FileReplaced { .. }, Error::FileReplaced { path: file() }
        => "file_replaced", "the file at /r.redb is no longer the registry this handle opened", 0, "";
    Error::TargetExists { .. }, Error::TargetExists { path: file() }
        => "target_exists", "/r.redb exists already", 0, "";
    Error::InvalidImport { .. }, Error::InvalidImport { line: 2, problem: "is no session".into() }
        => "invalid_import", "line 2 of the import is no session", 0, "";
    Error::ImportClash { .. }, Error::ImportClash { clashes: vec![ImportClash::Id { line: 2, id: id() }] }
        => "import_clash",
        "1 of the imported sessions clashes with registered ones: \
         line 2: session 0f8fad5b-d9cb-469f-a165-70867728950e is registered", 0, "";
    Error::OutcomeUnknown(_), Error::OutcomeUnknown(storage())
        => "outcome_unknown", "the change may or may not have been saved", 2, "";
    Error::Storage(_), Error::Storage(storage())
        => "storage", "could not commit to /r.redb", 1, "";
}

fn id() -> SessionId {
    ID.parse().unwrap()
}

fn conflict() -> Error {
    Error::Conflict {
        id: id(),
        expected: 1,
        found: 3,
    }
}

fn owner() -> Owner {
    Owner::new(7, "box".into(), Timestamp::from_micros(0), Liveness::Alive)
}

fn project() -> ProjectPath {
    ProjectPath::new("/work/app").unwrap()
}

fn owners_folder() -> Error {
    let problem = OwnersFolderProblem::OwnedBy {
        owner: 7,
        registry_owner: 8,
    };
    OwnersFolderError::new(Path::new("/r.redb.owners"), problem).into()
}

fn file() -> PathBuf {
    PathBuf::from("/r.redb")
}

fn storage() -> StorageError {
    let cause = io::Error::new(io::ErrorKind::StorageFull, "the disk is full");
    StorageError::new("commit to", Some(&file()), cause)
}

fn invalid_session() -> Error {
    let config = SessionConfig::new().max_tokens(0);
    let session = Session::builder(project()).config(config).build();
    session.validate().unwrap_err().into()
}

fn corrupted() -> Error {
    Error::Corrupted {
        path: Some(file()),
        detail: "a row is odd".into(),
    }
}

fn causes(error: &Error) -> Vec<String> {
    let first = error.source();
    std::iter::successors(first, |&cause| cause.source())
        .map(ToString::to_string)
        .collect()
}

#[test]
fn every_variant_says_what_the_table_says() {
    for (error, expected) in rows() {
        let code = expected.code;
        assert_eq!(error.code(), code);
        assert_eq!(error.to_string(), expected.message, "{code}");
        assert_eq!(causes(&error).len(), expected.depth, "{code}");
        assert_eq!(error.is_retryable(), expected.flags == "r", "{code}");
        assert_eq!(error.is_corruption(), expected.flags == "c", "{code}");
    }
}

#[test]
fn codes_are_snake_case_and_distinct() {
    let codes: Vec<_> = rows().iter().map(|(error, _)| error.code()).collect();
    for code in &codes {
        let plain = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(code.chars().all(plain), "{code}");
    }
    let distinct: BTreeSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len());
}

#[test]
fn no_message_repeats_its_cause() {
    for (error, _) in rows() {
        let message = error.to_string();
        assert!(!message.contains('\n'), "one line: {message}");
        for cause in causes(&error) {
            assert!(!message.contains(&cause), "{message} repeats {cause}");
        }
    }
}

#[test]
fn a_clone_says_the_same_down_to_the_causes() {
    for (error, _) in rows() {
        let clone = error.clone();
        assert_eq!(clone.code(), error.code());
        assert_eq!(format!("{clone:?}"), format!("{error:?}"));
        assert_eq!(causes(&clone), causes(&error));
    }
}

#[test]
fn errors_travel_between_threads() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<Error>();
    travels::<StorageError>();
}
