//! A command that runs for us, and the signals of the meantime.

use std::io;
use std::process::{Child, ExitStatus};

#[cfg(unix)]
pub(crate) use unix::Supervisor;

#[cfg(unix)]
mod unix {
    use std::thread;

    use rustix::io::{Errno, retry_on_intr};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
    use signal_hook::consts::signal::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::{Child, ExitStatus, io};

    /// Outlives the signals that ask to end, from its making on. A child does not inherit that.
    #[derive(Debug)]
    pub(crate) struct Supervisor {
        signals: Signals,
    }

    impl Supervisor {
        /// Signals that are ignored already, as by `nohup`, stay ignored here and in the child.
        pub(crate) fn new() -> io::Result<Self> {
            let ignored = ignored();
            let wanted = [SIGINT, SIGQUIT, SIGTERM, SIGHUP]
                .into_iter()
                .filter(|signal| ignored & (1 << (signal - 1)) == 0);
            Ok(Self {
                signals: Signals::new(wanted)?,
            })
        }

        /// Waits for the child, and passes on what asks it to end. What a terminal sends for Ctrl-C and
        /// Ctrl-\ reaches the child by itself.
        pub(crate) fn wait(mut self, mut child: Child) -> io::Result<ExitStatus> {
            let pid = Pid::from_child(&child);
            let signals = self.signals.handle();
            // The child is only looked at there, so its number is its own for as long as we signal it.
            let watcher = thread::Builder::new().spawn(move || {
                let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
                let ended = retry_on_intr(|| waitid(WaitId::Pid(pid), options));
                signals.close();
                ended
            })?;
            for signal in self.signals.forever() {
                if let (SIGTERM | SIGHUP, Some(signal)) = (signal, Signal::from_named_raw(signal)) {
                    let _ = kill_process(pid, signal);
                }
            }
            match watcher.join() {
                Ok(Err(error)) if error != Errno::CHILD => Err(error.into()),
                _ => child.wait(),
            }
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
}

/// Waits, where there are no such signals.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Supervisor;

#[cfg(not(unix))]
impl Supervisor {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(crate) fn wait(self, mut child: Child) -> io::Result<ExitStatus> {
        child.wait()
    }
}
