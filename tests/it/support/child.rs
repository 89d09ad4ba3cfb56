//! Child processes: this test binary once more, playing a role. Parent and child speak in lines, and
//! nobody waits for ever.

use std::env;
use std::fmt::Display;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{self, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// Far longer than anything here takes: a wait that ends with it has found a hang.
pub(crate) const HANG: Duration = Duration::from_secs(60);

/// The ignored test that plays the roles.
const ENTRY: &str = "processes::roles::entry";
const ROLE: &str = "SESSION_REGISTRY_CHILD";
const ARGUMENTS: &str = "SESSION_REGISTRY_CHILD_ARGUMENTS";
/// Begins every line that a child says; the test harness writes to the same pipe.
const MARK: char = '\u{1e}';

/// The child said nothing for longer than anything takes.
#[derive(Debug)]
pub(crate) struct Hangs;

/// A child process, seen by its parent. Dropping it kills it.
pub(crate) struct Child {
    process: process::Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Child {
    /// How to start a child in `role`; the environment and the user may still be changed.
    pub(crate) fn command(role: &str, arguments: &[&dyn Display]) -> Command {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        let mut command = Command::new(env::current_exe().unwrap());
        command
            .args([ENTRY, "--exact", "--ignored", "--nocapture"])
            .arg("--test-threads=1")
            .env(ROLE, role)
            .env(ARGUMENTS, arguments.join("\n"));
        command
    }

    pub(crate) fn start(role: &str, arguments: &[&dyn Display]) -> Self {
        Self::spawn(Self::command(role, arguments))
    }

    pub(crate) fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let stdin = process.stdin.take();
        let stdout = process.stdout.take().unwrap();
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            let mut line = String::new();
            // A line without its end was cut off by a kill, and not said.
            while reader.read_line(&mut line).is_ok() && line.ends_with('\n') {
                if let Some((_, said)) = line.trim_end_matches('\n').split_once(MARK) {
                    let _ = sender.send(said.to_owned());
                }
                line.clear();
            }
        });
        Self {
            process,
            stdin,
            lines,
        }
    }

    pub(crate) fn say(&mut self, line: impl Display) {
        let stdin = self.stdin.as_mut().unwrap();
        // A child that has died is noticed by what it no longer says.
        let _ = stdin.write_all(format!("{line}\n").as_bytes());
    }

    /// The next line; `None` when the child has ended.
    pub(crate) fn next_line(&self) -> Option<String> {
        self.answer().expect("a child process hangs")
    }

    /// As [`next_line`](Self::next_line), for those who have something to say about a hang.
    pub(crate) fn answer(&self) -> Result<Option<String>, Hangs> {
        match self.lines.recv_timeout(HANG) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(Hangs),
        }
    }

    /// The next line, if there is one within `time`; nor is there one when the child has ended.
    pub(crate) fn line_within(&self, time: Duration) -> Option<String> {
        self.lines.recv_timeout(time).ok()
    }

    /// The next line of a child that has something to say.
    pub(crate) fn line(&self) -> String {
        self.next_line().expect("a child process ended early")
    }

    pub(crate) fn expect(&self, line: &str) {
        assert_eq!(self.line(), line);
    }

    /// What the child has said and nobody has read.
    pub(crate) fn lines_so_far(&self) -> impl Iterator<Item = String> + '_ {
        self.lines.try_iter()
    }

    /// SIGKILL. What it said before is still to be read.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGSTOP; returns when the child stands still.
    #[cfg(unix)]
    pub(crate) fn stop(&self) {
        let process = Pid::from_child(&self.process);
        kill_process(process, Signal::STOP).unwrap();
        let (_, status) = waitpid(Some(process), WaitOptions::UNTRACED)
            .unwrap()
            .unwrap();
        assert!(status.stopped(), "{status:?}");
    }

    /// SIGCONT.
    #[cfg(unix)]
    pub(crate) fn go_on(&self) {
        kill_process(Pid::from_child(&self.process), Signal::CONT).unwrap();
    }

    /// Lets the child end by itself, and expects that all went well there.
    pub(crate) fn finish(mut self) {
        drop(self.stdin.take());
        while self.next_line().is_some() {}
        let status = self.process.wait().unwrap();
        assert!(status.success(), "a child process failed: {status}");
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The parent, seen by its child.
pub(crate) struct Parent {
    arguments: Vec<String>,
}

impl Parent {
    /// The role to play and who asked for it; `None` in a process that is nobody's child.
    pub(crate) fn of_this_process() -> Option<(String, Self)> {
        let role = env::var(ROLE).ok()?;
        let arguments = env::var(ARGUMENTS).unwrap();
        let arguments = arguments.lines().map(str::to_owned).collect();
        Some((role, Self { arguments }))
    }

    pub(crate) fn argument(&self, position: usize) -> &str {
        &self.arguments[position]
    }

    /// One write of one line, so that a kill leaves all of it or nothing.
    pub(crate) fn say(&self, line: impl Display) {
        let line = format!("{MARK}{line}\n");
        let mut stdout = io::stdout().lock();
        stdout.write_all(line.as_bytes()).unwrap();
        stdout.flush().unwrap();
    }

    /// The next line from the parent; `None` when it has no more to say, or is gone.
    pub(crate) fn hear(&self) -> Option<String> {
        let mut line = String::new();
        let length = io::stdin().read_line(&mut line).unwrap();
        (length > 0).then(|| line.trim_end_matches('\n').to_owned())
    }

    /// Stays until the parent ends this process, or itself.
    pub(crate) fn stay(&self) {
        while self.hear().is_some() {}
    }
}
