//! An agent that outlives its wrapper.

use std::os::unix::process::ExitStatusExt;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::Shell;
use super::running::{Running, WAIT, owner, until};
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
        assert_eq!(shell.sessions(&["interrupted"]), json!([]));

        running.end_orphan(&shell, "app");
        assert_eq!(shell.sessions(&["interrupted"])[0]["name"], "app");
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

/// Signals are taken over when there is a claim to let go of, and not before.
#[cfg(target_os = "linux")]
#[test]
fn a_resume_that_waits_for_the_registry_ends_by_a_signal() {
    let shell = Shell::with_projects(&["app"]);
    let ended = while_a_peer_writes(&shell.registry(), || {
        let resume = shell.command(&["resume", "app", "--", "true"]).spawn();
        let mut waiting = resume.unwrap();
        let files = format!("/proc/{}/fd", waiting.id());
        let is_registry = |file: &std::fs::DirEntry| {
            std::fs::read_link(file.path()).is_ok_and(|path| path == shell.registry())
        };
        until(|| {
            let files = std::fs::read_dir(&files).unwrap();
            files.flatten().any(|file| is_registry(&file))
        });
        kill_process(Pid::from_child(&waiting), Signal::TERM).unwrap();
        waiting.wait().unwrap()
    });
    assert_eq!(ended.signal(), Some(Signal::TERM.as_raw()));
    assert_eq!(owner(&shell, "app"), Value::Null);
}
