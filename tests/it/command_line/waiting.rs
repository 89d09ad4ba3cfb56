//! Waiting for a slot instead of being refused.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};
use session_registry::SessionRegistry;

use super::running::{Running, WAIT};
use super::{Ran, Shell};

/// A command that waits, as far as it has said so.
struct Waiting {
    process: Child,
    said: String,
}

impl Waiting {
    fn start(shell: &Shell, args: &[&str]) -> Self {
        let mut command = shell.command(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        // Byte by byte: what comes later is read by whoever ends it.
        let mut said = String::new();
        BufReader::with_capacity(1, process.stderr.as_mut().unwrap())
            .read_line(&mut said)
            .unwrap();
        Self { process, said }
    }

    fn end(self) -> Ran {
        Ran::new(self.process.wait_with_output().unwrap())
    }
}

/// Where session `one` is open, and no other may be.
fn full() -> (Shell, SessionRegistry) {
    let shell = Shell::with_projects(&["one"]);
    shell.done(&["limit", "1"]);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    (shell, registry)
}

fn close(registry: &SessionRegistry, name: &str) {
    let session = registry.lookup_by_name(name).unwrap().unwrap();
    registry.close_session(session.id()).unwrap();
}

/// The line says how many wait before, and those that wait are served in the order in which they came.
#[test]
fn those_who_wait_are_told_their_place_and_come_in_order() {
    let (shell, registry) = full();
    shell.project("two");
    shell.project("three");
    let until_waiting = |count| {
        while registry.waiting().unwrap() != count {
            std::thread::yield_now();
        }
    };
    let second = Waiting::start(&shell, &["register", "two", "--wait", "10m"]);
    assert_eq!(
        second.said,
        "note: waiting for a slot, 10 min at most; nobody waits before\n"
    );
    until_waiting(1);
    let third = Waiting::start(&shell, &["register", "three", "--wait", "90s", "--json"]);
    let notice: Value = serde_json::from_str(&third.said).unwrap();
    assert_eq!(notice["notice"], "waiting");
    assert_eq!(
        notice["message"],
        "note: waiting for a slot, 90 s at most; 1 waits before"
    );
    assert_eq!(notice["sessions"], json!([]));
    until_waiting(2);

    close(&registry, "one");
    let done = second.end();
    assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
    assert!(done.stdout.starts_with("registered session "), "{done:?}");
    close(&registry, "two");
    let done = third.end();
    assert_eq!(done.status, Some(0), "{done:?}");
    let session: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(session["name"], "three");
    assert_eq!(registry.waiting().unwrap(), 0);
}

#[test]
fn a_command_runs_when_there_is_room_for_its_session() {
    let (shell, registry) = full();
    shell.project("two");
    shell.done(&["limit", "2"]);
    shell.done(&["register", "two"]);
    close(&registry, "two");
    shell.done(&["limit", "1"]);
    for args in [
        &["resume", "two", "--wait", "10m", "--", "true"][..],
        &[
            "resume",
            "--register",
            "three",
            "--wait",
            "10m",
            "--",
            "true",
        ],
    ] {
        shell.project("three");
        shell.done(&["limit", "1"]);
        let waiting = Waiting::start(&shell, args);
        assert!(
            waiting.said.starts_with("note: waiting for a slot, 10 min"),
            "{}",
            waiting.said
        );
        shell.done(&["limit", "2"]);
        let done = waiting.end();
        assert_eq!((done.status, done.stderr.as_str()), (Some(0), ""));
        let opened = registry
            .lookup_by_name(args[if args[1] == "two" { 1 } else { 2 }])
            .unwrap();
        registry.close_session(opened.unwrap().id()).unwrap();
    }
}

/// The refusal is the same as without it, and says nothing more where nobody waited.
#[test]
fn a_wait_in_vain_is_refused_as_ever() {
    let (shell, registry) = full();
    shell.project("two");
    let without = shell.refused(&["register", "two"]);
    let ran = shell.run(&["register", "two", "--wait", "1s"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""));
    let (waiting, refusal) = ran.stderr.split_once('\n').unwrap();
    assert!(
        waiting.starts_with("note: waiting for a slot, 1 s"),
        "{waiting}"
    );
    assert_eq!(refusal, without);
    assert_eq!(shell.refused(&["register", "two", "--wait", "0s"]), without);
    assert_eq!(registry.waiting().unwrap(), 0);
    // With room there is nothing to say.
    shell.done(&["limit", "2"]);
    shell.done(&["register", "two", "--wait", "10m"]);
    // Nobody waits for whoever drives a session.
    let running = Running::start(&shell, &["two"]);
    let ran = shell.run(&["resume", "two", "--wait", "10m", "--", "sh", "-c", WAIT]);
    assert_eq!(ran.status, Some(125), "{ran:?}");
    assert!(ran.stderr.contains("already_claimed"), "{ran:?}");
    drop(running);
    assert_eq!(shell.run(&["register", "--wait", "soon"]).status, Some(2));
    assert_eq!(
        shell
            .run(&["register", "--wait", "1m", "--or-existing"])
            .status,
        Some(2)
    );
}
