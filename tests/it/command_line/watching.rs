//! `watch`: what other processes do, a line each, as soon as they have done it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::{Value, json};
use session_registry::{Changes, SessionRegistry};

use super::running::Running;
use super::watched::Watching;
use super::{Ran, Shell};

/// What is told of changes that are not about the sessions as they are now.
fn expected(changes: &Changes) -> Vec<Value> {
    let changes = changes.changes.iter();
    changes
        .map(|it| serde_json::to_value(it).unwrap())
        .collect()
}

/// The part of a line that the library tells.
fn change(line: &Value) -> Value {
    let field = |name: &str| line[name].clone();
    json!({
        "revision": field("revision"),
        "kind": field("kind"),
        "id": field("id"),
        "session_revision": field("session_revision"),
    })
}

#[test]
fn a_list_and_then_a_watch_miss_nothing() {
    let shell = Shell::with_projects(&["app", "other"]);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let listed = shell.json(&["list"])["revision"].as_u64().unwrap();
    assert_eq!(listed, registry.revision().unwrap());
    // Between the list and the watch.
    shell.done(&["rename", "app", "new"]);
    shell.done(&["limit", "20"]);
    shell.done(&["close", "other"]);

    let mut watching = Watching::start(&shell, &["--since", &listed.to_string(), "--json"]);
    let first = watching.object();
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    assert_eq!(
        first,
        json!({
            "version": 1, "revision": listed, "kind": "watching", "id": null, "session_revision": null,
            "session": null, "owner": null, "activity": null, "host": host,
        })
    );
    let between = registry.changes_since(listed).unwrap();
    let lines: Vec<_> = (0..3).map(|_| watching.object()).collect();
    assert_eq!(
        lines.iter().map(change).collect::<Vec<_>>(),
        expected(&between)
    );
    assert_eq!(lines[0]["session"], shell.json(&["show", "new"]));
    assert_eq!(lines[1]["session"], Value::Null);
    assert_eq!(lines[2]["session"], shell.json(&["show", "other"]));
    assert!(lines.iter().all(|line| line["host"] == host.as_str()));

    // While it watches, by another process and by this one.
    shell.done(&["set", "new", "--model", "opus"]);
    assert_eq!(watching.object()["kind"], "updated");
    registry.set_max_sessions(30).unwrap();
    assert_eq!(watching.object()["kind"], "limit_set");
    shell.done(&["unregister", "new"]);
    let last = watching.object();
    assert_eq!(
        (&last["kind"], &last["session"]),
        (&json!("removed"), &Value::Null)
    );
    assert_eq!(last["revision"], registry.revision().unwrap());

    // The other way round: whoever lists after the first line has it all too.
    let mut other = Watching::start(&shell, &["--json"]);
    assert_eq!(other.object()["revision"], last["revision"]);
    shell.done(&["reopen", "other"]);
    for watching in [&mut watching, &mut other] {
        let line = watching.object();
        assert_eq!(
            (&line["kind"], &line["session"]["name"]),
            (&json!("reopened"), &json!("other"))
        );
    }
}

#[test]
fn people_are_told_what_happened_and_to_whom() {
    let shell = Shell::with_projects(&["app", "old"]);
    let (app, old) = (shell.id("app"), shell.id("old"));
    let (app, old) = (&app[..8], &old[..8]);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let mut watching = Watching::start(&shell, &[]);
    let revision = registry.revision().unwrap();
    assert_eq!(
        watching.told(),
        format!("watching     from revision {revision}")
    );
    shell.done(&["rename", "app", "new one"]);
    assert_eq!(watching.told(), format!("updated      new one  {app}"));
    // One that was never told of has its name too.
    shell.done(&["unregister", "old"]);
    assert_eq!(watching.told(), format!("removed      old  {old}"));
    let id = registry.list_all().unwrap()[0].id();
    let claim = registry.claim(id).unwrap();
    assert_eq!(watching.told(), format!("claimed      new one  {app}"));
    shell.done(&["report", "new one", "waiting", "--note", "may I?"]);
    let reported = format!("reported     new one  {app}  waiting: may I?");
    assert_eq!(watching.told(), reported);
    claim.release().unwrap();
    assert_eq!(watching.told(), format!("released     new one  {app}"));
    shell.done(&["limit", "3"]);
    assert_eq!(watching.told(), "limit set");
    shell.done(&["clear", "--yes"]);
    assert_eq!(watching.told(), "cleared");
}

#[test]
fn an_owner_that_is_killed_is_told_of() {
    let shell = Shell::with_projects(&["app"]);
    let mut watching = Watching::start(&shell, &["--json"]);
    let before = watching.object()["revision"].as_u64();
    Running::start(&shell, &["app"]).die(&shell, "app");
    let mut kinds = Vec::new();
    let gone = loop {
        let line = watching.object();
        kinds.push(line["kind"].as_str().unwrap().to_owned());
        if line["kind"] == "owner_gone" {
            break line;
        }
    };
    assert_eq!(kinds.first().map(String::as_str), Some("claimed"));
    assert_eq!(
        (&gone["session"]["name"], &gone["owner"]["liveness"]),
        (&json!("app"), &json!("dead"))
    );
    assert!(gone["revision"].as_u64() > before);
    // Who comes later hears of it first.
    let mut later = Watching::start(&shell, &["--json"]);
    assert_eq!(later.object()["kind"], "watching");
    assert_eq!(change(&later.object()), change(&gone));
}

#[test]
fn what_is_missed_is_a_line_of_its_own() {
    let shell = Shell::with_many(300);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let newest = registry.revision().unwrap();
    // No registry was ever there.
    let above = (newest + 5).to_string();
    let mut watching = Watching::start(&shell, &["--since", &above]);
    assert_eq!(
        watching.told(),
        format!("watching     from revision {above}")
    );
    let told = format!(
        "lost         what happened since is not known here: list again; goes on from revision {newest}"
    );
    assert_eq!(watching.told(), told);
    shell.done(&["limit", "3"]);
    assert_eq!(watching.told(), "limit set");
    let mut watching = Watching::start(&shell, &["--since", "0"]);
    assert_eq!(watching.told(), "watching     from revision 0");
    assert_eq!(watching.told(), "limit set");
    assert_eq!(watching.told(), "everything   list again");
}

/// Nothing happens, so that nothing is written: it would have stayed until the next change.
#[test]
fn a_watch_ended_only_at_the_next_change_after_its_reader_went_away() {
    let shell = Shell::with_projects(&["app"]);
    for args in [&["watch"][..], &["watch", "--json"]] {
        let mut command = shell.command(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains("watching"), "{line}");
        drop(stdout);
        Ran::new(process.wait_with_output().unwrap()).done();
    }
}

#[test]
fn a_watch_ends_when_the_registry_is_replaced() {
    let shell = Shell::with_projects(&["app"]);
    let mut watching = Watching::start(&shell, &[]);
    watching.told();
    let away = shell.registry().with_extension("away");
    fs::rename(shell.registry(), away).unwrap();
    shell.done(&["register", "app"]);
    let error = watching.ended().failed(1);
    assert!(error.starts_with("error: "), "{error}");
    assert!(error.contains(" [file_replaced]\n"), "{error}");
}

#[test]
fn a_watch_ends_by_signals_and_leaves_no_trace() {
    let shell = Shell::with_projects(&["app"]);
    let before = fs::read(shell.registry()).unwrap();
    for signal in [Signal::INT, Signal::TERM] {
        let mut watching = Watching::start(&shell, &[]);
        watching.told();
        watching.signal(signal);
        let status = watching.status();
        assert_eq!(status.signal(), Some(signal.as_raw()));
    }
    assert!(fs::read(shell.registry()).unwrap() == before);
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let shell = Shell::new();
    let error = shell.refused(&["watch"]);
    assert!(error.ends_with(" [missing_file]\n"), "{error}");
    shell.run(&["watch", "--since", "yesterday"]).failed(2);
}
