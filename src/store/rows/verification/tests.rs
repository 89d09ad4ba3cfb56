//! Each thing that can be wrong with a file, as it is written.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use serde_json::json;

use super::*;

const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn detail() -> String {
    "it is odd".to_owned()
}

#[test]
fn each_kind_is_written_with_every_field() {
    let id: SessionId = ID.parse().unwrap();
    let index = "session_by_name";
    let key = "app".to_owned();
    let detail = detail();
    let rows = [
        (
            Inconsistency::DamagedPages {
                detail: self::detail(),
            },
            json!({ "kind": "damaged_pages", "detail": detail,
                "message": "pages of the file are damaged: it is odd" }),
        ),
        (
            Inconsistency::UnreadableRow {
                id: Some(id),
                detail: self::detail(),
            },
            json!({ "kind": "unreadable_row", "id": ID, "detail": detail, "message": detail }),
        ),
        (
            Inconsistency::UnreadableRow {
                id: None,
                detail: self::detail(),
            },
            json!({ "kind": "unreadable_row", "id": null, "detail": detail, "message": detail }),
        ),
        (
            Inconsistency::MissingEntry { index, id },
            json!({ "kind": "missing_entry", "index": index, "id": ID,
                "message": format!("session_by_name lacks session {ID}") }),
        ),
        (
            Inconsistency::StrayEntry { index, key },
            json!({ "kind": "stray_entry", "index": index, "key": "app",
                "message": "session_by_name has an entry without a session: app" }),
        ),
        (
            Inconsistency::DamagedSetting {
                detail: self::detail(),
            },
            json!({ "kind": "damaged_setting", "detail": detail, "message": detail }),
        ),
        (
            Inconsistency::StrayClaim {
                detail: self::detail(),
            },
            json!({ "kind": "stray_claim", "detail": detail, "message": detail }),
        ),
        (
            Inconsistency::StrayDefault { id },
            json!({ "kind": "stray_default", "id": ID,
                "message": format!("the default session {ID} is not registered") }),
        ),
        (
            Inconsistency::DamagedLog {
                detail: self::detail(),
            },
            json!({ "kind": "damaged_log", "detail": detail, "message": detail }),
        ),
        (
            Inconsistency::DamagedWaiter {
                detail: self::detail(),
            },
            json!({ "kind": "damaged_waiter", "detail": detail, "message": detail }),
        ),
        (
            Inconsistency::StrayChange {
                id,
                detail: self::detail(),
            },
            json!({ "kind": "stray_change", "id": ID, "detail": detail, "message": detail }),
        ),
    ];
    for (inconsistency, expected) in rows {
        assert_eq!(serde_json::to_value(&inconsistency).unwrap(), expected);
        assert_eq!(expected["kind"], inconsistency.code());
    }
}

#[test]
fn a_verification_says_whether_it_is_clean() {
    let detail = detail();
    let json = json!({ "clean": false, "sessions": 2, "pages_checked": true, "inconsistencies": [
        { "kind": "stray_claim", "detail": detail, "message": detail },
    ] });
    let found = Verification {
        sessions: 2,
        pages_checked: true,
        inconsistencies: vec![Inconsistency::StrayClaim { detail }],
    };
    assert_eq!(serde_json::to_value(&found).unwrap(), json);
}
