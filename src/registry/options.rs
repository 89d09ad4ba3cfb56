//! How to open a registry.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::file_settings::{store_limit, store_project_limit};
use super::{Clock, Inner, Reap, SessionRegistry};
use crate::error::{Error, Result};
use crate::session::{Timestamp, program_name};
use crate::store::{Access, OpenCheck, OpenReport, Owners, Reads, Settings, Sharing, Store, Wait};

/// How to open a registry. Take it from [`SessionRegistry::options`], change what should differ, and
/// [`open`](Self::open).
///
/// ```
/// use std::time::Duration;
/// use session_registry::SessionRegistry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let file = directory.path().join("sessions.redb");
/// let registry = SessionRegistry::options()
///     .max_sessions(25)
///     .busy_timeout(Duration::from_millis(500))
///     .open(&file)?;
/// assert_eq!(registry.max_sessions()?, 25);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "options do nothing until a registry is opened with them"]
pub struct RegistryOptions {
    max_sessions: Option<u32>,
    max_sessions_per_project: Option<u32>,
    create: bool,
    reap: Reap,
    clock: Clock,
    program: Option<String>,
    settings: Settings,
}

impl Default for RegistryOptions {
    fn default() -> Self {
        Self {
            max_sessions: None,
            max_sessions_per_project: None,
            create: true,
            reap: Reap::default(),
            clock: Arc::new(Timestamp::now),
            program: None,
            settings: Settings::default(),
        }
    }
}

impl RegistryOptions {
    /// Sets how many sessions may be open at once, 0 to `u32::MAX`; 0 accepts no new one. The limit is stored
    /// in the file: when it differs from what is there, opening writes it, so the last opener wins.
    /// Lowering it evicts nobody. Default: not called, and the stored limit stays (in a new registry
    /// [`DEFAULT_MAX_SESSIONS`](crate::DEFAULT_MAX_SESSIONS)).
    pub fn max_sessions(mut self, limit: u32) -> Self {
        self.max_sessions = Some(limit);
        self
    }

    /// Sets how many sessions may be open on one project path, 1 to `u32::MAX`; opening with 0 is
    /// [`InvalidLimit`](Error::InvalidLimit). Stored in the file as the limit is; tightening it evicts nobody.
    /// Default: not called, and the stored number stays (in a new registry 1).
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::options().max_sessions_per_project(4).in_memory()?;
    /// assert_eq!(registry.max_sessions_per_project()?, 4);
    /// # Ok(())
    /// # }
    /// ```
    pub fn max_sessions_per_project(mut self, limit: u32) -> Self {
        self.max_sessions_per_project = Some(limit);
        self
    }

    /// Sets what this handle may do to the file. Default: [`Access::ReadWrite`].
    ///
    /// ```
    /// use session_registry::{Access, SessionRegistry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// SessionRegistry::open(&file)?.close()?;
    /// let registry = SessionRegistry::options().access(Access::ReadOnly).open(&file)?;
    /// assert!(registry.list_all()?.is_empty());
    /// assert_eq!(registry.clear().unwrap_err().code(), "read_only");
    /// # Ok(())
    /// # }
    /// ```
    pub fn access(mut self, access: Access) -> Self {
        self.settings.access = access;
        self
    }

    /// Sets whether other processes may use the file at the same time. Default: [`Sharing::Shared`]. A handle
    /// that only reads shares the file with whoever shares it, whatever is said here.
    pub fn sharing(mut self, sharing: Sharing) -> Self {
        self.settings.sharing = sharing;
        self
    }

    /// Sets how long one call may wait for other threads and processes, all its waits together; then it gets
    /// [`Busy`](crate::Error::Busy). Zero tries once. Default: 5 s; at most 1 h, longer counts as that.
    pub fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.settings.busy_timeout = timeout.min(Settings::MAX_BUSY_TIMEOUT);
        self
    }

    /// Sets how much of the file to keep in memory at most, in bytes. Default: 24 MiB, which holds some 50,000
    /// sessions. The cache is filled by use, not set aside: ten sessions take less than 100 KiB of it.
    pub fn cache_size(mut self, bytes: usize) -> Self {
        self.settings.cache_size = bytes;
        self
    }

    /// Sets how thoroughly to check the file before using it. Default: [`OpenCheck::Auto`].
    pub fn open_check(mut self, check: OpenCheck) -> Self {
        self.settings.open_check = check;
        self
    }

    /// Sets where the registry takes the time from that it stamps on changes. Read once per call, before
    /// anything is locked. Default: [`Timestamp::now`].
    pub fn clock(mut self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets whether sessions of dead owners make room for new ones. Default: [`Reap::OnPressure`].
    pub fn reap(mut self, reap: Reap) -> Self {
        self.reap = reap;
        self
    }

    /// Sets what the program calls itself that claims sessions through this handle, for people to read: 1 to 64 bytes,
    /// without the characters that a [`SessionName`](crate::SessionName) refuses; opening with another text is
    /// [`InvalidProgram`](Error::InvalidProgram). White space around it is removed. Default: the name of the program's
    /// file, as far as it keeps these rules.
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.program = Some(name.into());
        self
    }

    /// Sets whether to create a registry where there is no file. Default: `true`. A handle that only reads
    /// creates none, whatever is said here.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Opens the registry at `path`. A symbolic link is followed. A new file is made whole before it
    /// appears at its path, readable by its owner only; its directory must exist.
    ///
    /// An older schema is migrated, after a copy of the file as it was has been kept beside it
    /// (`<file>.v<version>-<time>.bak`).
    ///
    /// With [`Access::ReadOnly`] nothing is created, migrated, recovered or otherwise written.
    ///
    /// # Errors
    ///
    /// A refused file was not written to.
    ///
    /// - [`InvalidLimit`](Error::InvalidLimit), [`InvalidProgram`](Error::InvalidProgram): what was set cannot be.
    /// - [`MissingFile`](crate::Error::MissingFile): nothing there and `create(false)`, or a link to
    ///   nothing.
    /// - [`NotARegistry`](crate::Error::NotARegistry): a directory, an empty file, a file of another kind.
    /// - [`SchemaTooNew`](crate::Error::SchemaTooNew): written by a newer version of this crate.
    /// - [`ReadOnly`](crate::Error::ReadOnly): a limit was set in the options of a handle that only reads.
    /// - [`SchemaTooOld`](crate::Error::SchemaTooOld), [`RecoveryNeeded`](crate::Error::RecoveryNeeded): a
    ///   handle that only reads cannot read it before somebody has opened it for writing.
    /// - [`Corrupted`](crate::Error::Corrupted): damaged beyond what the engine repairs after a crash.
    /// - [`InUse`](crate::Error::InUse): open elsewhere with the other [`Sharing`], or exclusively.
    /// - [`Busy`](crate::Error::Busy): a peer kept it locked.
    /// - [`SharingUnsupported`](crate::Error::SharingUnsupported),
    ///   [`IncompatiblePeer`](crate::Error::IncompatiblePeer): it cannot be shared here, or not with
    ///   the program that has it open.
    /// - [`OutcomeUnknown`](crate::Error::OutcomeUnknown), [`FileReplaced`](crate::Error::FileReplaced): the
    ///   name of a new file may not outlast a power cut, or a migration or the new limit was not saved for certain; the file has its old or its new version,
    ///   whole. Open it again.
    /// - [`Storage`](crate::Error::Storage): no permission, missing directory, full disk, I/O.
    ///
    /// ```
    /// use session_registry::{Error, SessionRegistry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let existing = SessionRegistry::options().create(false);
    /// assert!(matches!(existing.open(&file), Err(Error::MissingFile { .. })));
    /// SessionRegistry::open(&file)?.close()?;
    /// assert!(existing.open(&file)?.is_empty()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn open(&self, path: impl AsRef<Path>) -> Result<SessionRegistry> {
        let program = self.check()?;
        let sets = self.max_sessions.or(self.max_sessions_per_project);
        if self.settings.access == Access::ReadOnly && sets.is_some() {
            return Err(Error::ReadOnly);
        }
        let now = (self.clock)();
        let wait = self.settings.start();
        let (store, report) = Store::open(path.as_ref(), self.settings, self.create, now, wait)?;
        self.finish(store, report, program, wait)
    }

    /// Returns a new registry in memory. The limit, the clock, the [`program`](Self::program) and
    /// [`reap`](Self::reap) apply, everything else is ignored.
    ///
    /// # Errors
    ///
    /// [`InvalidLimit`](Error::InvalidLimit) and [`InvalidProgram`](Error::InvalidProgram) for what was set,
    /// [`Storage`](crate::Error::Storage) if the engine fails.
    ///
    /// ```
    /// use session_registry::{SessionRegistry, Timestamp};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let options = SessionRegistry::options().clock(|| Timestamp::from_micros(0));
    /// assert!(options.in_memory()?.is_empty()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn in_memory(&self) -> Result<SessionRegistry> {
        let program = self.check()?;
        let store = Store::in_memory(Settings::default(), (self.clock)())?;
        let report = OpenReport {
            created: true,
            ..OpenReport::default()
        };
        self.finish(store, report, program, Settings::default().start())
    }

    /// What can be told before a file is opened, or made. Answers what the program is to be called.
    fn check(&self) -> Result<Option<String>> {
        if self.max_sessions_per_project == Some(0) {
            return Err(Error::InvalidLimit);
        }
        Ok(self.program.as_deref().map(program_name).transpose()?)
    }

    fn finish(
        &self,
        store: Store,
        report: OpenReport,
        program: Option<String>,
        wait: Wait,
    ) -> Result<SessionRegistry> {
        let registry = SessionRegistry {
            inner: Arc::new(Inner {
                owners: Arc::new(Owners::of(store.path(), program)),
                store,
                reap: self.reap,
                clock: Arc::clone(&self.clock),
                report,
            }),
        };
        let call = registry.inner.store.call_until(wait);
        if let Some(limit) = self.max_sessions
            && call.read("read", |view| view.reads().max_sessions())? != limit
        {
            store_limit(limit, call)?;
        }
        if let Some(limit) = self.max_sessions_per_project
            && call.read("read", |view| view.reads().max_sessions_per_project())? != limit
        {
            store_project_limit(limit, call)?;
        }
        Ok(registry)
    }
}

impl fmt::Debug for RegistryOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistryOptions")
            .field("max_sessions", &self.max_sessions)
            .field("max_sessions_per_project", &self.max_sessions_per_project)
            .field("create", &self.create)
            .field("reap", &self.reap)
            .field("program", &self.program)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
