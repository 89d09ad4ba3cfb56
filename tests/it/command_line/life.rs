//! Closing, opening again and pruning.

use std::time::Duration;

use serde_json::json;
use session_registry::{ProjectPath, Session, SessionRegistry, Timestamp};

use super::Shell;

#[test]
fn close_keeps_the_record_and_reopen_brings_it_back() {
    let shell = Shell::with_projects(&["app"]);
    let named = format!(
        "session {} (app, {})\n",
        shell.id("app"),
        shell.home.join("app").display()
    );
    let text = shell.done(&["close", "app"]);
    assert_eq!(text, format!("closed {named}"));
    assert_eq!(shell.done(&["list"]), "no sessions\n");
    let closed = &shell.json(&["close", "app"])["sessions"][0];
    assert_eq!(closed["state"]["reason"], "requested");
    assert_eq!(
        shell.done(&["close", "app"]),
        format!("closed already: {named}")
    );

    assert_eq!(shell.done(&["reopen", "app"]), format!("reopened {named}"));
    assert_eq!(
        shell.done(&["reopen", "app"]),
        format!("open already: {named}")
    );
    let open = &shell.json(&["reopen", "app"])["sessions"][0];
    assert_eq!(open["state"], json!({ "status": "open" }));
    assert_eq!(shell.sessions(&["list"]), json!([open]));
}

#[test]
fn reopen_follows_the_rules_of_register() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    shell.done(&["close", "app"]);
    shell.done(&["register", "app"]);
    let error = shell.refused(&["reopen", &id]);
    assert!(error.contains(" [project_already_open]\nhint: "), "{error}");
    shell.done(&["limit", "1"]);
    let error = shell.refused(&["reopen", &id]);
    assert!(
        error.contains(" [session_limit_reached]\nhint: "),
        "{error}"
    );
}

/// Sessions of one project, registered and closed so many days ago.
fn closed(shell: &Shell, days: &[u64]) -> Vec<String> {
    let path = ProjectPath::resolve(shell.project("app")).unwrap();
    let close = |days: &u64| {
        let then = Timestamp::now().saturating_sub(Duration::from_secs(days * 86_400));
        let registry = SessionRegistry::options()
            .clock(move || then)
            .open(shell.registry())
            .unwrap();
        let session = Session::builder(path.clone()).created_at(then).build();
        let id = registry.register(session).unwrap().id();
        registry.close_session(id).unwrap();
        id.to_string()
    };
    days.iter().map(close).collect()
}

#[test]
fn prune_removes_by_age_and_number() {
    let shell = Shell::with_projects(&["open"]);
    let ids = closed(&shell, &[40, 20, 10]);
    let planned = |args: &[&str]| -> Vec<String> {
        let answer = shell.json(&[&["prune", "--dry-run"], args].concat());
        assert_eq!(answer["dry_run"], true);
        let sessions = answer["sessions"].as_array().unwrap();
        assert_eq!(answer["total"], sessions.len());
        let id = |session: &serde_json::Value| session["id"].as_str().unwrap().to_owned();
        sessions.iter().map(id).collect()
    };
    let count = || {
        shell
            .sessions(&["list", "--state", "any"])
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(planned(&["--older-than", "2w"]), ids[..2]);
    assert_eq!(planned(&["--keep-last", "2"]), ids[..1]);
    let both = ["--older-than", "5d", "--keep-last", "1"];
    assert_eq!(planned(&both), ids[..2]);
    assert_eq!(count(), 4, "nothing was removed yet");

    let pruned = shell.json(&["prune", "--older-than", "30d"]);
    let expected = serde_json::json!({ "dry_run": false, "total": 1, "sessions": [] });
    assert_eq!(pruned, expected);
    let path = shell.home.join("app");
    let lines = |what: &str| {
        let line = |id: &String| format!("\n  {id}  app  {}  (closed)", path.display());
        let lines: String = ids[1..].iter().map(line).collect();
        format!("{what} 2 sessions{lines}\n")
    };
    let text = shell.done(&["prune", "--keep-last", "0", "--dry-run"]);
    assert_eq!(text, lines("would remove"));
    let text = shell.done(&["prune", "--keep-last", "0"]);
    assert_eq!(text, "removed 2 sessions\n");
    assert_eq!(count(), 1, "open ones stay");
}

#[test]
fn prune_needs_a_rule() {
    let shell = Shell::new();
    closed(&shell, &[40]);
    let error = shell.run(&["prune"]).failed(2);
    assert!(error.contains("--older-than"), "{error}");
    let listed = shell.sessions(&["list", "--state", "closed"]);
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[test]
fn a_clock_that_is_behind_prunes_nothing_and_is_told() {
    let shell = Shell::with_projects(&["open"]);
    closed(&shell, &[40]);
    let ahead = Timestamp::now().saturating_add(Duration::from_secs(86_400));
    let registry = SessionRegistry::options()
        .clock(move || ahead)
        .open(shell.registry())
        .unwrap();
    let open = shell.id("open");
    registry
        .modify(open.parse().unwrap(), |session| {
            session.metadata_mut().insert("a".into(), "b".into());
        })
        .unwrap();
    registry.close().unwrap();
    for args in [
        &["prune", "--older-than", "30d"][..],
        &["prune", "--older-than", "30d", "--dry-run"],
    ] {
        let ran = shell.run(args);
        assert!(ran.stdout.contains(" 0 sessions\n"), "{ran:?}");
        let note = "note: nothing is old by a clock that is behind the last change, of:\n  ";
        assert_eq!(ran.status, Some(0));
        assert!(
            ran.stderr.starts_with(&format!("{note}{open}  open  ")),
            "{ran:?}"
        );
    }
    let text = shell.done(&["prune", "--keep-last", "0"]);
    assert_eq!(text, "removed 1 session\n");
}

#[test]
fn a_dry_run_names_the_first_and_tells_how_many_more() {
    let shell = Shell::new();
    let registry = SessionRegistry::options()
        .max_sessions(1)
        .open(shell.registry())
        .unwrap();
    for number in 0..103 {
        let path = session_registry::ProjectPath::new(format!("/work/{number}")).unwrap();
        let session = session_registry::Session::builder(path).build();
        let id = registry.register(session).unwrap().id();
        registry.close_session(id).unwrap();
    }
    registry.close().unwrap();
    let text = shell.done(&["prune", "--keep-last", "0", "--dry-run"]);
    assert!(text.starts_with("would remove 103 sessions\n"), "{text}");
    assert!(text.ends_with("\n  and 3 more\n"), "{text}");
    assert_eq!(text.lines().count(), 1 + 100 + 1);
}
