//! A command that knows which session it drives, and where.

use std::path::Path;

use serde_json::Value;

use super::running::owner;
use super::{Ran, Shell};

const PROGRAM: &str = env!("CARGO_BIN_EXE_session-registry");

/// Runs a script inside of a session; the program is its `$0`.
fn inside(shell: &Shell, session: &str, script: &str) -> Ran {
    shell.run(&["resume", session, "--", "sh", "-c", script, PROGRAM])
}

/// It was refused: "end that process first", which was the one that ran it.
#[test]
fn a_command_closes_the_session_it_drives() {
    let shell = Shell::with_projects(&["app", "other"]);
    let id = shell.id("app");
    for script in [
        "\"$0\" close".to_owned(),
        "\"$0\" close app".to_owned(),
        format!("sh -c '\"$0\" close {id}' \"$0\""),
    ] {
        let ran = inside(&shell, "app", &script);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""), "{script}");
        let expected = format!("closed session {id} ");
        assert!(ran.stdout.starts_with(&expected), "{ran:?}");
        let state = &shell.json(&["show", "app"])["state"];
        assert_eq!(state["reason"], "requested");
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
}

#[test]
fn a_command_closes_no_session_that_somebody_else_drives() {
    let shell = Shell::with_projects(&["app", "other"]);
    let script = "\"$0\" resume other -- \"$0\" close app || echo refused";
    let ran = inside(&shell, "app", script);
    assert_eq!(ran.stdout, "refused\n", "the innermost drives the other");
    // One that was displaced has no right left.
    let script = "\"$0\" resume app --take-over -- sh -c \
                  'SESSION_EPOCH=1 \"$0\" close' \"$0\" || echo refused";
    let ran = inside(&shell, "app", script);
    assert_eq!(ran.stdout, "refused\n");
    assert!(ran.stderr.contains("[already_claimed]"), "{ran:?}");
}

#[test]
fn close_needs_a_name_where_no_session_is_driven() {
    let shell = Shell::with_projects(&["app"]);
    let error = shell.run(&["close"]).failed(2);
    assert!(error.contains("[usage]"), "{error}");
    let mut command = shell.command(&["close"]);
    command.env("SESSION_ID", shell.id("app"));
    Ran::new(command.output().unwrap()).failed(2);
    assert_eq!(shell.json(&["show", "app"])["state"]["status"], "open");
}

/// An agent that trusts PWD worked in the directory from which it was started.
#[test]
fn the_command_is_told_where_it_runs() {
    let shell = Shell::with_projects(&["app"]);
    let (home, other) = (shell.home.clone(), shell.project("other"));
    let project = shell.home.join("app");
    let told = |args: &[&str], pwd: &Path| {
        let mut command = shell.command(&[&["resume", "app"], args, &["--", "env"]].concat());
        command.env("PWD", pwd).env("OLDPWD", &other);
        let env = Ran::new(command.output().unwrap()).done();
        let value = |name: &str| {
            let mut lines = env.lines();
            lines.find_map(|line| line.strip_prefix(name).map(str::to_owned))
        };
        (value("PWD="), value("OLDPWD="))
    };
    let text = |path: &Path| Some(path.to_str().unwrap().to_owned());
    assert_eq!(told(&[], &home), (text(&project), None));
    assert_eq!(told(&["--here"], &home), (text(&home), text(&other)));
    // By way of a link it is right all the same; else it is put right.
    let link = shell.home.join("link");
    std::os::unix::fs::symlink(&home, &link).unwrap();
    assert_eq!(told(&["--here"], &link), (text(&link), text(&other)));
    assert_eq!(told(&["--here"], &other), (text(&home), None));
}

/// Its own refusals could not be told from the command's.
#[test]
fn what_is_refused_before_the_command_runs_has_a_status_of_its_own() {
    let shell = Shell::with_projects(&["app"]);
    let script = ["resume", "app", "--", "sh", "-c", "exit 1"];
    shell.run(&script).failed(1);
    shell.run(&["resume", "nobody", "--", "true"]).failed(125);
    let args = ["resume", "nobody", "--json", "--", "true"];
    let error: Value = serde_json::from_str(&shell.run(&args).failed(125)).unwrap();
    assert_eq!(error["code"], "no_match");
    let help = shell.done(&["resume", "--help"]);
    assert!(help.contains("125"), "{help}");
}
