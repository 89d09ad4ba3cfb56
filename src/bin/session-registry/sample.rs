//! Sessions of every kind, and the screens of the papers that show them.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use session_registry::{SessionId, SessionStatus, Timestamp};

/// Whoever sets it has the screens written anew.
const WRITE: &str = "SESSION_REGISTRY_WRITE_HELP";

pub(crate) const HOME: &str = "/home/me";

pub(crate) fn now() -> Timestamp {
    "2026-03-02T14:05:00Z".parse().unwrap()
}

pub(crate) fn id(number: u32) -> SessionId {
    format!("{number:08x}-0000-4000-8000-000000000001")
        .parse()
        .unwrap()
}

/// An open session that nobody drives, so many minutes after somebody last worked in it, changed by `more`.
pub(crate) fn status(number: u32, name: &str, minutes: u64, more: &Value) -> SessionStatus {
    let at = now().saturating_sub(Duration::from_secs(60 * minutes));
    let mut status = json!({
        "session": {
            "id": id(number), "name": name, "project_path": format!("{HOME}/src/{name}"), "created_at": at,
        },
    });
    merge(&mut status, more);
    serde_json::from_value(status).unwrap()
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}

pub(crate) fn owner(program: &str, pid: u32, host: &str, liveness: &str) -> Value {
    json!({
        "owner": {
            "pid": pid, "host": host, "claimed_at": "2026-03-02T13:40:00Z", "liveness": liveness,
            "program": program,
        },
    })
}

pub(crate) fn with(mut first: Value, second: &Value) -> Value {
    merge(&mut first, second);
    first
}

fn doing(activity: &str, note: Option<&str>) -> Value {
    json!({ "activity": { "activity": activity, "note": note, "since": "2026-03-02T14:02:00Z" } })
}

/// One of most kinds. The directory of the sixth is missing, the third is the default.
pub(crate) fn statuses() -> Vec<SessionStatus> {
    let session = |fields: Value| json!({ "session": fields });
    vec![
        status(
            1,
            "Fix the parser",
            0,
            &with(
                with(
                    owner("claude", 16136, "laptop", "alive"),
                    &doing("working", None),
                ),
                &session(json!({
                    "project_path": "/home/me/src/parser", "tags": ["parser", "review"], "aliases": ["claude:7f3a"],
                    "config": { "provider": "anthropic", "model": "opus" },
                })),
            ),
        ),
        status(
            2,
            "Release notes",
            2,
            &with(
                with(
                    owner("codex", 20211, "laptop", "alive"),
                    &doing("waiting", Some("approve: rm -r build")),
                ),
                &session(json!({ "project_path": "/home/me/src/docs", "tags": ["review"] })),
            ),
        ),
        status(
            3,
            "api",
            60,
            &with(
                with(owner("bash", 1822, "laptop", "alive"), &doing("idle", None)),
                &session(json!({ "pinned": true })),
            ),
        ),
        status(4, "mobile", 180, &owner("claude", 9931, "laptop", "dead")),
        status(
            5,
            "experiments",
            1500,
            &owner("agent", 77, "build-7", "unknown"),
        ),
        status(
            6,
            "wt-login",
            5760,
            &session(json!({ "project_path": "/home/me/src/wt/login" })),
        ),
    ]
}

/// A closed one.
pub(crate) fn closed() -> SessionStatus {
    let state = json!({ "status": "closed", "at": "2026-02-18T14:00:00Z", "reason": "requested" });
    status(
        7,
        "Parse dates",
        17_280,
        &json!({ "session": { "project_path": "/home/me/src/dates", "state": state } }),
    )
}

/// Holds a screen against the one in `docs/command-line.md`, or writes it there.
#[track_caller]
pub(crate) fn is_in_papers(name: &str, screen: &str) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let paper = root.join(Path::new("docs/command-line.md"));
    let text = fs::read_to_string(&paper).unwrap();
    let begin = format!("<!-- screen {name} -->\n```text\n");
    let from = text.find(&begin).unwrap() + begin.len();
    let to = from + text[from..].find("```\n").unwrap();
    let screen: String = screen
        .lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect();
    if std::env::var_os(WRITE).is_some() {
        fs::write(&paper, format!("{}{screen}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    assert_eq!(
        &text[from..to],
        screen,
        "made anew by the tests with {WRITE}=1"
    );
}
