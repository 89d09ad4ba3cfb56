//! Signals that are meant for the command and reach us.

use std::io;
use std::sync::mpsc::Sender;
use std::thread;

use rustix::process::{Pid, Signal, getpgid, getpgrp, kill_process};
use signal_hook::consts::signal::{
    SIGCHLD, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH,
};
use signal_hook::iterator::Signals as Incoming;

use super::witness::Witness;

/// What is passed on: what asks to end and to go on, what means something to the command alone, and the size
/// of the terminal. What asks to stop stops us as it does any program, so that the system's rules about
/// terminals and jobs hold.
pub(super) const PASSED: [i32; 8] = [
    SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT,
];

/// The signals of this process, while a command runs for it.
#[derive(Debug)]
pub(super) struct Signals {
    /// `None` where none can be started: then everything is passed on.
    witness: Option<Witness>,
}

impl Signals {
    /// Takes the signals over and reports them. Those that are ignored already, as by `nohup`, stay ignored
    /// here and in the child.
    pub(super) fn take_over(events: Sender<i32>) -> io::Result<Self> {
        let ignored = ignored();
        let wanted = PASSED
            .into_iter()
            .filter(|signal| ignored & (1 << (signal - 1)) == 0);
        // That tells the end of the command on every Unix. Where it is ignored, as it may be from birth, the
        // system keeps no status.
        let mut incoming = Incoming::new(wanted.chain([SIGCHLD]))?;
        // Begun after this process, so that a signal to the group reaches it first.
        let witness = Witness::start().ok();
        thread::Builder::new().spawn(move || {
            for signal in incoming.forever() {
                if events.send(signal).is_err() {
                    break;
                }
            }
        })?;
        Ok(Self { witness })
    }

    /// Passes a signal on to the command, unless it has got it already, with our whole group, as from a
    /// terminal.
    pub(super) fn pass_on(&mut self, signal: i32, to: Pid) {
        let was_for_all = self.was_for_all(signal);
        if !was_for_all || has_left(to) {
            send(signal, to);
        }
    }

    /// As [`pass_on`](Self::pass_on), whoever has got it.
    pub(super) fn pass_on_anyway(&mut self, signal: i32, to: Pid) {
        self.was_for_all(signal);
        send(signal, to);
    }

    /// Whether the whole group has got the signal, since it was last asked.
    fn was_for_all(&mut self, signal: i32) -> bool {
        let witness = self.witness.as_mut();
        witness.is_some_and(|witness| witness.has_seen(signal))
    }
}

/// Whether the command has a group of its own by now, as `setsid`, `timeout` and shells with job control make
/// themselves: what is sent to ours does not reach it.
fn has_left(command: Pid) -> bool {
    getpgid(Some(command)).is_ok_and(|group| group != getpgrp())
}

/// Nobody hears of a failure: the command has just ended, or is another user's.
fn send(signal: i32, to: Pid) {
    if let Some(signal) = Signal::from_named_raw(signal) {
        let _ = kill_process(to, signal);
    }
}

/// The set of ignored signals, where the system tells it.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .unwrap_or(0)
}
