#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::tests::{ID, parts, path, session};
use super::*;
use crate::shared::soak;

fn full_json() -> Value {
    json!({
        "id": ID,
        "name": "My app",
        "name_origin": "given",
        "project_path": "/work/app",
        "config": {
            "provider": "anthropic",
            "model": null,
            "temperature": 0.7,
            "max_tokens": 4096,
        },
        "metadata": { "branch": "main" },
        "aliases": ["acp:sess_42"],
        "tags": ["review"],
        "pinned": true,
        "parent": { "id": "00000000-0000-0000-0000-000000000000", "relation": "fork" },
        "created_at": "1970-01-01T00:00:00Z",
        "updated_at": "1970-01-01T00:00:00.000001Z",
        "last_active_at": "1970-01-01T00:00:00.000002Z",
        "revision": 7,
        "state": { "status": "open" },
    })
}

fn read(json: Value) -> Result<Session, String> {
    serde_json::from_value(json).map_err(|error| error.to_string())
}

#[test]
fn json_has_every_field() {
    assert_eq!(serde_json::to_value(session()).unwrap(), full_json());
    assert_eq!(read(full_json()), Ok(session()));
}

#[test]
fn json_may_leave_out_what_has_a_default() {
    let sparse = json!({
        "id": ID,
        "name": " My app ",
        "project_path": "/work/./app",
        "created_at": "1970-01-01T00:00:00Z",
        "colour": "red",
    });
    let expected = Session::from_parts(SessionParts {
        config: SessionConfig::new(),
        metadata: BTreeMap::new(),
        aliases: Said::default(),
        tags: Said::default(),
        pinned: Said::default(),
        parent: None,
        updated_at: Timestamp::from_micros(0),
        last_active_at: Timestamp::from_micros(0),
        revision: 0,
        ..parts()
    });
    assert_eq!(read(sparse), Ok(expected));
}

#[test]
fn json_that_breaks_a_rule_is_refused() {
    let refused = |field: &str, value: Value| {
        let mut json = full_json();
        json.as_object_mut()
            .unwrap()
            .insert(field.to_owned(), value);
        read(json).unwrap_err()
    };
    for (field, value, message) in [
        ("id", json!("x"), "is not a session id"),
        ("name", json!(""), "the session name is empty"),
        ("project_path", json!("/a/.."), "it has a `..` component"),
        (
            "config",
            json!({ "max_tokens": 0 }),
            "config.max_tokens is 0",
        ),
        (
            "metadata",
            json!({ "": "" }),
            "metadata key \"\" has 0 bytes",
        ),
        (
            "created_at",
            json!("10000-01-01T00:00:00Z"),
            "is not a valid time",
        ),
        ("aliases", json!(["sess_42"]), "\"sess_42\" is no alias"),
        ("tags", json!(["a b"]), "the tag has forbidden character"),
        ("pinned", json!("yes"), "expected a boolean"),
        (
            "name_origin",
            json!("made up"),
            "expected one of given, automatic",
        ),
        (
            "parent",
            json!({ "id": ID, "relation": "child" }),
            "the parent is the session itself",
        ),
        ("revision", json!(-1), "expected u64"),
        ("state", json!({ "status": "lost" }), "unknown variant"),
    ] {
        let error = refused(field, value);
        assert!(error.contains(message), "{field}: {error}");
    }
}

#[test]
fn json_without_an_identity_is_refused() {
    for field in ["id", "name", "project_path", "created_at"] {
        let mut json = full_json();
        json.as_object_mut().unwrap().remove(field);
        assert!(
            read(json).is_err_and(|error| error.contains(field)),
            "{field}"
        );
    }
}

#[test]
fn an_update_may_be_older_than_the_session() {
    let parts = SessionParts {
        created_at: Timestamp::MAX,
        ..parts()
    };
    let session = Session::from_parts(parts);
    assert_eq!(read(serde_json::to_value(&session).unwrap()), Ok(session));
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "/?[a-z.]{0,3}",
        Just(ID.to_owned()),
        Just("2024-02-29T12:00:00Z".to_owned())
    ]
}

proptest! {
    #![proptest_config(soak::property(module_path!()))]

    #[test]
    fn valid_sessions_round_trip(
        name in "[a-z]{1,200}",
        project_path in "(/[a-z]{1,9}){1,9}",
        hundredths in 0_u8..=200,
        max_tokens in 1_u32..,
        metadata in prop::collection::btree_map("[a-z ]{1,64}", any::<String>(), 0..9),
        micros: (i64, i64, i64),
        revision: u64,
    ) {
        let session = Session::from_parts(SessionParts {
            name: SessionName::new(name).unwrap(),
            project_path: path(&project_path),
            config: SessionConfig::new().temperature(f64::from(hundredths) / 100.0).max_tokens(max_tokens),
            metadata,
            created_at: Timestamp::from_micros(micros.0),
            updated_at: Timestamp::from_micros(micros.1),
            last_active_at: Timestamp::from_micros(micros.2),
            revision,
            ..parts()
        });
        let json = serde_json::to_string(&session).unwrap();
        prop_assert_eq!(serde_json::from_str::<Session>(&json).unwrap(), session);
    }

    #[test]
    fn any_json_is_a_valid_session_or_refused(
        texts: [bool; 4],
        id in any_text(),
        name in any_text(),
        project_path in any_text(),
        created_at in any_text(),
        temperature: f64,
        max_tokens in -1_i64..3,
        key in any_text(),
    ) {
        let mut json = full_json();
        for (usual, field, text) in [
            (texts[0], "id", id),
            (texts[1], "name", name),
            (texts[2], "project_path", project_path),
            (texts[3], "created_at", created_at),
        ] {
            if !usual {
                json[field] = text.into();
            }
        }
        json["config"] = json!({ "temperature": temperature % 3.0, "max_tokens": max_tokens });
        json["metadata"] = json!({ key: "value" });
        if let Ok(session) = serde_json::from_value::<Session>(json) {
            prop_assert_eq!(session.validate(), Ok(()));
            let again = serde_json::to_value(&session).unwrap();
            prop_assert_eq!(serde_json::from_value::<Session>(again).unwrap(), session);
        }
    }

    #[test]
    fn any_text_is_json_of_a_session_or_refused(text in any::<String>()) {
        prop_assert!(serde_json::from_str::<Session>(&text).is_err());
    }
}
