//! A session that is held for a program that runs already, as hooks do it.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::running::owner;
use super::{Ran, Shell};
use crate::support::child::HANG;

/// A program that runs until it is killed.
struct Agent(Child);

impl Agent {
    fn start() -> Self {
        let mut command = Command::new("cat");
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn pid(&self) -> String {
        self.0.id().to_string()
    }

    fn die(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.die();
    }
}

/// Looks again and again, until it is so.
pub(super) fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < HANG, "never: {what}");
        thread::yield_now();
    }
}

fn is_alive(shell: &Shell, session: &str) -> bool {
    owner(shell, session)["liveness"] == "alive"
}

/// Whether the process that holds a session still runs.
fn runs(holder: &Value) -> bool {
    let pid = i32::try_from(holder["pid"].as_i64().unwrap()).unwrap();
    rustix::process::test_kill_process(Pid::from_raw(pid).unwrap()).is_ok()
}

#[test]
fn the_claim_dies_with_the_program() {
    let shell = Shell::with_projects(&["app"]);
    let mut agent = Agent::start();
    let held = shell.json(&["hold", "--pid", &agent.pid(), "app"]);
    let pid = agent.0.id();
    assert_eq!(held["id"], *shell.id("app"));
    assert_eq!((&held["epoch"], &held["pid"]), (&json!(1), &json!(pid)));
    let holder = owner(&shell, "app");
    assert!(is_alive(&shell, "app"));
    assert_ne!(holder["pid"], pid, "a process of its own");
    let refused = shell.refused(&["resume", "app", "--", "true"]);
    assert!(refused.contains("[already_claimed]"), "{refused}");

    agent.die();
    until("its owner is dead", || !is_alive(&shell, "app"));
    assert_eq!(owner(&shell, "app")["liveness"], "dead", "not let go");
    let interrupted = shell.done(&["interrupted"]);
    assert!(interrupted.contains("\tapp\t"), "{interrupted}");
    until("the holder has ended", || !runs(&holder));
    shell.done(&["resume", "app", "--", "true"]);
}

#[test]
fn whoever_waits_for_the_output_of_a_hook_waits_no_longer_than_the_hook() {
    let shell = Shell::with_projects(&["app"]);
    let agent = Agent::start();
    // It reads both streams to their ends, which a process in the background must not keep.
    let ran = shell.run(&["hold", "--pid", &agent.pid(), "app"]);
    let (pid, id) = (agent.pid(), shell.id("app"));
    let program = if cfg!(target_os = "linux") {
        " (cat)"
    } else {
        ""
    };
    let told = format!("held for process {pid}{program}: session {id} (claim 1)\n");
    assert_eq!(ran.done(), told);
    assert!(is_alive(&shell, "app"));
}

#[test]
fn a_holder_ends_with_its_claim() {
    let shell = Shell::with_projects(&["app"]);
    let agent = Agent::start();
    let held = shell.json(&["hold", "--pid", &agent.pid(), "app"]);
    let holder = owner(&shell, "app");
    let close = |epoch: &Value| {
        let mut command = shell.command(&["close"]);
        command.env("SESSION_ID", shell.id("app"));
        Ran::new(
            command
                .env("SESSION_EPOCH", epoch.to_string())
                .output()
                .unwrap(),
        )
    };
    let refused = close(&json!(7)).failed(1);
    assert!(refused.contains("[already_claimed]"), "{refused}");
    close(&held["epoch"]).done();
    assert_eq!(owner(&shell, "app"), Value::Null);
    until("the holder has ended", || !runs(&holder));

    // A closed one is opened again, and a driven one can be taken over.
    shell.done(&["hold", "--pid", &agent.pid(), "app"]);
    assert_eq!(shell.json(&["show", "app"])["state"]["status"], "open");
    let first = owner(&shell, "app");
    let other = Agent::start();
    let refused = shell.refused(&["hold", "--pid", &other.pid(), "app"]);
    assert!(refused.contains("[already_claimed]"), "{refused}");
    shell.done(&["hold", "--pid", &other.pid(), "app", "--take-over"]);
    assert_ne!(owner(&shell, "app")["pid"], first["pid"]);
    until("the displaced holder has ended", || !runs(&first));
}

#[test]
fn a_holder_in_the_foreground_ends_as_the_program_does() {
    let shell = Shell::with_projects(&["app"]);
    let mut agent = Agent::start();
    let mut command = shell.command(&["hold", "--foreground", "--pid", &agent.pid(), "app"]);
    let holder = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until("it is held", || is_alive(&shell, "app"));
    assert_eq!(owner(&shell, "app")["pid"], holder.id());
    agent.die();
    let ran = Ran::new(holder.wait_with_output().unwrap());
    assert!(ran.done().starts_with("held for process "));
    assert_eq!(owner(&shell, "app")["liveness"], "dead");
}

#[test]
fn a_holder_that_is_killed_leaves_a_dead_owner() {
    let shell = Shell::with_projects(&["app"]);
    let agent = Agent::start();
    shell.done(&["hold", "--pid", &agent.pid(), "app"]);
    let holder = owner(&shell, "app")["pid"].as_i64().unwrap();
    let holder = Pid::from_raw(i32::try_from(holder).unwrap()).unwrap();
    kill_process(holder, Signal::KILL).unwrap();
    until("its owner is dead", || !is_alive(&shell, "app"));
    assert_eq!(owner(&shell, "app")["liveness"], "dead");
}

#[test]
fn what_is_held_already_stays_as_it_is() {
    let shell = Shell::with_projects(&["app"]);
    let agent = Agent::start();
    let pid = agent.pid();
    let hold = ["hold", "--pid", &pid, "--program", "claude", "app"];
    let held = shell.json(&hold);
    let holder = owner(&shell, "app");
    assert_eq!(
        (&holder["driver"], &holder["program"]),
        (&held["pid"], &json!("claude"))
    );
    assert_eq!(shell.json(&hold), held);
    assert_eq!(owner(&shell, "app"), holder);
}

#[test]
fn the_program_that_a_session_is_held_for_closes_it() {
    let shell = Shell::with_projects(&["app"]);
    let (agent, other) = (Agent::start(), Agent::start());
    shell.done(&["hold", "--pid", &agent.pid(), "app"]);
    for pid in [other.pid(), owner(&shell, "app")["pid"].to_string()] {
        let refused = shell.refused(&["close", "--pid", &pid, "app"]);
        assert!(refused.contains("[already_claimed]"), "{refused}");
    }
    shell.done(&["close", "--pid", &agent.pid(), "app"]);
    assert_eq!(owner(&shell, "app"), Value::Null);
    // Closed already, that does no harm.
    shell.done(&["close", "--pid", &agent.pid(), "app"]);
}

#[test]
fn nothing_is_held_for_a_program_that_is_not_there() {
    let shell = Shell::with_projects(&["app"]);
    let mut agent = Agent::start();
    let pid = agent.pid();
    agent.die();
    let before = shell.json(&["show", "app"]);
    for pid in [pid.as_str(), "0", "4294967295"] {
        let refused = shell.refused(&["hold", "--pid", pid, "app", "--json"]);
        let refused: Value = serde_json::from_str(&refused).unwrap();
        assert_eq!(refused["code"], "process");
        assert_eq!(refused["details"]["pid"].to_string(), pid);
        assert_eq!(shell.json(&["show", "app"]), before);
        assert_eq!(owner(&shell, "app"), Value::Null);
    }
    let refused = shell.refused(&["hold", "--pid", &std::process::id().to_string(), "nobody"]);
    assert!(refused.contains("[no_match]"), "{refused}");
}
