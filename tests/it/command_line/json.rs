//! What `--json` promises to programs.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use session_registry::{Session, SessionRegistry};

use super::Shell;

/// What the help promises of a session.
const FIELDS: [&str; 15] = [
    "id",
    "name",
    "name_origin",
    "project_path",
    "config",
    "metadata",
    "aliases",
    "tags",
    "pinned",
    "parent",
    "created_at",
    "updated_at",
    "last_active_at",
    "revision",
    "state",
];

/// The library's own JSON of the only session.
fn stored(shell: &Shell) -> Value {
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let sessions = registry.list_all().unwrap();
    assert_eq!(sessions.len(), 1);
    serde_json::to_value(&sessions[0]).unwrap()
}

#[test]
fn sessions_are_the_objects_of_the_library() {
    let shell = Shell::new();
    shell.project("app");
    let args = ["register", "app", "--temperature", "0.1", "--meta", "k=v"];
    let mut session = shell.json(&args);
    let outcome = session.as_object_mut().unwrap().remove("outcome");
    assert_eq!(outcome, Some(json!("registered")));
    assert_eq!(session, stored(&shell));
    assert_eq!(shell.json(&["show", "app"]), session);
    assert_eq!(shell.sessions(&["list"]), json!([session]));
    let fields: BTreeSet<_> = session.as_object().unwrap().keys().collect();
    assert_eq!(fields, BTreeSet::from(FIELDS.map(str::to_owned).each_ref()));

    let renamed = shell.json(&["rename", "app", "new"]);
    assert_eq!(renamed, stored(&shell));
    let changed = shell.json(&["set", "new", "--max-tokens", "5"]);
    assert_eq!(changed, stored(&shell));
    let removed = |sessions: Value| json!({ "sessions": sessions });
    assert_eq!(
        shell.json(&["unregister", "new"]),
        removed(json!([changed]))
    );
    assert_eq!(shell.json(&["unregister", "new"]), removed(json!([])));
    assert_eq!(shell.sessions(&["list"]), json!([]));
}

#[test]
fn a_session_reads_back_as_one() {
    let shell = Shell::with_projects(&["app"]);
    let text = shell.done(&["show", "app", "--json"]);
    let session: Session = serde_json::from_str(&text).unwrap();
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    assert_eq!(registry.lookup(session.id()).unwrap(), Some(session));
}

#[test]
fn the_other_answers_are_objects_of_their_fields() {
    let shell = Shell::with_projects(&["app", "other"]);
    let (app, other) = (shell.id("app"), shell.id("other"));
    let default = |id: &str| json!({ "default_session": id });
    assert_eq!(shell.json(&["default"]), default(&app));
    assert_eq!(shell.json(&["default", "other"]), default(&other));
    assert_eq!(shell.json(&["default", "--unset"]), default(&app));
    let limit = |limit: u32, per_project: u32| json!({ "max_sessions": limit, "max_sessions_per_project": per_project });
    assert_eq!(shell.json(&["limit"]), limit(10, 1));
    assert_eq!(shell.json(&["limit", "0"]), limit(0, 1));
    assert_eq!(shell.json(&["limit", "--per-project", "3"]), limit(0, 3));
    assert_eq!(shell.done(&["limit", "7"]), "7\n3 per project\n");
    assert_eq!(
        shell.done(&["limit", "7", "--per-project", "1"]),
        "7\n1 per project\n"
    );
    assert_eq!(shell.done(&["limit"]), "7\n");
    assert_eq!(shell.json(&["path"]), json!({ "path": shell.registry() }));
    assert_eq!(shell.json(&["clear", "--yes"]), json!({ "removed": 2 }));
    assert_eq!(shell.json(&["default"]), json!({ "default_session": null }));
}

#[test]
fn failures_are_objects_on_standard_error() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    let path = shell.home.join("app");
    let failure = |args: &[&str]| -> Value {
        serde_json::from_str(&shell.refused(&[&["--json"], args].concat())).unwrap()
    };
    let message = format!("project {} is already open in session {id}", path.display());
    assert_eq!(
        failure(&["register", "app"]),
        json!({
            "version": 1,
            "error": "project_already_open",
            "code": "project_already_open",
            "message": message,
            "details": { "project_path": path, "holder": id, "open": 1, "max_sessions_per_project": 1 },
            "causes": [],
            "retryable": false,
        })
    );
    assert_eq!(
        failure(&["show", "nobody"]),
        json!({
            "version": 1,
            "error": "no_match",
            "code": "no_match",
            "message": "no session fits \"nobody\"",
            "details": { "query": "nobody" },
            "causes": [],
            "retryable": false,
        })
    );
    let usage = shell.run(&["clear", "--json"]).failed(2);
    let usage: Value = serde_json::from_str(&usage).unwrap();
    assert_eq!(usage["error"], "usage");
}

#[test]
fn wrong_usage_was_told_as_text_to_programs() {
    let shell = Shell::with_projects(&["app"]);
    for (args, message, details) in [
        (
            &["lst"][..],
            "unrecognized subcommand 'lst'",
            json!({ "rule": "invalid_subcommand", "command": "lst", "similar": ["ls", "list"] }),
        ),
        (
            &["list", "--state", "opne"],
            "invalid value 'opne' for '--state <STATE>' [possible values: open, running, working, waiting, idle, failed, interrupted, unknown, gone, closed, all]",
            json!({
                "rule": "invalid_value", "argument": "--state <STATE>", "value": "opne",
                "possible": ["open", "running", "working", "waiting", "idle", "failed", "interrupted", "unknown", "gone", "closed", "all"],
                "similar": "open",
            }),
        ),
        (
            &["rename", "app"],
            "the following required arguments were not provided: <NAME>",
            json!({ "rule": "missing_required_argument", "argument": ["<NAME>"] }),
        ),
        (
            &["set", "app", "--pin", "--unpin"],
            "the argument '--pin' cannot be used with '--unpin'",
            json!({ "rule": "argument_conflict", "argument": "--pin", "conflicts_with": "--unpin" }),
        ),
        (
            &[],
            "there is no command",
            json!({ "rule": "missing_subcommand" }),
        ),
    ] {
        let refused = shell.run(&[args, &["--json"]].concat()).failed(2);
        assert_eq!(refused.lines().count(), 1, "{refused}");
        let refused: Value = serde_json::from_str(&refused).unwrap();
        let expected = json!({
            "version": 1, "error": "usage", "code": "usage", "message": message, "details": details,
            "causes": [], "retryable": false,
        });
        assert_eq!(refused, expected, "{args:?}");
    }
    // What comes after the hyphens is another's.
    let refused = shell
        .run(&["resume", "--nonsense", "--", "x", "--json"])
        .failed(2);
    assert!(refused.starts_with("error: "), "{refused}");
    assert!(shell.done(&["--help", "--json"]).contains("Commands:"));
}

#[test]
fn an_answer_of_lines_is_a_session_a_line() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    let ran = shell.run(&["list", "--ndjson", "--limit", "2", "--desc"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    let lines = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<_> = lines.collect();
    let mut expected = shell.seen(&["list", "--limit", "2", "--desc"])["sessions"].take();
    for session in expected.as_array_mut().unwrap() {
        session["version"] = json!(1);
    }
    assert_eq!(Value::from(lines), expected);
    let more: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(more["notice"], "more");
    let message = more["message"].as_str().unwrap();
    assert!(
        message.starts_with("more: session-registry list --ndjson "),
        "{message}"
    );
    let refused = shell.refused(&["list", "--ndjson", "--after", "x"]);
    let refused: Value = serde_json::from_str(&refused).unwrap();
    assert_eq!(refused["code"], "invalid_cursor");
    assert_eq!(shell.done(&["list", "--ndjson", "--tag", "none"]), "");
}

#[test]
fn whether_a_session_is_new_is_told() {
    let shell = Shell::new();
    shell.project("app");
    let outcome =
        |args: &[&str]| shell.json(&[&["register", "app"], args].concat())["outcome"].take();
    assert_eq!(outcome(&["--or-existing"]), "registered");
    assert_eq!(outcome(&["--or-existing"]), "found");
}

#[test]
fn a_failure_names_its_causes_and_candidates() {
    let shell = Shell::with_projects(&["a", "b"]);
    let file = shell.home.join("none/registry.redb");
    let args = [
        "register",
        ".",
        "--json",
        "--registry",
        file.to_str().unwrap(),
    ];
    let failure: Value = serde_json::from_str(&shell.refused(&args)).unwrap();
    assert_eq!(failure["error"], "storage");
    assert_eq!(failure["caused_by"].as_array().unwrap().len(), 1);
    assert_eq!(failure["causes"], failure["caused_by"]);
    assert_eq!(failure["details"]["io_kind"], "not_found");

    shell.done(&["rename", "a", "same"]);
    shell.done(&["rename", "b", "same"]);
    let failure = shell.refused(&["show", "same", "--json"]);
    let failure: Value = serde_json::from_str(&failure).unwrap();
    assert_eq!(failure["error"], "ambiguous");
    assert_eq!(failure["candidates"], shell.sessions(&["list"]));
    assert_eq!(failure["details"]["total"], 2);

    // The program's own refusals have the same form.
    let failure = shell.refused(&["close", "sam", "--json"]);
    let failure: Value = serde_json::from_str(&failure).unwrap();
    assert_eq!(failure["code"], "ambiguous");
    shell.done(&[
        "rename",
        shell.sessions(&["list"])[0]["id"].as_str().unwrap(),
        "alone",
    ]);
    let failure = shell.refused(&["close", "alo", "--json"]);
    let failure: Value = serde_json::from_str(&failure).unwrap();
    let alone = shell.json(&["show", "alone"]);
    let message = failure["message"].as_str().unwrap();
    assert!(
        message.starts_with("\"alo\" is not the id, name or path of a session"),
        "{message}"
    );
    assert_eq!(
        failure,
        json!({
            "version": 1,
            "error": "inexact",
            "code": "inexact",
            "message": message,
            "details": { "query": "alo", "matches": [alone] },
            "causes": [],
            "retryable": false,
            "candidates": [alone],
        })
    );
}
