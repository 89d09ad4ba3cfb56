//! Owners that are killed or displaced.

use serde_json::{Value, json};

use super::Shell;
use super::running::{Running, owner};

#[test]
fn a_killed_owner_leaves_an_interrupted_session() {
    let shell = Shell::with_projects(&["app", "other"]);
    Running::start(&shell, &["app"]).die(&shell, "app");
    let interrupted = shell.sessions(&["interrupted"]);
    assert_eq!(interrupted, json!([shell.json(&["show", "app"])]));
    assert_eq!(owner(&shell, "app")["liveness"], "dead");
    let text = shell.done(&["interrupted"]);
    let row = text.lines().nth(1).unwrap();
    assert!(row.contains(" died\t") && row.ends_with('\t'), "{text}");

    shell.done(&["resume", "app", "--", "true"]);
    assert_eq!(shell.sessions(&["interrupted"]), json!([]));
}

#[test]
fn register_tells_who_had_to_make_room() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    Running::start(&shell, &["app"]).die(&shell, "app");
    shell.done(&["limit", "1"]);
    let project = shell.project("new");
    let ran = shell.run(&["register", project.to_str().unwrap()]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.stdout.starts_with("registered session "), "{ran:?}");
    let expected = format!(
        "note: closed to make room, because their owners died:\n  {id}  app  {}  (closed)\n",
        shell.home.join("app").display()
    );
    assert_eq!(ran.stderr, expected);
    let text = shell.done(&["interrupted"]);
    assert!(text.ends_with("Z (owner died)\n"), "{text}");

    shell.done(&["unregister", "new"]);
    Running::start(&shell, &["app"]).die(&shell, "app");
    let ran = shell.run(&["register", "new", "--json"]);
    let notice: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(notice["notice"], "reaped");
    assert_eq!(notice["sessions"], json!([shell.json(&["show", &id])]));
}

/// Two agents worked for a day before the first was told.
#[test]
fn who_is_displaced_is_told_while_the_command_runs() {
    let shell = Shell::with_projects(&["app"]);
    let mut first = Running::start(&shell, &["app"]);
    let mut second = Running::start(&shell, &["app", "--take-over"]);
    let pid = second.process.id();
    let told = first.told();
    let expected = "warning: session app was taken over meanwhile by process ";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.contains(&format!("process {pid} ")), "{told}");
    let ran = first.end();
    assert_eq!(
        (ran.status, ran.stderr.as_str()),
        (Some(3), ""),
        "told once"
    );
    assert_eq!(owner(&shell, "app")["pid"], pid, "the new owner stays");

    shell.done(&["resume", "app", "--take-over", "--", "true"]);
    let told = second.told();
    let expected = "warning: session app was taken over meanwhile";
    assert!(told.starts_with(expected), "{told}");
    let ran = second.end();
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(3), ""));
}

#[test]
fn who_is_displaced_ends_its_command_if_it_was_told_to() {
    let shell = Shell::with_projects(&["app"]);
    let first = Running::start(&shell, &["app", "--on-lost", "term"]);
    let second = Running::start(&shell, &["app", "--take-over"]);
    let told = first.ended().failed(143);
    let expected = "warning: session app was taken over meanwhile by process ";
    assert!(told.starts_with(expected), "{told}");
    second.end().failed(3);
    assert_eq!(owner(&shell, "app"), Value::Null);
}

/// A script that was to end when it lost its session, and has lost it.
fn displaced(shell: &Shell, script: &str) -> Running {
    let args = [
        "resume",
        "app",
        "--on-lost",
        "term",
        "--",
        "sh",
        "-c",
        script,
    ];
    let running = Running::spawn(shell.command(&args));
    shell.done(&["resume", "app", "--take-over", "--", "true"]);
    running
}

#[test]
fn a_displaced_command_that_does_not_want_to_end_is_made_to() {
    let shell = Shell::with_projects(&["app"]);
    let script = "trap '' TERM; echo ready; while :; do read line || sleep 0.1; done";
    let first = displaced(&shell, script);
    first.ended().failed(137);
}

/// What was killed for having lost the session was said to drive it still, by what it had started.
#[test]
fn a_displaced_command_that_left_something_was_said_to_drive_on() {
    let shell = Shell::with_projects(&["app"]);
    // What it leaves behind ends with our end of its standard input.
    let script = "exec 3<&0; cat <&3 > /dev/null 2>&1 & echo ready; wait";
    let mut first = displaced(&shell, script);
    assert!(first.told().contains(" was taken over meanwhile"));
    first.process.wait().unwrap();
    let rest = first.told();
    assert_eq!(rest, "");
}
