//! A process that somebody else started, and its end.

use std::io;
use std::time::Duration;

/// One that runs. Where the system gives a handle on it, its number cannot be another's by the time it ends.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Process {
    pid: rustix::process::Pid,
    handle: Handle,
}

#[cfg(unix)]
#[derive(Debug)]
enum Handle {
    #[cfg(target_os = "linux")]
    Descriptor(std::os::fd::OwnedFd),
    /// It is looked for by its number, and where the system tells, by when it began.
    Number { began: Option<String> },
}

#[cfg(unix)]
impl Process {
    /// Fails if there is none of that number.
    pub(crate) fn of(pid: u32) -> io::Result<Self> {
        let number = i32::try_from(pid).ok();
        let pid = number.and_then(rustix::process::Pid::from_raw);
        let pid = pid.ok_or(io::ErrorKind::NotFound)?;
        let handle = handle_of(pid)?;
        Ok(Self { pid, handle })
    }

    /// What it is called, where the system tells.
    pub(crate) fn name(&self) -> Option<String> {
        let file = format!("/proc/{}/comm", self.pid.as_raw_nonzero());
        let name = std::fs::read_to_string(file).ok()?;
        Some(name.trim_end().to_owned()).filter(|name| !name.is_empty())
    }

    /// Whether it has ended, as soon as it does; waits no longer than that.
    pub(crate) fn ends_within(&self, patience: Duration) -> bool {
        match &self.handle {
            #[cfg(target_os = "linux")]
            Handle::Descriptor(descriptor) => {
                use rustix::event::{PollFd, PollFlags, Timespec, poll};

                let timeout = Timespec::try_from(patience).ok();
                let mut wanted = [PollFd::new(descriptor, PollFlags::IN)];
                // An interruption is no end; the caller looks again.
                poll(&mut wanted, timeout.as_ref()).is_ok_and(|ended| ended > 0)
            }
            Handle::Number { began } => {
                std::thread::sleep(patience);
                !is_there(self.pid) || began_at(self.pid) != *began
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn handle_of(pid: rustix::process::Pid) -> io::Result<Handle> {
    use rustix::io::Errno;
    use rustix::process::{PidfdFlags, pidfd_open};

    match pidfd_open(pid, PidfdFlags::empty()) {
        Ok(descriptor) => Ok(Handle::Descriptor(descriptor)),
        Err(error @ (Errno::SRCH | Errno::INVAL)) => Err(not_there(error)),
        // Old kernels have none, and some sandboxes let nobody have one.
        Err(_) => by_number(pid),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn handle_of(pid: rustix::process::Pid) -> io::Result<Handle> {
    by_number(pid)
}

#[cfg(unix)]
fn by_number(pid: rustix::process::Pid) -> io::Result<Handle> {
    if !is_there(pid) {
        return Err(not_there(rustix::io::Errno::SRCH));
    }
    let began = began_at(pid);
    Ok(Handle::Number { began })
}

#[cfg(unix)]
fn not_there(error: rustix::io::Errno) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, io::Error::from(error).to_string())
}

/// One of another user is there too.
#[cfg(unix)]
fn is_there(pid: rustix::process::Pid) -> bool {
    use rustix::io::Errno;

    match rustix::process::test_kill_process(pid) {
        Ok(()) | Err(Errno::PERM) => true,
        Err(_) => false,
    }
}

/// When it began, in the units of the system; `None` where that is not told, and of one that has ended and is
/// not waited for yet.
#[cfg(unix)]
fn began_at(pid: rustix::process::Pid) -> Option<String> {
    let file = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let text = std::fs::read_to_string(file).ok()?;
    // The name, which may have blanks, is in parentheses.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace();
    let state = fields.next()?;
    let began = fields.nth(18)?;
    (!matches!(state, "Z" | "X")).then(|| began.to_owned())
}

/// Nothing tells of one there.
#[cfg(not(unix))]
#[derive(Debug)]
pub(crate) struct Process;

#[cfg(not(unix))]
impl Process {
    pub(crate) fn of(_: u32) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn name(&self) -> Option<String> {
        None
    }

    pub(crate) fn ends_within(&self, patience: Duration) -> bool {
        std::thread::sleep(patience);
        false
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::process::{Command, Stdio};

    use super::*;

    /// One that runs until it is killed, watched in both ways.
    fn watched() -> (std::process::Child, [Process; 2]) {
        let child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let process = Process::of(child.id()).unwrap();
        let pid = process.pid;
        let handle = by_number(pid).unwrap();
        (child, [process, Process { pid, handle }])
    }

    #[test]
    fn an_end_is_seen_before_anybody_waits_for_it() {
        let (mut child, watched) = watched();
        for process in &watched {
            assert!(!process.ends_within(Duration::ZERO));
        }
        child.kill().unwrap();
        let descriptor = &watched[0];
        assert!(descriptor.ends_within(Duration::from_secs(60)));
        child.wait().unwrap();
        for process in &watched {
            assert!(process.ends_within(Duration::ZERO));
        }
        assert!(Process::of(child.id()).is_err());
    }

    #[test]
    fn a_number_that_is_nobodys_is_told() {
        for pid in [0, u32::MAX, i32::MAX.unsigned_abs()] {
            let error = Process::of(pid).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{pid}");
        }
        let own = Process::of(std::process::id()).unwrap();
        assert!(!own.ends_within(Duration::ZERO));
    }
}
