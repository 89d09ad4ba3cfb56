//! Every way a call can fail, and what is true afterwards.

use std::error::Error as StdError;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::session::{
    InvalidProjectPath, InvalidSession, InvalidSessionId, InvalidSessionName, Owner, ProjectPath,
    Session, SessionId,
};

/// The result of every fallible call in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. Unless a variant says otherwise, nothing was changed.
///
/// Match on the variants you can act on and keep a wildcard arm: the enum may grow, and so may every
/// variant with named fields.
/// [`Error::code`] is a stable name for logs and protocols, [`Error::is_retryable`] and
/// [`Error::is_corruption`] sort the variants by what a caller can do.
///
/// ```
/// use session_registry::{Error, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::options().max_sessions(0).in_memory()?;
/// match registry.register(Session::for_project(".")?) {
///     Err(Error::LimitReached { max_sessions, open, .. }) => {
///         assert_eq!((max_sessions, open), (0, 0));
///     }
///     other => panic!("unexpected: {other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The session's settings break one or more rules; all of them are named.
    #[error(transparent)]
    InvalidSession(#[from] InvalidSession),
    /// The text is not a session id.
    #[error(transparent)]
    InvalidSessionId(#[from] InvalidSessionId),
    /// The text cannot be a session name.
    #[error(transparent)]
    InvalidSessionName(#[from] InvalidSessionName),
    /// The path cannot be a project path.
    #[error(transparent)]
    InvalidProjectPath(#[from] InvalidProjectPath),

    /// The registry holds as many open sessions as its limit allows.
    #[error("cannot open another session: {open} of at most {max_sessions} are open")]
    #[non_exhaustive]
    LimitReached {
        /// The limit stored in the registry.
        max_sessions: u32,
        /// How many sessions are open; more than the limit when it was lowered.
        open: u64,
    },
    /// A session with this id is already registered.
    #[error("session {id} is already registered")]
    #[non_exhaustive]
    SessionExists {
        /// The id both sessions carry.
        id: SessionId,
    },
    /// Another open session holds this project path.
    #[error("project {project_path} is already open in session {holder}")]
    #[non_exhaustive]
    ProjectAlreadyOpen {
        /// The path both sessions want.
        project_path: ProjectPath,
        /// The session that has it.
        holder: SessionId,
    },
    /// No session with this id is registered.
    #[error("session {id} is not registered")]
    #[non_exhaustive]
    NotFound {
        /// The id that was asked for.
        id: SessionId,
    },
    /// The session changed since the caller read it: read it again, apply the change, try again.
    #[error("session {id} changed meanwhile: expected revision {expected}, found {found}")]
    #[non_exhaustive]
    Conflict {
        /// The session that changed.
        id: SessionId,
        /// The revision of the caller's copy.
        expected: u64,
        /// The revision that is stored.
        found: u64,
    },

    /// The session is closed: reopen it first.
    #[error("session {id} is closed")]
    #[non_exhaustive]
    SessionClosed {
        /// The session.
        id: SessionId,
    },
    /// Another owner drives the session, and is alive as far as anybody can tell.
    #[error("session {id} is driven by {owner}")]
    #[non_exhaustive]
    AlreadyClaimed {
        /// The session.
        id: SessionId,
        /// Who drives it.
        owner: Owner,
    },
    /// The claim is over: somebody took the session over, or it was closed or removed.
    #[error("the claim of session {id} is over{}", by(owner.as_ref()))]
    #[non_exhaustive]
    OwnershipLost {
        /// The session.
        id: SessionId,
        /// Who drives it now, if anybody does.
        owner: Option<Owner>,
    },
    /// What was typed fits several sessions equally well.
    #[error("{query:?} fits {total} sessions")]
    #[non_exhaustive]
    Ambiguous {
        /// What was typed.
        query: String,
        /// The first of the sessions, 10 at most.
        matches: Vec<Session>,
        /// How many sessions it fits.
        total: u64,
    },
    /// What was typed fits no session.
    #[error("no session fits {query:?}")]
    #[non_exhaustive]
    NoMatch {
        /// What was typed.
        query: String,
    },
    /// The query asks for what cannot be answered.
    #[error("invalid query: {problem}")]
    #[non_exhaustive]
    InvalidQuery {
        /// What is wrong with it.
        problem: String,
    },
    /// The cursor is malformed, or comes from another query.
    #[error("invalid cursor: {problem}")]
    #[non_exhaustive]
    InvalidCursor {
        /// What is wrong with it.
        problem: String,
    },
    /// The policy names no rule, and would remove every closed session.
    #[error("a prune policy needs at least one rule")]
    EmptyPrunePolicy,

    /// A peer kept the registry locked for longer than the busy timeout.
    #[error("the registry stayed busy for {} ms", waited.as_millis())]
    #[non_exhaustive]
    Busy {
        /// How long the call waited.
        waited: Duration,
    },
    /// A peer has the file open in a mode that excludes this call.
    #[error("registry {} is in use in a mode that excludes this call", path.display())]
    #[non_exhaustive]
    InUse {
        /// The registry file.
        path: PathBuf,
    },

    /// This handle, or a clone of it, was closed.
    #[error("this registry handle is closed")]
    Closed,
    /// The engine behind this snapshot was reopened after an error: take a new snapshot.
    #[error("this snapshot was lost when the registry was reopened after an error")]
    SnapshotLost,

    /// There is no file at the path, and creating one was not asked for; or the path is a symbolic
    /// link to nothing.
    #[error("there is no registry file at {}", path.display())]
    #[non_exhaustive]
    MissingFile {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// What is at the path is not a session registry. It was not touched.
    #[error("{} is not a session registry", path.display())]
    #[non_exhaustive]
    NotARegistry {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// A newer version of this crate wrote the file. It was not touched.
    #[error(
        "registry {} has schema version {found}; this program supports up to {supported}",
        path.display()
    )]
    #[non_exhaustive]
    SchemaTooNew {
        /// The registry file.
        path: PathBuf,
        /// The schema version in the file.
        found: u32,
        /// The newest schema version this crate can use.
        supported: u32,
    },
    /// A peer that speaks another locking protocol has the file open.
    #[error("registry {} is open in a program with an incompatible lock protocol", path.display())]
    #[non_exhaustive]
    IncompatiblePeer {
        /// The registry file.
        path: PathBuf,
    },
    /// The platform or file system cannot share a file between processes. Open it with
    /// [`Sharing::Exclusive`](crate::Sharing::Exclusive) instead.
    #[error(
        "registry {} cannot be shared between processes here; open it with Sharing::Exclusive",
        path.display()
    )]
    #[non_exhaustive]
    SharingUnsupported {
        /// The registry file.
        path: PathBuf,
    },
    /// The file is damaged: its pages, its rows or its indexes are not what was written.
    #[error("{}", Corruption { path: path.as_deref(), detail })]
    #[non_exhaustive]
    Corrupted {
        /// The registry file; `None` for a registry in memory.
        path: Option<PathBuf>,
        /// What was found.
        detail: String,
        /// The engine's own error, where there is one.
        source: Option<BoxedSource>,
    },
    /// The file this handle holds is no longer the one at the path: open the registry again.
    #[error("the file at {} is no longer the registry this handle opened", path.display())]
    #[non_exhaustive]
    FileReplaced {
        /// The registry's path.
        path: PathBuf,
    },

    /// There is something at the path already, and it is never overwritten.
    #[error("{} exists already", path.display())]
    #[non_exhaustive]
    TargetExists {
        /// The path that was to be made.
        path: PathBuf,
    },
    /// A line of the import is not what an export writes; nothing was imported.
    #[error("line {line} of the import {problem}")]
    #[non_exhaustive]
    InvalidImport {
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// Sessions of the import clash with registered ones; nothing was imported.
    #[error("{} of the imported sessions clash with registered ones: {}", clashes.len(), list(clashes))]
    #[non_exhaustive]
    ImportClash {
        /// Every clash, in the order of the import.
        clashes: Vec<ImportClash>,
    },

    /// A commit failed midway, so the change may or may not have happened. What a read shows now
    /// proves nothing until the next write has succeeded; then read back, or repeat the call.
    #[error("the change may or may not have been saved")]
    OutcomeUnknown(#[source] StorageError),
    /// Reading or writing the file failed (disk full, permission, I/O); nothing was changed.
    #[error(transparent)]
    Storage(StorageError),
}

/// A cause whose type is not part of this crate's API.
pub type BoxedSource = Box<dyn StdError + Send + Sync + 'static>;

impl Error {
    /// A stable, machine-readable name of the variant, in `snake_case`. `session_limit_reached`,
    /// `session_exists`, `project_already_open` and `not_found` are the names the Elixir registry
    /// used, so that programs which knew those keep working.
    ///
    /// ```
    /// use session_registry::{Error, SessionId};
    ///
    /// let error = "nonsense".parse::<SessionId>().map_err(Error::from).unwrap_err();
    /// assert_eq!(error.code(), "invalid_session_id");
    /// ```
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidSession(..) => "invalid_session",
            Self::InvalidSessionId(..) => "invalid_session_id",
            Self::InvalidSessionName(..) => "invalid_session_name",
            Self::InvalidProjectPath(..) => "invalid_project_path",
            Self::LimitReached { .. } => "session_limit_reached",
            Self::SessionExists { .. } => "session_exists",
            Self::ProjectAlreadyOpen { .. } => "project_already_open",
            Self::NotFound { .. } => "not_found",
            Self::Conflict { .. } => "conflict",
            Self::SessionClosed { .. } => "session_closed",
            Self::AlreadyClaimed { .. } => "already_claimed",
            Self::OwnershipLost { .. } => "ownership_lost",
            Self::Ambiguous { .. } => "ambiguous",
            Self::NoMatch { .. } => "no_match",
            Self::InvalidQuery { .. } => "invalid_query",
            Self::InvalidCursor { .. } => "invalid_cursor",
            Self::EmptyPrunePolicy => "empty_prune_policy",
            Self::Busy { .. } => "busy",
            Self::InUse { .. } => "in_use",
            Self::Closed => "closed",
            Self::SnapshotLost => "snapshot_lost",
            Self::MissingFile { .. } => "missing_file",
            Self::NotARegistry { .. } => "not_a_registry",
            Self::SchemaTooNew { .. } => "schema_too_new",
            Self::IncompatiblePeer { .. } => "incompatible_peer",
            Self::SharingUnsupported { .. } => "sharing_unsupported",
            Self::Corrupted { .. } => "corrupted",
            Self::FileReplaced { .. } => "file_replaced",
            Self::TargetExists { .. } => "target_exists",
            Self::InvalidImport { .. } => "invalid_import",
            Self::ImportClash { .. } => "import_clash",
            Self::OutcomeUnknown(..) => "outcome_unknown",
            Self::Storage(..) => "storage",
        }
    }

    /// Whether the same call may succeed later without anything else being done: a peer is in the
    /// way ([`Busy`](Error::Busy), [`InUse`](Error::InUse)), or a view or a copy is out of date
    /// ([`Conflict`](Error::Conflict), [`SnapshotLost`](Error::SnapshotLost): read again first).
    ///
    /// ```
    /// use session_registry::{SessionId, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let error = registry.set_default_session(Some(SessionId::random())).unwrap_err();
    /// assert!(!error.is_retryable(), "an unknown id stays unknown");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::InUse { .. } | Self::Conflict { .. } | Self::SnapshotLost
        )
    }

    /// Whether the file itself is damaged, so that retrying will not help and a backup may be needed.
    /// Contention, I/O errors and files of another kind or version are never reported as damage.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// let directory = std::env::temp_dir();
    /// let error = SessionRegistry::open(directory).unwrap_err();
    /// assert!(!error.is_corruption(), "a directory is no registry, but not a damaged one");
    /// ```
    #[must_use]
    pub fn is_corruption(&self) -> bool {
        matches!(self, Self::Corrupted { .. })
    }
}

/// An I/O failure: what was attempted, on which file, and the cause as
/// [`source`](std::error::Error::source).
///
/// ```
/// use session_registry::{Error, SessionRegistry};
///
/// # #[cfg(target_os = "linux")]
/// if let Err(Error::Storage(error)) = SessionRegistry::open("/proc/none.redb") {
///     assert!(error.to_string().contains("/proc/none.redb"));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct StorageError {
    action: &'static str,
    path: Option<PathBuf>,
    source: Arc<dyn StdError + Send + Sync + 'static>,
}

impl StorageError {
    pub(crate) fn new(
        action: &'static str,
        path: Option<&Path>,
        source: impl Into<BoxedSource>,
    ) -> Self {
        Self {
            action,
            path: path.map(Path::to_path_buf),
            source: Arc::from(source.into()),
        }
    }

    /// What was attempted, as a verb phrase such as `commit to`.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.action
    }

    /// The file it was attempted on; `None` for a registry in memory.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The kind of the I/O error at the bottom of the causes, where there is one.
    #[must_use]
    pub fn io_kind(&self) -> Option<std::io::ErrorKind> {
        let mut cause: Option<&(dyn StdError + 'static)> = Some(self.source.as_ref());
        while let Some(error) = cause {
            if let Some(io) = error.downcast_ref::<std::io::Error>() {
                return Some(io.kind());
            }
            cause = error.source();
        }
        None
    }
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "could not {} {}", self.action, path.display()),
            None => write!(f, "could not {} the registry in memory", self.action),
        }
    }
}

impl StdError for StorageError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.source.as_ref())
    }
}

fn by(owner: Option<&Owner>) -> String {
    owner
        .map(|owner| format!(": {owner} has it now"))
        .unwrap_or_default()
}

struct Corruption<'a> {
    path: Option<&'a Path>,
    detail: &'a str,
}

impl fmt::Display for Corruption<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path {
            Some(path) => write!(f, "registry {} is damaged: {}", path.display(), self.detail),
            None => write!(f, "the registry in memory is damaged: {}", self.detail),
        }
    }
}

/// Why one session of an import cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImportClash {
    /// A session with this id is registered.
    #[non_exhaustive]
    Id {
        /// The line of the import, counted from 1.
        line: u64,
        /// The id both sessions carry.
        id: SessionId,
    },
    /// Another open session holds the project path.
    #[non_exhaustive]
    Path {
        /// The line of the import, counted from 1.
        line: u64,
        /// The path both sessions want.
        project_path: ProjectPath,
        /// The session that has it.
        holder: SessionId,
    },
}

impl fmt::Display for ImportClash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id { line, id } => write!(f, "line {line}: session {id} is registered"),
            Self::Path {
                line,
                project_path,
                holder,
            } => write!(
                f,
                "line {line}: project {project_path} is open in session {holder}"
            ),
        }
    }
}

/// The first clashes, so that a message stays readable.
fn list(clashes: &[ImportClash]) -> String {
    let mut text: Vec<_> = clashes.iter().take(5).map(ToString::to_string).collect();
    if clashes.len() > text.len() {
        text.push("...".into());
    }
    text.join("; ")
}
