//! Who drives a session.

use std::fmt;

use super::Timestamp;

/// The process that claimed a session. Process number and host are for people to read; only the
/// liveness is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Owner {
    /// The number of the process when it claimed.
    pub pid: u32,
    /// The name of its host.
    pub host: String,
    /// When it claimed.
    pub claimed_at: Timestamp,
    /// Whether it still lives.
    pub liveness: Liveness,
}

impl Owner {
    pub(crate) fn new(pid: u32, host: String, claimed_at: Timestamp, liveness: Liveness) -> Self {
        Self {
            pid,
            host,
            claimed_at,
            liveness,
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pid,
            host,
            claimed_at,
            ..
        } = self;
        write!(f, "process {pid} on {host} since {claimed_at}")
    }
}

/// Whether an owner lives. The proof is a lock that the operating system holds for it and drops when it
/// dies; no process number is guessed from, and no time passes judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Liveness {
    /// Its lock is held. It may be stopped, or its machine suspended.
    Alive,
    /// It ran on this machine, and its lock is free.
    Dead,
    /// It ran on another machine, or its lock cannot be examined. Counts as alive.
    Unknown,
}
