//! Who drives a session.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Timestamp, choices};

/// The process that claimed a session. Process number and host are for people to read; only the
/// liveness is proven.
///
/// Serde writes it as an object with the fields `pid`, `host`, `claimed_at` and `liveness`.
///
/// ```
/// use session_registry::{Liveness, ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
/// let claim = registry.claim(id)?;
/// let owner = registry.owner(id)?.unwrap();
/// assert_eq!((owner.pid, owner.liveness), (std::process::id(), Liveness::Alive));
/// assert!(owner.to_string().starts_with("process "));
/// # drop(claim);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
/// dies; no process number is guessed from, and no time passes judgement. Printed, read and written by serde
/// as `alive`, `dead` or `unknown`.
///
/// ```
/// use session_registry::Liveness;
///
/// assert_eq!("dead".parse(), Ok(Liveness::Dead));
/// assert_eq!(Liveness::Unknown.to_string(), "unknown");
/// ```
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

choices! { Liveness, "a liveness":
    Alive => "alive",
    Dead => "dead",
    Unknown => "unknown",
}
