//! A `watch` that runs, from outside.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Ran, Shell};
use crate::support::child::HANG;

/// A `watch` that runs. Dropping it kills it.
pub(super) struct Watching {
    process: Child,
    lines: Receiver<String>,
}

impl Watching {
    pub(super) fn start(shell: &Shell, args: &[&str]) -> Self {
        let mut command = shell.command(&[&["watch"], args].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in stdout.lines() {
                if sender.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        Self { process, lines }
    }

    /// The next line, while it runs.
    #[track_caller]
    pub(super) fn line(&mut self) -> String {
        let line = self.lines.recv_timeout(HANG).expect("nothing is told");
        let ended = self.process.try_wait().unwrap();
        assert_eq!(ended, None, "told when it was over: {line}");
        line
    }

    /// The next line without its time, which is of the right form.
    #[track_caller]
    pub(super) fn told(&mut self) -> String {
        let line = self.line();
        let (time, told) = line.split_once("  ").unwrap();
        let digits = time.replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(digits, "0000-00-00T00:00:00Z", "{line}");
        told.to_owned()
    }

    /// The next line of one in JSON.
    #[track_caller]
    pub(super) fn object(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    /// The next lines in JSON, up to one that fits.
    pub(super) fn lines_until(mut self, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut lines = Vec::new();
        while !lines.last().is_some_and(&fits) {
            lines.push(self.object());
        }
        lines
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }

    /// The status with which it ends.
    pub(super) fn status(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// How it ends by itself.
    pub(super) fn ended(mut self) -> Ran {
        let status = self.status();
        let mut stderr = String::new();
        let told = self.process.stderr.as_mut().unwrap();
        told.read_to_string(&mut stderr).unwrap();
        Ran {
            status: status.code(),
            stdout: self.lines.iter().collect(),
            stderr,
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
