//! What callers can do: the rules, one transaction per call.

mod asker;
mod batch;
mod care;
mod change;
mod claim;
mod close_as;
mod cursor;
mod draft;
mod drivers;
mod feed;
mod file_settings;
mod fingerprint;
mod life;
mod limit_questions;
mod line;
mod list;
mod opened;
mod operations;
mod options;
mod ownership;
mod page;
mod paging;
mod pairs;
mod project;
mod prune;
mod query;
mod questions;
mod reap;
mod register;
mod registration;
mod remove;
mod report;
mod resolve;
mod resume;
mod room;
mod rules;
mod snapshot;
mod start;
mod started;
mod status;
mod sweep;
mod transfer;
mod update;
mod waiting;
mod watch;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use batch::Batch;
pub use claim::Claim;
pub use close_as::CloseAs;
pub use cursor::Cursor;
pub use opened::Opened;
pub use options::RegistryOptions;
pub use page::{Page, Pages};
pub use prune::{PrunePlan, PrunePolicy, PruneReport};
pub use query::{Order, Query, StateFilter};
pub use reap::Reap;
pub use registration::Registration;
pub use resolve::Found;
pub use snapshot::Snapshot;
pub use started::{Started, StartedHow};
pub use transfer::{ImportMode, ImportReport};
#[cfg(target_os = "linux")]
pub use watch::PollableWatch;
pub use watch::Watch;

use crate::error::Result;
use crate::session::{ProjectPath, Session, SessionBuilder, Timestamp};
use crate::store::{OpenReport, Owners, Store};

/// How many sessions a new registry accepts at once. The Elixir registry had the same limit, built in.
pub const DEFAULT_MAX_SESSIONS: u32 = 10;

pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// One session registry: a file, and every rule about what may be in it.
///
/// Cloning is cheap, and all clones share one engine. A handle is `Send`, `Sync` and `'static`. Calls
/// block, for the busy timeout (default 5 s) at most, and for as long as the disk takes to sync.
///
/// ```
/// use session_registry::{Session, SessionRegistry};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let file = directory.path().join("sessions.redb");
/// let registry = SessionRegistry::open(&file)?;
/// let session = registry.register(Session::for_project(".")?)?;
///
/// // The next process sees it, whatever becomes of this one.
/// drop(registry);
/// let registry = SessionRegistry::open(&file)?;
/// assert_eq!(registry.lookup(session.id())?, Some(session));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SessionRegistry {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    owners: Arc<Owners>,
    reap: Reap,
    clock: Clock,
    report: OpenReport,
}

impl SessionRegistry {
    /// Opens the registry at `path` with the default options, and creates it where there is none.
    /// Opening one that is open already, here or in another process, is fine.
    ///
    /// # Errors
    ///
    /// What [`RegistryOptions::open`] says.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let registry = session_registry::SessionRegistry::open(&file)?;
    /// assert!(registry.open_report().created);
    /// assert!(registry.is_empty()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::options().open(path)
    }

    /// Returns the options to open a registry with, all at their defaults.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::options().max_sessions(3).in_memory()?;
    /// assert_eq!(registry.max_sessions()?, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn options() -> RegistryOptions {
        RegistryOptions::default()
    }

    /// Returns a registry with the same rules that lives in memory: for tests and previews.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::Error::Storage) if the engine fails.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// assert!(registry.path().is_none() && registry.is_empty()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn in_memory() -> Result<Self> {
        Self::options().in_memory()
    }

    /// Whether there is a regular file at `path`. Never creates, locks or reads it.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// assert!(!SessionRegistry::exists(std::env::temp_dir()), "a directory is no registry");
    /// ```
    pub fn exists(path: impl AsRef<Path>) -> bool {
        std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
    }

    /// Returns the canonical path of the file; `None` for [`in_memory`](Self::in_memory).
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let registry = SessionRegistry::open(&file)?;
    /// assert_eq!(registry.path(), Some(file.canonicalize()?.as_path()));
    /// assert_eq!(SessionRegistry::in_memory()?.path(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.inner.store.path()
    }

    /// Returns what opening this handle found and did.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// assert!(SessionRegistry::open(&file)?.open_report().created);
    /// assert!(!SessionRegistry::open(&file)?.open_report().created);
    /// # Ok(())
    /// # }
    /// ```
    pub fn open_report(&self) -> OpenReport {
        self.inner.report
    }

    /// Closes the file for this handle and every clone of it, after the calls under way; later calls get
    /// [`Closed`](crate::Error::Closed). Dropping the last clone closes too, but cannot report an error.
    ///
    /// # Errors
    ///
    /// [`Busy`](crate::Error::Busy) if calls were still under way after the busy timeout (the registry is
    /// then still open), [`Storage`](crate::Error::Storage) if the last writes of the engine failed.
    /// Whatever was acknowledged before is safe in any case.
    ///
    /// ```
    /// use session_registry::{Error, SessionRegistry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let registry = SessionRegistry::open(&file)?;
    /// let clone = registry.clone();
    /// registry.close()?;
    /// assert!(matches!(clone.count(), Err(Error::Closed)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn close(self) -> Result<()> {
        self.inner.store.close()
    }

    /// Returns a builder for a session of this project whose times come from this registry's
    /// [clock](RegistryOptions::clock), read now; [`Session::builder`] asks the system's. Nothing is
    /// registered yet.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry, Timestamp};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let clock = || Timestamp::from_micros(1_000_000);
    /// let registry = SessionRegistry::options().clock(clock).in_memory()?;
    /// let session = registry.session(ProjectPath::new("/work/app")?).build();
    /// assert_eq!(session.created_at(), clock());
    /// registry.register(session)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn session(&self, project_path: ProjectPath) -> SessionBuilder {
        Session::builder(project_path).created_at(self.now())
    }

    fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }
}

#[cfg(test)]
impl SessionRegistry {
    /// The rules over a store that a test made.
    pub(crate) fn from_store(store: Store, report: OpenReport, clock: Clock) -> Self {
        Self {
            inner: Arc::new(Inner {
                owners: Arc::new(Owners::of(store.path(), None)),
                store,
                reap: Reap::default(),
                clock,
                report,
            }),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn owners(&self) -> &Owners {
        &self.inner.owners
    }
}

impl fmt::Debug for SessionRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRegistry")
            .field("store", &self.inner.store)
            .field("report", &self.inner.report)
            .finish_non_exhaustive()
    }
}
