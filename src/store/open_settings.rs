//! How a registry is opened, and what the opening found.

use std::time::Duration;

use super::wait::Wait;

use serde::{Deserialize, Serialize};

use crate::session::choices;

/// What a handle may do to the registry file. Printed, read and written by serde as `read_write` or `read_only`.
///
/// ```
/// use session_registry::Access;
///
/// assert_eq!("read_only".parse(), Ok(Access::ReadOnly));
/// assert_eq!(Access::default().to_string(), "read_write");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// Reading and writing.
    #[default]
    ReadWrite,
    /// Reading alone: nothing is ever written, not even by opening or closing, so that it needs no
    /// permission to, and every call that would write gets [`ReadOnly`](crate::Error::ReadOnly) before
    /// anything is read. Needs what [`Sharing::Shared`] needs, and works beside any number of handles that
    /// share the file; beside one that has it exclusively, opening tries until the busy timeout, and then
    /// gets [`InUse`](crate::Error::InUse). While this handle is open, nobody can open the file
    /// exclusively.
    ///
    /// Each answer is one committed and synced state, also of a file that a kill left behind: never one
    /// that a power cut could still take away. (Except where a program that had the file exclusively was
    /// killed in the middle of a commit.) It waits for writers no longer than the busy timeout, and for those that
    /// are stopped in the middle of a change not at all, but for the microseconds of a header write.
    /// What readers cost writers: a process that is stopped (Ctrl-Z) in the microseconds in which it begins
    /// a read keeps writers waiting for as long, and a [`Snapshot`](crate::Snapshot) keeps the pages it sees.
    ReadOnly,
}

choices! { Access, "an access":
    ReadWrite => "read_write",
    ReadOnly => "read_only",
}

/// Whether other processes may use the registry file at the same time. Printed, read and written by serde as
/// `shared` or `exclusive`.
///
/// ```
/// use session_registry::Sharing;
///
/// assert_eq!("exclusive".parse(), Ok(Sharing::Exclusive));
/// assert_eq!(Sharing::default().to_string(), "shared");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sharing {
    /// Any number of processes and handles read and write the file together; one writes at a time.
    /// Needs byte-range locks: Linux, macOS and Windows on local file systems.
    #[default]
    Shared,
    /// This handle alone. Reads and writes cost less, and every other open gets
    /// [`InUse`](crate::Error::InUse).
    Exclusive,
}

choices! { Sharing, "a way of sharing":
    Shared => "shared",
    Exclusive => "exclusive",
}

/// How thoroughly a file is checked before it is used. The check never writes to the file. Printed, read and
/// written by serde as `auto`, `always` or `never`.
///
/// ```
/// use session_registry::OpenCheck;
///
/// assert_eq!("always".parse(), Ok(OpenCheck::Always));
/// assert_eq!(OpenCheck::default().to_string(), "auto");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OpenCheck {
    /// Verify every page of files up to 8 MiB; of larger ones only what opening needs.
    #[default]
    Auto,
    /// Verify every page, whatever the size: about 0.3 s for a million sessions.
    Always,
    /// Read only what opening needs.
    Never,
}

choices! { OpenCheck, "an opening check":
    Auto => "auto",
    Always => "always",
    Never => "never",
}

/// What opening the registry found and did. Serde writes it as an object of its fields.
///
/// ```
/// use session_registry::SessionRegistry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let file = directory.path().join("sessions.redb");
/// let report = SessionRegistry::open(&file)?.open_report();
/// assert!(report.created && !report.recovered);
/// assert_eq!(report.migrated_from, None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "it tells whether the file is new, was recovered or was migrated"]
#[non_exhaustive]
pub struct OpenReport {
    /// There was no file, and this call created it.
    pub created: bool,
    /// The last program that used the file did not close it (a crash, a kill, a power cut), and the
    /// engine recovered it. Nothing acknowledged is lost by that. A handle that only reads recovers
    /// nothing.
    pub recovered: bool,
    /// The schema version the file had before this call migrated it; `None` when it was current.
    pub migrated_from: Option<u32>,
    /// The user id of the file's owner; `None` where files have none, and in memory.
    pub owner: Option<u32>,
    /// Every user can change the registry, or put another in its place: the file may be written by
    /// everybody, or its directory without the sticky bit that would protect it. Whose it is matters then:
    /// what it says may come from anybody. It is used all the same.
    #[serde(default)]
    pub writable_by_everybody: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) access: Access,
    pub(crate) sharing: Sharing,
    pub(crate) busy_timeout: Duration,
    pub(crate) cache_size: usize,
    pub(crate) open_check: OpenCheck,
    /// From this size on, in bytes, each commit saves what the next opening after a kill would have to
    /// find out by walking the whole file. Shared commits always do.
    pub(crate) quick_repair_from: u64,
}

impl Settings {
    /// [`OpenCheck::Auto`] verifies files up to this size in full, which walks them anyway.
    pub(super) const AUTO_CHECK_LIMIT: u64 = 8 * 1024 * 1024;

    pub(crate) const MAX_BUSY_TIMEOUT: Duration = Duration::from_secs(60 * 60);

    /// The same, without what does not go together: who only reads shares the file.
    pub(super) fn in_keeping(self) -> Self {
        match self.access {
            Access::ReadWrite => self,
            Access::ReadOnly => Self {
                sharing: Sharing::Shared,
                ..self
            },
        }
    }

    /// The same, but every page is verified before a file is used, whatever its size.
    pub(super) fn verifying(self) -> Self {
        Self {
            open_check: OpenCheck::Always,
            ..self
        }
    }

    /// Returns the deadline of a call that begins now.
    pub(crate) fn start(&self) -> Wait {
        Wait::of(self.patience())
    }

    /// Returns how long a call waits at most.
    pub(crate) fn patience(&self) -> Duration {
        self.busy_timeout.min(Self::MAX_BUSY_TIMEOUT)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access: Access::default(),
            sharing: Sharing::default(),
            busy_timeout: Duration::from_secs(5),
            cache_size: 24 * 1024 * 1024,
            open_check: OpenCheck::default(),
            quick_repair_from: Self::AUTO_CHECK_LIMIT,
        }
    }
}
