//! Driving a session by a command: what the command gets, and that its end is the end of the claim.

use std::os::unix::process::CommandExt;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use super::Shell;
use super::running::{Running, WAIT, owner, until};

#[test]
fn the_command_learns_which_session_it_drives() {
    let shell = Shell::with_projects(&["app"]);
    let script = "printf '%s\\n' \"$SESSION_ID\" \"$SESSION_EPOCH\" \"$SESSION_NAME\" \
                  \"$SESSION_PROJECT\" \"$SESSION_REGISTRY\" \"$(pwd -P)\" \"$@\"";
    let (id, project) = (shell.id("app"), shell.home.join("app"));
    let (project, registry) = (project.to_str().unwrap(), shell.registry());
    let registry = registry.to_str().unwrap();
    let run = |args: &[&str]| {
        let command = ["--", "sh", "-c", script, "sh", "--json", "b c"];
        shell.done(
            &[
                &["resume", "app", "--registry", "./registry.redb"],
                args,
                &command,
            ]
            .concat(),
        )
    };
    let lines = |epoch: &str, pwd: &str| {
        let told = [
            &id, epoch, "app", project, registry, pwd, "--json", "b c", "",
        ];
        told.join("\n")
    };
    assert_eq!(run(&[]), lines("1", project));
    assert_eq!(run(&["--here"]), lines("2", shell.home.to_str().unwrap()));
}

#[test]
fn the_session_is_claimed_while_the_command_runs() {
    let shell = Shell::with_projects(&["app"]);
    let running = Running::start(&shell, &["app"]);
    until(|| owner(&shell, "app")["driver"].is_u64());
    let held = owner(&shell, "app");
    let expected = json!({
        "pid": running.process.id(),
        "host": held["host"],
        "claimed_at": held["claimed_at"],
        "liveness": "alive",
        "epoch": 1,
        "program": "sh",
        "driver": held["driver"],
        "pid_namespace": null,
    });
    assert_eq!(held, expected);
    let (driver, wrapper) = (&held["driver"], running.process.id());
    let process = format!("process {driver} (sh) through process {wrapper} on ");
    let text = shell.done(&["owner", "app"]);
    assert!(
        text.starts_with(&process) && text.ends_with(" (alive)\n"),
        "{text}"
    );
    assert!(
        shell
            .done(&["show", "app"])
            .contains(&format!("owner        {text}"))
    );

    for args in [
        &["resume", "app", "--", "true"][..],
        &["close", "app"],
        &["unregister", "app"],
    ] {
        let error = shell.refused(args);
        assert!(error.contains(&process), "{error}");
        assert!(
            error.contains("[already_claimed]\nhint: session-registry "),
            "{error}"
        );
        let json: Value =
            serde_json::from_str(&shell.refused(&[&["--json"], args].concat())).unwrap();
        assert_eq!(
            (&json["error"], &json["owner"]),
            (&"already_claimed".into(), &held)
        );
    }
    assert_eq!(shell.sessions(&["interrupted"]), json!([]));
    running.end().failed(3);
    assert_eq!(owner(&shell, "app"), Value::Null);
    assert_eq!(shell.done(&["owner", "app"]), "nobody\n");
    shell.done(&["resume", "app", "--", "true"]);
}

#[test]
fn a_closed_session_is_opened_again() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["close", "app"]);
    shell.done(&["resume", "app", "--", "true"]);
    assert_eq!(shell.json(&["show", "app"])["state"]["status"], "open");

    shell.done(&["close", "app"]);
    shell.done(&["limit", "0"]);
    let error = shell.refused(&["resume", "app", "--", "true"]);
    assert!(error.contains("[session_limit_reached]"), "{error}");
}

#[test]
fn a_command_that_cannot_run_changes_nothing() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["close", "app"]);
    for (command, status) in [("none-such", 127), ("/", 126)] {
        let error = shell.run(&["resume", "app", "--", command]).failed(status);
        let expected = format!("error: could not run \"{command}\" [command]\ncaused by: ");
        assert!(error.starts_with(&expected), "{error}");
        assert_eq!(shell.json(&["show", "app"])["state"]["status"], "closed");
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
    std::fs::remove_dir(shell.home.join("app")).unwrap();
    let error = shell.refused(&["resume", "app", "--", "true"]);
    assert!(
        error.contains(" [project_gone]\nhint: session-registry resume --here "),
        "{error}"
    );
    assert_eq!(shell.json(&["show", "app"])["state"]["status"], "closed");
    shell.done(&["resume", "app", "--here", "--", "true"]);
}

#[test]
fn the_status_is_that_of_the_command() {
    let shell = Shell::with_projects(&["app"]);
    for (script, status) in [("exit 0", 0), ("exit 42", 42), ("kill -KILL $$", 137)] {
        let ran = shell.run(&["resume", "app", "--", "sh", "-c", script]);
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(status), ""));
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
}

#[test]
fn signals_to_end_are_passed_on_and_the_claim_is_released() {
    let shell = Shell::with_projects(&["app"]);
    for (signal, status) in [
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        // These did nothing when only the wrapper got them.
        (Signal::INT, 130),
        (Signal::QUIT, 131),
        // These killed the wrapper and not the command.
        (Signal::USR1, 138),
        (Signal::USR2, 140),
    ] {
        let running = Running::start(&shell, &["app"]);
        running.signal(signal);
        running.ended().failed(status);
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
    assert_eq!(shell.sessions(&["interrupted"]), json!([]));
}

#[test]
fn what_a_terminal_sends_ends_the_command_alone() {
    let shell = Shell::with_projects(&["app"]);
    let mut command = shell.command(&["resume", "app", "--", "sh", "-c", WAIT]);
    command.process_group(0);
    let running = Running::spawn(command);
    kill_process_group(Pid::from_child(&running.process), Signal::INT).unwrap();
    running.ended().failed(130);
    assert_eq!(owner(&shell, "app"), Value::Null);
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_ignored_before_stays_ignored() {
    let shell = Shell::with_projects(&["app"]);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "trap '' HUP; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_session-registry"))
        .args(["resume", "app", "--", "sh", "-c", WAIT])
        .current_dir(&shell.home)
        .env("SESSION_REGISTRY", shell.registry())
        .process_group(0);
    let running = Running::spawn(command);
    kill_process_group(Pid::from_child(&running.process), Signal::HUP).unwrap();
    running.end().failed(3);
}

/// Whoever started us may ignore the ends of its children, and left us unable to learn of the command's.
#[test]
fn the_status_of_a_command_was_lost_where_the_ends_of_children_are_ignored() {
    let shell = Shell::with_projects(&["app"]);
    let mut command = std::process::Command::new("sh");
    command
        .args(["-c", "trap '' CHLD; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_session-registry"))
        .args(["resume", "app", "--", "sh", "-c", WAIT])
        .current_dir(&shell.home)
        .env("SESSION_REGISTRY", shell.registry());
    Running::spawn(command).end().failed(3);
    assert_eq!(owner(&shell, "app"), Value::Null);
}
