//! A `resume` that runs, from outside.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Ran, Shell};
use crate::support::child::HANG;

/// Says that it runs, and ends with status 3 when it is told to, or when nobody can tell it any more.
pub(super) const WAIT: &str = "echo ready; read line; exit 3";

/// A `resume` whose command has begun.
pub(super) struct Running {
    pub(super) process: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(super) fn start(shell: &Shell, args: &[&str]) -> Self {
        Self::spawn(shell.command(&[&["resume"], args, &["--", "sh", "-c", WAIT]].concat()))
    }

    pub(super) fn spawn(mut command: Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let stdin = process.stdin.take().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n");
        Self {
            process,
            stdin,
            stdout,
        }
    }

    /// Ends the wrapper by a signal that is not passed on; the command goes on.
    pub(super) fn orphan(&mut self, signal: Signal) {
        self.signal(signal);
        self.process.wait().unwrap();
    }

    /// Kills the wrapper and ends the command, so that its owner is dead.
    pub(super) fn die(mut self, shell: &Shell, session: &str) {
        self.orphan(Signal::KILL);
        self.end_orphan(shell, session);
    }

    /// Ends a command that has lost its wrapper.
    pub(super) fn end_orphan(mut self, shell: &Shell, session: &str) {
        self.stdin.write_all(b"\n").unwrap();
        until(|| owner(shell, session)["liveness"] == "dead");
    }

    /// The next line on its standard error.
    pub(super) fn told(&mut self) -> String {
        // Not a byte more: the rest is read at the end.
        let (mut line, mut byte) = (Vec::new(), [0]);
        let stderr = self.process.stderr.as_mut().unwrap();
        while !line.ends_with(b"\n") && stderr.read(&mut byte).unwrap() == 1 {
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    /// Tells the command to end.
    pub(super) fn end(mut self) -> Ran {
        self.stdin.write_all(b"\n").unwrap();
        self.ended()
    }

    /// How it ended by itself.
    pub(super) fn ended(self) -> Ran {
        let Self {
            process,
            stdin,
            stdout,
        } = self;
        let ran = Ran::new(process.wait_with_output().unwrap());
        drop((stdin, stdout));
        ran
    }
}

/// Waits for what other processes bring about.
pub(super) fn until(happened: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < HANG, "it never happens");
        thread::yield_now();
    }
}

pub(super) fn owner(shell: &Shell, session: &str) -> Value {
    shell.json(&["owner", session])["owner"].clone()
}
