//! A command that runs for us, and the signals of the meantime.

use std::io;
use std::process::{Child, ExitStatus};

#[cfg(unix)]
pub(crate) use unix::Supervisor;

#[cfg(unix)]
mod unix {
    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::signal::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM};
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
            let signals = Signals::new(wanted.chain([SIGCHLD]))?;
            Ok(Self { signals })
        }

        /// Waits for the child, and passes on what asks it to end. What a terminal sends for Ctrl-C and
        /// Ctrl-\ reaches the child by itself.
        ///
        /// The child was started after the signals were taken over, so its end is not missed; and it is
        /// waited for nowhere but here, so its number is its own for as long as we signal it.
        pub(crate) fn wait(mut self, mut child: Child) -> io::Result<ExitStatus> {
            let pid = Pid::from_child(&child);
            for signal in self.signals.forever() {
                match (signal, Signal::from_named_raw(signal)) {
                    (SIGCHLD, _) => {
                        if let Some(status) = child.try_wait()? {
                            return Ok(status);
                        }
                    }
                    (SIGTERM | SIGHUP, Some(signal)) => {
                        let _ = kill_process(pid, signal);
                    }
                    _ => {}
                }
            }
            child.wait()
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
