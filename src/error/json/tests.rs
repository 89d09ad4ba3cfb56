#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

use serde_json::{Value, json};

use super::super::tests::{ID, rows};
use super::*;
use crate::error::ImportClash;
use crate::session::{MatchedBy, ProjectPath, Session, SessionConfig, SessionName, Timestamp};

/// What the table of `error/tests.rs` shows of each variant.
fn details(code: &str) -> Value {
    let owner = json!({
        "pid": 7, "host": "box", "claimed_at": "1970-01-01T00:00:00Z", "liveness": "alive",
        "epoch": 0, "program": null, "driver": null, "pid_namespace": null,
    });
    let storage = json!({ "action": "commit to", "path": "/r.redb", "io_kind": "storage_full" });
    match code {
        "invalid_session" => json!({ "problems": [{
            "rule": "no_tokens",
            "field": "config.max_tokens",
            "message": "config.max_tokens is 0; at least 1 is needed",
        }] }),
        "invalid_session_id" => json!({ "text": "x\n" }),
        "invalid_session_name" => json!({ "rule": "empty" }),
        "invalid_project_path" => json!({ "path": "a/b", "rule": "relative" }),
        "invalid_timestamp" => json!({ "text": "now", "rule": "syntax" }),
        "invalid_choice" => json!({
            "what": "a liveness", "text": "undead", "possible": ["alive", "dead", "unknown"],
        }),
        "invalid_alias" => json!({ "rule": "no_namespace", "text": "sess_42" }),
        "invalid_tag" => json!({ "rule": "length", "bytes": 0 }),
        "invalid_note" => json!({ "rule": "forbidden_character", "character": "\n", "index": 1 }),
        "invalid_program" => json!({ "rule": "length", "bytes": 0 }),
        "invalid_extension" => json!({ "key": "usage", "problem": "it is odd" }),
        "session_limit_reached" => json!({ "max_sessions": 2, "open": 3 }),
        "session_exists" | "not_found" | "session_closed" | "not_claimed" => json!({ "id": ID }),
        "project_already_open" => json!({ "project_path": "/work/app", "holder": ID, "open": 1,
            "max_sessions_per_project": 1 }),
        "alias_taken" => json!({ "alias": "acp:1", "holder": ID }),
        "batch_refused" => json!({ "index": 2, "source": {
            "code": "conflict",
            "message": format!("session {ID} changed meanwhile: expected revision 1, found 3"),
            "details": details("conflict"),
            "causes": [],
            "retryable": true,
        } }),
        "batch_too_long" => json!({ "operations": 257, "most": 256 }),
        "conflict" => json!({ "id": ID, "expected": 1, "found": 3 }),
        "already_claimed" | "ownership_lost" => json!({ "id": ID, "owner": owner }),
        "ambiguous" => json!({ "query": "ap\n", "matches": [], "total": 2, "by": "name" }),
        "no_match" => json!({ "query": "ap" }),
        "invalid_query" => json!({ "problem": "the limit is 0" }),
        "invalid_cursor" => json!({ "problem": "it is cut off" }),
        "owners_folder" => json!({
            "path": "/r.redb.owners",
            "owner": 7,
            "problem": { "rule": "owned_by", "owner": 7, "registry_owner": 8 },
        }),
        "exhausted" => json!({ "counter": "the number of claims" }),
        "invalid_limit" | "empty_prune_policy" | "forked" | "closed" | "read_only"
        | "snapshot_lost" => json!({}),
        "busy" => json!({ "waited_ms": 5000 }),
        "in_use"
        | "missing_file"
        | "not_a_registry"
        | "recovery_needed"
        | "incompatible_peer"
        | "sharing_unsupported"
        | "file_replaced"
        | "target_exists" => json!({ "path": "/r.redb" }),
        "schema_too_new" => json!({ "path": "/r.redb", "found": 3, "supported": 2 }),
        "schema_too_old" => json!({ "path": "/r.redb", "found": 1, "supported": 2 }),
        "corrupted" => json!({ "path": "/r.redb", "detail": "a row is odd" }),
        "invalid_import" => json!({ "line": 2, "problem": "is no session" }),
        "import_clash" => json!({ "clashes": [{ "kind": "id", "line": 2, "id": ID }] }),
        "outcome_unknown" | "storage" => storage,
        _ => panic!("no details are expected of {code}"),
    }
}

#[test]
fn every_variant_is_written_with_every_field() {
    for (error, expected) in rows() {
        let json = serde_json::to_value(&error).unwrap();
        let whole = json!({
            "code": expected.code,
            "message": error.to_string(),
            "details": details(expected.code),
            "causes": error.causes(),
            "retryable": error.is_retryable(),
        });
        assert_eq!(json, whole);
    }
}

#[test]
fn fields_are_written_in_one_order() {
    let text = serde_json::to_string(&Error::Closed).unwrap();
    let expected = r#"{"code":"closed","message":"this registry handle is closed","details":{},"causes":[],"retryable":false}"#;
    assert_eq!(text, expected);
}

#[test]
fn sessions_and_owners_are_written_in_full() {
    let path = ProjectPath::new("/work/app").unwrap();
    let session = Session::builder(path).build();
    let error = Error::Ambiguous {
        query: "app".into(),
        matches: vec![session.clone()],
        total: 11,
        by: MatchedBy::NamePrefix,
    };
    let json = serde_json::to_value(&error).unwrap();
    let read: Vec<Session> = serde_json::from_value(json["details"]["matches"].clone()).unwrap();
    assert_eq!(read, [session]);

    let id = ID.parse().unwrap();
    let error = Error::OwnershipLost { id, owner: None };
    let json = serde_json::to_value(&error).unwrap();
    assert_eq!(json["details"], json!({ "id": ID, "owner": null }));
}

#[test]
fn a_path_clash_is_written_with_its_holder_and_read_back() {
    let clash = ImportClash::Path {
        line: 3,
        project_path: ProjectPath::new("/work/app").unwrap(),
        holder: ID.parse().unwrap(),
    };
    let json = json!({ "kind": "path", "line": 3, "project_path": "/work/app", "holder": ID });
    assert_eq!(serde_json::to_value(&clash).unwrap(), json);
    assert_eq!(serde_json::from_value::<ImportClash>(json).unwrap(), clash);
}

#[test]
fn every_broken_rule_is_written_with_its_figures() {
    let settings = SessionConfig::new()
        .provider("")
        .model("a\nb")
        .temperature(f64::NAN)
        .max_tokens(0);
    let mut session = Session::builder(ProjectPath::new("/work/app").unwrap())
        .config(settings)
        .metadata("", "x".repeat(70_000))
        .metadata("a\n", "")
        .build();
    let problems = |session: &Session| {
        let error = Error::from(session.validate().unwrap_err());
        let json = serde_json::to_value(&error).unwrap();
        let mut problems = json["details"]["problems"].as_array().unwrap().clone();
        for problem in &mut problems {
            let message = problem.as_object_mut().unwrap().remove("message").unwrap();
            assert!(error.to_string().contains(message.as_str().unwrap()));
        }
        problems
    };
    assert_eq!(
        problems(&session),
        [
            json!({ "rule": "name_length", "field": "config.provider", "bytes": 0 }),
            json!({ "rule": "control_character", "field": "config.model",
                "character": "\n", "index": 1 }),
            json!({ "rule": "temperature", "field": "config.temperature", "value": null }),
            json!({ "rule": "no_tokens", "field": "config.max_tokens" }),
            json!({ "rule": "metadata_key_length", "field": "metadata", "key": "", "bytes": 0 }),
            json!({ "rule": "metadata_key_control_character", "field": "metadata",
                "key": "a\n", "character": "\n", "index": 1 }),
            json!({ "rule": "metadata_too_large", "field": "metadata", "bytes": 70_002 }),
        ]
    );
    session.metadata_mut().clear();
    session.set_config(SessionConfig::new().temperature(2.5));
    let expected = json!({ "rule": "temperature", "field": "config.temperature", "value": 2.5 });
    assert_eq!(problems(&session), [expected]);
}

#[test]
fn what_names_times_and_paths_refuse_is_written_with_its_figures() {
    let json = |error: Error| serde_json::to_value(&error).unwrap()["details"].clone();
    let long = SessionName::new("x".repeat(SessionName::MAX_BYTES + 1)).unwrap_err();
    assert_eq!(
        json(long.into()),
        json!({ "rule": "too_many_bytes", "bytes": SessionName::MAX_BYTES + 1 })
    );
    let forbidden = SessionName::new("a\u{202e}b").unwrap_err();
    assert_eq!(
        json(forbidden.into()),
        json!({ "rule": "forbidden_character", "character": "\u{202e}", "index": 1 })
    );
    let range = "0000-01-01T00:00:00Z".parse::<Timestamp>().unwrap_err();
    assert_eq!(
        json(range.into()),
        json!({ "rule": "range", "text": "0000-01-01T00:00:00Z" })
    );
    let text = format!("/{}", "x".repeat(ProjectPath::MAX_BYTES));
    let shown = format!("/{}…", "x".repeat(199));
    let long = ProjectPath::new(&text).unwrap_err();
    assert_eq!(
        json(long.into()),
        json!({ "rule": "too_long", "bytes": text.len(), "path": shown })
    );
    let control = ProjectPath::new("ab://\u{7f}").unwrap_err();
    assert_eq!(
        json(control.into()),
        json!({ "rule": "control_character", "character": "\u{7f}", "index": 5, "path": "ab://\u{7f}" })
    );
    for (text, rule) in [
        (r"\\.\pipe", "unsupported_form"),
        ("a_b://c", "scheme"),
        ("file:///work", "file_uri"),
        ("ab://c//", "trailing_separators"),
    ] {
        let refused = ProjectPath::new(text).unwrap_err();
        assert_eq!(json(refused.into()), json!({ "rule": rule, "path": text }));
    }
}

#[cfg(unix)]
#[test]
fn a_path_that_is_no_text_loses_no_error() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let path = std::path::PathBuf::from(OsStr::from_bytes(b"/r\xFF.redb"));
    let failure = StorageError::new("open", Some(&path), "the engine stopped");
    for error in [Error::NotARegistry { path }, Error::Storage(failure)] {
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(json["details"]["path"], "/r\u{FFFD}.redb");
    }
}

#[test]
fn a_failure_in_memory_has_no_path_and_perhaps_no_kind() {
    let failure = StorageError::new("commit to", None, "the engine stopped");
    assert_eq!(
        serde_json::to_value(Error::Storage(failure)).unwrap(),
        json!({
            "code": "storage",
            "message": "could not commit to the registry in memory",
            "details": { "action": "commit to", "path": null, "io_kind": null },
            "causes": ["the engine stopped"],
            "retryable": false,
        })
    );
}

#[test]
fn kinds_are_written_as_words() {
    assert_eq!(snake_case("StorageFull"), "storage_full");
    assert_eq!(snake_case("Other"), "other");
}
