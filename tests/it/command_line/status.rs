//! Who drives what, and what that does, as people and their hooks see it.

use serde_json::{Value, json};

use super::running::{Running, owner, until};
use super::{Ran, Shell};
use crate::support::raw::edit_claim;

const PROGRAM: &str = env!("CARGO_BIN_EXE_session-registry");

/// Runs a script inside of a session; the program is its `$0`.
fn inside(shell: &Shell, session: &str, script: &str) -> Ran {
    shell.run(&["resume", session, "--", "sh", "-c", script, PROGRAM])
}

#[test]
fn a_hook_reports_of_the_session_that_it_runs_in() {
    let shell = Shell::with_projects(&["app", "other"]);
    let script = "\"$0\" report waiting --note 'may I push?' && \"$0\" status app --json";
    let ran = inside(&shell, "app", script);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""));
    let mut lines = ran.stdout.lines();
    let told = format!("waiting: session {} (app, ", shell.id("app"));
    assert!(lines.next().unwrap().starts_with(&told), "{ran:?}");
    let status: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!(status["session"]["name"], "app");
    assert_eq!(status["owner"]["liveness"], "alive");
    let activity = &status["activity"];
    assert_eq!(
        (&activity["activity"], &activity["note"]),
        (&"waiting".into(), &"may I push?".into())
    );
    assert!(activity["since"].is_string());
    let after = shell.json(&["status", "app"]);
    assert_eq!(
        (&after["owner"], &after["activity"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        shell.json(&["status"])["statuses"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn a_late_hook_said_what_the_next_owner_did_not() {
    let shell = Shell::with_projects(&["app"]);
    let script = "\"$0\" resume app --take-over -- sh -c \
                  'SESSION_EPOCH=1 \"$0\" report failed; \"$0\" report idle; \"$0\" owner app --json' \"$0\"";
    let ran = inside(&shell, "app", script);
    assert!(ran.stderr.contains("[ownership_lost]"), "{ran:?}");
    let last: Value = serde_json::from_str(ran.stdout.lines().last().unwrap()).unwrap();
    assert_eq!(last["activity"]["activity"], "idle");
    // Also where it names the session, and with another number.
    let running = Running::start(&shell, &["app"]);
    let epoch = owner(&shell, "app")["epoch"].as_u64().unwrap();
    let wrong = (epoch + 1).to_string();
    let error = shell.refused(&["report", "app", "failed", "--epoch", &wrong]);
    assert!(error.contains("[ownership_lost]"), "{error}");
    shell.done(&["report", "app", "working", "--epoch", &epoch.to_string()]);
    running.end();
}

#[test]
fn what_cannot_be_reported_is_refused() {
    let shell = Shell::with_projects(&["app", "closed"]);
    shell.done(&["close", "closed"]);
    for (args, code) in [
        (vec!["report", "app", "idle"], "not_claimed"),
        (vec!["report", "closed", "idle"], "session_closed"),
        (
            vec!["report", "app", "idle", "--note", "two\nlines"],
            "invalid_note",
        ),
    ] {
        let error = shell.refused(&args);
        assert!(error.contains(&format!("[{code}]")), "{error}");
    }
    for args in [
        vec!["report", "idle"],
        vec!["report", "app", "busy"],
        vec!["report"],
    ] {
        shell.run(&args).failed(2);
    }
}

#[test]
fn the_one_who_drives_is_named_and_not_its_wrapper() {
    let shell = Shell::with_projects(&["app"]);
    let running = Running::start(&shell, &["app"]);
    until(|| owner(&shell, "app")["driver"].is_u64());
    let held = owner(&shell, "app");
    let (wrapper, driver) = (running.process.id(), held["driver"].as_u64().unwrap());
    assert_ne!(driver, u64::from(wrapper));
    assert_eq!(
        (&held["program"], &held["pid"]),
        (&"sh".into(), &wrapper.into())
    );
    let named = format!("process {driver} (sh) through process {wrapper} on ");
    shell.done(&["report", "app", "working", "--note", "thinks"]);
    let text = shell.done(&["owner", "app"]);
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with(&named), "{text}");
    assert!(
        lines[1].starts_with("working since ") && lines[1].ends_with(": thinks"),
        "{text}"
    );
    // Refusals name it too.
    for args in [
        &["close", "app"][..],
        &["resume", "app", "--", "true"],
        &["unregister", "app"],
    ] {
        let ran = shell.run(args);
        assert!(ran.stderr.contains(&named), "{ran:?}");
    }
    running.end();
}

#[test]
fn status_is_a_table_of_who_does_what() {
    let shell = Shell::with_projects(&["idle", "app", "dead"]);
    let start = |session: &str| {
        let running = Running::start(&shell, &[session]);
        until(|| owner(&shell, session)["driver"].is_u64());
        let driver = owner(&shell, session)["driver"].as_u64().unwrap();
        (running, driver)
    };
    let (dying, dead) = start("dead");
    dying.die(&shell, "dead");
    let (running, driver) = start("app");
    let note = "may \u{1b}[31m".replace('\u{1b}', "");
    shell.done(&["report", "app", "waiting", "--note", &note]);

    let row = |text: &str, name: &str| {
        let line = text
            .lines()
            .find(|line| line.contains(&format!("\t{name}\t")))
            .unwrap();
        line.split('\t').map(str::to_owned).collect::<Vec<_>>()
    };
    let text = shell.done(&["status"]);
    assert_eq!(
        text.lines().next().unwrap(),
        "ID\tSTATE\tNAME\tPROJECT\tDRIVEN BY\tACTIVE\tNOTE"
    );
    let told = |name: &str| {
        let row = row(&text, name);
        [row[1].clone(), row[4].clone(), row[6].clone()]
    };
    assert_eq!(
        told("app"),
        ["waiting".into(), format!("sh {driver}"), note]
    );
    assert_eq!(told("idle"), ["open", "", ""]);
    let died = format!("sh {dead} died");
    assert_eq!(told("dead"), ["interrupted", &died, ""]);

    let one = shell.done(&["status", "app"]);
    assert_eq!(
        (one.lines().count(), row(&one, "app")),
        (2, row(&text, "app"))
    );
    let all = shell.json(&["status"])["statuses"].take();
    let names: Vec<_> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["session"]["name"])
        .collect();
    assert_eq!(
        names,
        ["app", "dead", "idle"],
        "the most recently active first"
    );
    assert_eq!(all[0], shell.json(&["status", "app"]));

    // The number counts where the owner runs.
    let row_in_file = edit_claim(
        &shell.registry(),
        shell.id("app").parse().unwrap(),
        |claim| {
            claim.pid_namespace = claim.pid_namespace.map(|number| number + 1);
        },
    );
    if let Some(namespace) = row_in_file.pid_namespace {
        let text = shell.done(&["status", "app"]);
        assert!(
            text.contains(&format!("sh {driver} in namespace {namespace}")),
            "{text}"
        );
        let refused = shell.refused(&["close", "app"]);
        assert!(
            refused.contains(&format!(" of PID namespace {namespace} on ")),
            "{refused}"
        );
    }
    running.end();
    shell.done(&["close", "app"]);
    assert_eq!(row(&shell.done(&["status", "app"]), "app")[1], "closed");
    assert_eq!(Shell::new().done(&["status"]), "no sessions\n");
    assert_eq!(Shell::new().json(&["status"]), json!({ "statuses": [] }));
}
