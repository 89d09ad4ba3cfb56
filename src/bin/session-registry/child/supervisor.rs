//! Looking after a command: it gets the signals that are meant for it, and its end is noticed.

use std::io;
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::signal::SIGCHLD;

use super::signals::Signals;
use super::{LOOK, Verdict};

/// How long a command has to end by itself, once it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// What it takes to look after a command, made before there is one, so that nothing can fail while it runs.
/// Outlives the signals that are passed on, from its making on; a child does not inherit that.
#[derive(Debug)]
pub(crate) struct Supervisor {
    signals: Signals,
    /// The signals that came.
    events: Receiver<i32>,
}

impl Supervisor {
    pub(crate) fn new() -> io::Result<Self> {
        let (sender, events) = mpsc::channel();
        let signals = Signals::take_over(sender)?;
        Ok(Self { signals, events })
    }

    /// Waits for the child, and passes signals on to it. `look` is asked now and then what becomes of it.
    pub(crate) fn wait(
        mut self,
        mut child: Child,
        mut look: impl FnMut() -> Verdict,
    ) -> io::Result<ExitStatus> {
        let pid = Pid::from_child(&child);
        // What came before there was a child has not reached it, whoever it was sent to.
        while let Ok(signal) = self.events.try_recv() {
            if signal != SIGCHLD {
                self.signals.pass_on_anyway(signal, pid);
            }
        }
        // Its end may have been among that.
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let mut next_look = Some(Instant::now() + LOOK);
        let mut patience = None;
        loop {
            match next(&self.events, next_look.into_iter().chain(patience).min()) {
                // It is waited for nowhere else, so its number is its own for as long as we signal it.
                Some(SIGCHLD) => {
                    if let Some(status) = child.try_wait()? {
                        return Ok(status);
                    }
                }
                Some(signal) => self.signals.pass_on(signal, pid),
                None => {}
            }
            let now = Instant::now();
            if next_look.is_some_and(|at| at <= now) {
                let verdict = look();
                next_look = (verdict == Verdict::GoesOn).then(|| now + LOOK);
                if verdict == Verdict::Ends {
                    let _ = kill_process(pid, Signal::TERM);
                    // One that is stopped must go on to end.
                    let _ = kill_process(pid, Signal::CONT);
                    patience = Some(now + GRACE);
                }
            }
            if patience.is_some_and(|at| at <= now) {
                let _ = kill_process(pid, Signal::KILL);
                patience = None;
            }
        }
    }
}

/// What happens next, until then; `None` when that time has come.
fn next(events: &Receiver<i32>, until: Option<Instant>) -> Option<i32> {
    let Some(until) = until else {
        return events.recv().ok();
    };
    let left = until.saturating_duration_since(Instant::now());
    events.recv_timeout(left).ok()
}
