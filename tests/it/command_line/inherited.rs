//! An agent that outlives its wrapper.

use std::os::unix::process::ExitStatusExt;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::Shell;
use super::running::{Running, WAIT, owner, until};
use crate::support::owners::owner_files;
use crate::support::raw::while_a_peer_writes;

/// A second one was started beside it, and reaping closed its session.
#[test]
fn a_session_is_driven_as_long_as_its_agent_lives() {
    let shell = Shell::with_projects(&["app"]);
    shell.done(&["limit", "1"]);
    shell.project("new");
    for signal in [Signal::KILL, Signal::ABORT, Signal::ALARM] {
        let mut running = Running::start(&shell, &["app"]);
        running.orphan(signal);
        assert_eq!(owner(&shell, "app")["liveness"], "alive");
        let error = shell.refused(&["resume", "app", "--", "true"]);
        assert!(error.contains("[already_claimed]"), "{error}");
        let error = shell.refused(&["register", "new"]);
        assert!(error.contains("[session_limit_reached]"), "{error}");
        assert_eq!(shell.json(&["interrupted"]), json!([]));

        running.end_orphan(&shell, "app");
        assert_eq!(shell.json(&["interrupted"])[0]["name"], "app");
        shell.done(&["resume", "app", "--", "true"]);
    }
}

/// The shell was ended, and not the agent that it ran.
#[test]
fn what_a_killed_command_leaves_running_drives_the_session() {
    let shell = Shell::with_projects(&["app"]);
    let script = format!("sh -c '{WAIT}'; true");
    let resume = shell.command(&["resume", "app", "--", "sh", "-c", &script]);
    let mut running = Running::spawn(resume);
    running.signal(Signal::TERM);
    let told = running.told();
    assert!(
        told.ends_with(" is still driven by what it started\n"),
        "{told}"
    );
    assert_eq!(running.process.wait().unwrap().code(), Some(143));
    assert_eq!(owner(&shell, "app")["liveness"], "alive");
    running.end_orphan(&shell, "app");
}

#[test]
fn what_ends_by_itself_may_leave_servants_behind() {
    let shell = Shell::with_projects(&["app"]);
    let script = "sleep 1000 <&- >&- 2>&- & echo $!";
    let servant = shell.done(&["resume", "app", "--", "sh", "-c", script]);
    let released = owner(&shell, "app");
    let servant = Pid::from_raw(servant.trim().parse().unwrap()).unwrap();
    kill_process(servant, Signal::KILL).unwrap();
    assert_eq!(released, Value::Null);
}

/// A program that waits for the registry could not be ended.
#[test]
fn a_resume_that_waits_for_its_claim_ends_by_a_signal() {
    let shell = Shell::with_projects(&["app"]);
    let ended = while_a_peer_writes(&shell.registry(), || {
        let resume = shell.command(&["resume", "app", "--", "true"]).spawn();
        let mut waiting = resume.unwrap();
        // Then it has looked, and waits to write.
        until(|| owner_files(&shell.registry()).len() == 1);
        kill_process(Pid::from_child(&waiting), Signal::TERM).unwrap();
        waiting.wait().unwrap()
    });
    assert_eq!(ended.signal(), Some(Signal::TERM.as_raw()));
    assert_eq!(owner(&shell, "app"), Value::Null);
}
