//! Answers of the registry as JSON, and back.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use session_registry::{Liveness, OpenReport, Owner, SessionRegistry, Stats};

use crate::support::place::{Kind, Place};
use crate::support::values::{id, session};

/// What a value is as JSON; it must come back from that as it was.
fn json_of<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> Value {
    let json = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(json.clone()).unwrap(), value);
    json
}

#[test]
fn an_owner_is_an_object_of_its_fields() {
    let registry = SessionRegistry::in_memory().unwrap();
    registry.register(session(1)).unwrap();
    let claim = registry.claim(id(1)).unwrap();
    claim.driven_by(9, "agent").unwrap();
    let owner: Owner = registry.owner(id(1)).unwrap().unwrap();
    let expected = json!({
        "pid": std::process::id(),
        "host": owner.host,
        "claimed_at": owner.claimed_at.to_string(),
        "liveness": "alive",
        "epoch": claim.epoch(),
        "program": "agent",
        "driver": 9,
        "pid_namespace": null,
    });
    assert_eq!(json_of(&owner), expected);
    assert_eq!(owner.liveness, Liveness::Alive);
    claim.release().unwrap();
}

#[test]
fn figures_are_an_object_of_their_fields() {
    let registry = SessionRegistry::in_memory().unwrap();
    for number in 1..=3 {
        registry.register(session(number)).unwrap();
    }
    registry.close_session(id(2)).unwrap();
    let stats: Stats = registry.stats().unwrap();
    let expected = json!({
        "open_sessions": 2,
        "closed_sessions": 1,
        "claims": 0,
        "max_sessions": 10,
        "file_bytes": stats.file_bytes,
        "schema_version": stats.schema_version,
    });
    assert_eq!(json_of(&stats), expected);
}

#[test]
fn what_an_opening_found_is_an_object_of_its_fields() {
    let place = Place::new(Kind::Shared);
    let report: OpenReport = place.registry.open_report();
    let expected = json!({
        "created": true,
        "recovered": false,
        "migrated_from": null,
        "owner": report.owner,
        "writable_by_everybody": false,
    });
    assert_eq!(json_of(&report), expected);
}

#[test]
fn a_figure_that_is_missing_or_wrong_is_refused() {
    let whole = json!({ "created": true, "recovered": false, "migrated_from": 1 });
    assert!(serde_json::from_value::<OpenReport>(whole).is_ok());
    let wrong = json!({ "created": true, "recovered": "no", "migrated_from": 1 });
    assert!(serde_json::from_value::<OpenReport>(wrong).is_err());
    let owner = json!({ "pid": 1, "host": "box", "claimed_at": "now", "liveness": "alive" });
    let error = serde_json::from_value::<Owner>(owner).unwrap_err();
    assert!(error.to_string().contains("is not a valid time"), "{error}");
}
