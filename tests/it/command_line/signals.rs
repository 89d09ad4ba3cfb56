//! Signals to the wrapper, to its whole group and to the command: each reaches the command once.

use std::io::{BufRead, BufReader, Lines};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::Value;

use super::Shell;
use super::running::{owner, until};

/// Says which signals it gets, and ends by TERM.
const AGENT: &str = "for s in INT QUIT HUP USR1 USR2 WINCH; do trap \"echo $s\" $s; done; \
                     trap 'echo TERM; exit 0' TERM; \
                     echo $PPID $$; while :; do sleep 0.02; done";

/// Starts a program in the background, as a shell does for `&`, and waits for it whatever comes.
const IN_BACKGROUND: &str = "trap : HUP USR1 USR2; \"$@\" & \
                             while kill -0 $! 2>/dev/null; do wait $!; done";

/// A command that runs in one group with its wrapper.
struct Agent {
    first: Child,
    lines: Lines<BufReader<ChildStdout>>,
    wrapper: Pid,
    agent: Pid,
}

impl Agent {
    fn start(shell: &Shell, in_background: bool) -> Self {
        let resume = shell.command(&["resume", "app", "--", "sh", "-c", AGENT]);
        Self::start_by(shell, resume, in_background)
    }

    fn start_by(shell: &Shell, resume: Command, in_background: bool) -> Self {
        let mut command = if in_background {
            let mut command = Command::new("sh");
            command.args(["-c", IN_BACKGROUND, "sh"]);
            command.arg(resume.get_program()).args(resume.get_args());
            command.current_dir(&shell.home);
            command.env("SESSION_REGISTRY", shell.registry());
            command
        } else {
            resume
        };
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut first = command.process_group(0).spawn().unwrap();
        let mut lines = BufReader::new(first.stdout.take().unwrap()).lines();
        let line = lines.next().unwrap().unwrap();
        let pid = |text: &str| Pid::from_raw(text.parse().unwrap()).unwrap();
        let (wrapper, agent) = line.split_once(' ').unwrap();
        Self {
            first,
            lines,
            wrapper: pid(wrapper),
            agent: pid(agent),
        }
    }

    fn line(&mut self) -> String {
        self.lines.next().expect("the command ended").unwrap()
    }

    /// Whatever was passed on twice comes before a later signal to the wrapper.
    fn expect_once(&mut self, name: &str) {
        assert_eq!(self.line(), name);
        let (fence, fence_name) = match name {
            "USR2" => (Signal::USR1, "USR1"),
            _ => (Signal::USR2, "USR2"),
        };
        kill_process(self.wrapper, fence).unwrap();
        assert_eq!(self.line(), fence_name, "after {name}");
    }

    fn end(mut self, shell: &Shell) {
        kill_process(self.wrapper, Signal::TERM).unwrap();
        assert_eq!(self.line(), "TERM");
        assert!(self.lines.next().is_none());
        self.first.wait().unwrap();
        assert_eq!(owner(shell, "app"), Value::Null);
    }
}

/// Those that a program in the background can get: a shell without job control makes it ignore the others.
fn signals(in_background: bool) -> &'static [(Signal, &'static str)] {
    const ALL: [(Signal, &str); 6] = [
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::HUP, "HUP"),
        (Signal::USR1, "USR1"),
        (Signal::USR2, "USR2"),
        (Signal::WINCH, "WINCH"),
    ];
    if in_background { &ALL[2..] } else { &ALL }
}

/// What a terminal or a shell sends to all of us, the command has got already.
#[test]
fn a_signal_to_the_whole_group_reaches_the_command_once() {
    let shell = Shell::with_projects(&["app"]);
    for in_background in [false, true] {
        let mut agent = Agent::start(&shell, in_background);
        let group = Pid::from_child(&agent.first);
        for (signal, name) in signals(in_background) {
            kill_process_group(group, *signal).unwrap();
            agent.expect_once(name);
        }
        agent.end(&shell);
    }
}

/// A supervisor that asked only the wrapper to end was not heard.
#[test]
fn a_signal_to_the_wrapper_alone_reaches_the_command_once() {
    let shell = Shell::with_projects(&["app"]);
    for in_background in [false, true] {
        let mut agent = Agent::start(&shell, in_background);
        for (signal, name) in signals(in_background) {
            kill_process(agent.wrapper, *signal).unwrap();
            agent.expect_once(name);
        }
        agent.end(&shell);
    }
}

#[test]
fn a_signal_to_the_command_alone_reaches_it_once() {
    let shell = Shell::with_projects(&["app"]);
    for in_background in [false, true] {
        let mut agent = Agent::start(&shell, in_background);
        for (signal, name) in signals(in_background) {
            kill_process(agent.agent, *signal).unwrap();
            agent.expect_once(name);
        }
        agent.end(&shell);
    }
}

/// From a terminal nobody could end a command that had made itself a group: it did not get the signal, and we
/// did not pass it on.
#[test]
fn a_signal_to_the_group_reaches_a_command_that_has_left_it() {
    let shell = Shell::with_projects(&["app"]);
    let resume = shell.command(&["resume", "app", "--", "setsid", "sh", "-c", AGENT]);
    let mut agent = Agent::start_by(&shell, resume, false);
    let group = Pid::from_child(&agent.first);
    for (signal, name) in [
        (Signal::INT, "INT"),
        (Signal::QUIT, "QUIT"),
        (Signal::HUP, "HUP"),
    ] {
        kill_process_group(group, signal).unwrap();
        kill_process(agent.wrapper, Signal::USR2).unwrap();
        assert_eq!(agent.line(), name);
        assert_eq!(agent.line(), "USR2", "after {name}");
    }
    kill_process_group(group, Signal::TERM).unwrap();
    assert_eq!(agent.line(), "TERM");
    assert!(agent.lines.next().is_none(), "once");
    agent.first.wait().unwrap();
}

#[test]
fn a_job_in_the_background_ends_by_one_signal_to_its_group() {
    let shell = Shell::with_projects(&["app"]);
    let mut agent = Agent::start(&shell, true);
    kill_process_group(Pid::from_child(&agent.first), Signal::TERM).unwrap();
    assert_eq!(agent.line(), "TERM");
    assert!(agent.lines.next().is_none(), "once");
    agent.first.wait().unwrap();
    until(|| owner(&shell, "app") == Value::Null);
}
