//! A `resume` that runs, from outside.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Ran, Shell};

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

pub(super) fn owner(shell: &Shell, session: &str) -> Value {
    shell.json(&["owner", session])["owner"].clone()
}
