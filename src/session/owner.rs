//! Who drives a session.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Timestamp, choices};

/// The process that claimed a session. Process numbers, host and program are for people to read; only the
/// liveness is proven.
///
/// Serde writes it as an object with the fields `pid`, `host`, `claimed_at`, `liveness`, `epoch`, `program`, `driver`
/// and `pid_namespace`; of these the last four may be missing.
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
    /// The number of its claim; every later claim in the registry has a higher one.
    #[serde(default)]
    pub epoch: u64,
    /// What the program calls itself that drives the session: the
    /// [driver's](crate::Claim::driven_by) name where there is one, else the
    /// [owner's](crate::RegistryOptions::program).
    #[serde(default)]
    pub program: Option<String>,
    /// The number of the process that really drives the session, where the owner only
    /// [holds the claim](crate::Claim::driven_by) for it.
    #[serde(default)]
    pub driver: Option<u32>,
    /// The PID namespace that the numbers of the processes count in, where that is another than the one of who asks:
    /// a container's, for instance. It is the number that Linux shows as `/proc/<pid>/ns/pid`. `None` where they
    /// count here, on another host, or nobody knows.
    #[serde(default)]
    pub pid_namespace: Option<u64>,
}

impl Owner {
    pub(crate) fn new(pid: u32, host: String, claimed_at: Timestamp, liveness: Liveness) -> Self {
        Self {
            pid,
            host,
            claimed_at,
            liveness,
            epoch: 0,
            program: None,
            driver: None,
            pid_namespace: None,
        }
    }
}

/// Who drives, through whom if not by itself, where, and since when.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, driver, .. } = self;
        write!(f, "process {}", driver.unwrap_or(*pid))?;
        if let Some(program) = &self.program {
            write!(f, " ({program})")?;
        }
        if driver.is_some_and(|driver| driver != *pid) {
            write!(f, " through process {pid}")?;
        }
        if let Some(namespace) = self.pid_namespace {
            write!(f, " of PID namespace {namespace}")?;
        }
        write!(f, " on {} since {}", self.host, self.claimed_at)
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn owner() -> Owner {
        Owner::new(7, "box".into(), Timestamp::from_micros(0), Liveness::Alive)
    }

    #[test]
    fn it_is_shown_who_drives_and_where_the_numbers_count() {
        let (driver, program) = (Some(9), Some("claude".to_owned()));
        let since = "on box since 1970-01-01T00:00:00Z";
        let shown = [
            (owner(), "process 7"),
            (
                Owner {
                    driver: Some(7),
                    ..owner()
                },
                "process 7",
            ),
            (
                Owner {
                    program: program.clone(),
                    ..owner()
                },
                "process 7 (claude)",
            ),
            (
                Owner {
                    driver,
                    program: program.clone(),
                    ..owner()
                },
                "process 9 (claude) through process 7",
            ),
            (
                Owner {
                    driver,
                    program,
                    pid_namespace: Some(4_026_532_281),
                    ..owner()
                },
                "process 9 (claude) through process 7 of PID namespace 4026532281",
            ),
        ];
        for (owner, text) in shown {
            assert_eq!(owner.to_string(), format!("{text} {since}"));
        }
    }

    #[test]
    fn an_owner_that_an_older_program_wrote_is_read() {
        let json =
            r#"{"pid":7,"host":"box","claimed_at":"1970-01-01T00:00:00Z","liveness":"alive"}"#;
        assert_eq!(serde_json::from_str::<Owner>(json).unwrap(), owner());
        let whole = Owner {
            driver: Some(9),
            program: Some("claude".into()),
            epoch: 3,
            pid_namespace: Some(1),
            ..owner()
        };
        let json = serde_json::to_string(&whole).unwrap();
        assert_eq!(serde_json::from_str::<Owner>(&json).unwrap(), whole);
    }
}
