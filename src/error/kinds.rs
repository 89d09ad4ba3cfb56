//! The kinds of failures, each with what is true after it.

use std::path::PathBuf;
use std::time::Duration;

use super::{ImportClash, OwnersFolderError, StorageError, phrases};
use crate::session::{
    Alias, InvalidAlias, InvalidChoice, InvalidNote, InvalidProgram, InvalidProjectPath,
    InvalidSession, InvalidSessionId, InvalidSessionName, InvalidTag, InvalidTimestamp, MatchedBy,
    Owner, ProjectPath, Session, SessionId,
};

/// What went wrong. Unless a variant says otherwise, nothing was changed.
///
/// Match on the variants you can act on and keep a wildcard arm: the enum may grow, and so may every
/// variant with named fields.
/// [`Error::code`] is a stable name for logs and protocols, [`Error::is_retryable`] and
/// [`Error::is_corruption`] sort the variants by what a caller can do. Serde writes an error as
/// [one stable object](#impl-Serialize-for-Error) for logs and protocols. Clones share their causes.
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
#[derive(Clone, Debug, thiserror::Error)]
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
    /// The text is not a time.
    #[error(transparent)]
    InvalidTimestamp(#[from] InvalidTimestamp),
    /// The text is none of the words that an option or a filter knows.
    #[error(transparent)]
    InvalidChoice(#[from] InvalidChoice),
    /// The text is not a valid alias.
    #[error(transparent)]
    InvalidAlias(#[from] InvalidAlias),
    /// The text is not a valid tag.
    #[error(transparent)]
    InvalidTag(#[from] InvalidTag),
    /// The text cannot be the note of a report.
    #[error(transparent)]
    InvalidNote(#[from] InvalidNote),
    /// The text cannot be the name of a program.
    #[error(transparent)]
    InvalidProgram(#[from] InvalidProgram),
    /// What is stored under a metadata key is no JSON of the wanted type, or the value to store has no JSON form.
    #[error("the extension {key:?} is no such JSON: {problem}")]
    #[non_exhaustive]
    InvalidExtension {
        /// The metadata key; of a longer one the first 64 characters.
        key: String,
        /// What is wrong, for people.
        problem: String,
    },

    /// The registry holds as many open sessions as its limit allows.
    #[error("cannot open another session: {open} of at most {max_sessions} are open")]
    #[non_exhaustive]
    LimitReached {
        /// The limit stored in the registry.
        max_sessions: u32,
        /// How many sessions are open; more than the limit when it was lowered.
        open: u64,
    },
    /// A project must have room for one session at least.
    #[error("0 is not how many sessions a project may have: at least 1 is needed")]
    InvalidLimit,
    /// A session with this id is already registered.
    #[error("session {id} is already registered")]
    #[non_exhaustive]
    SessionExists {
        /// The id both sessions carry.
        id: SessionId,
    },
    /// As many open sessions as may be are on this project path.
    #[error("project {project_path} is already open in session {holder}{}", phrases::beside(*open, *max_sessions_per_project))]
    #[non_exhaustive]
    ProjectAlreadyOpen {
        /// The path both sessions want.
        project_path: ProjectPath,
        /// The session that has it; of several, the most recently active.
        holder: SessionId,
        /// How many open sessions are on the path; more than may be when the number was lowered.
        open: u64,
        /// How many may be, as stored in the registry.
        max_sessions_per_project: u32,
    },
    /// Another session has this alias, be it open or closed.
    #[error("alias {alias} is taken by session {holder}")]
    #[non_exhaustive]
    AliasTaken {
        /// The alias both sessions want.
        alias: Alias,
        /// The session that has it.
        holder: SessionId,
    },
    /// An operation of a batch was refused, and so none was made.
    #[error("operation {index} of the batch, counted from 0, was refused")]
    #[non_exhaustive]
    BatchRefused {
        /// Which operation, counted from 0.
        index: usize,
        /// Why it was refused.
        source: Box<Error>,
    },
    /// A batch has more operations than may be made in one commit.
    #[error("the batch has {operations} operations; at most {most} are allowed")]
    #[non_exhaustive]
    BatchTooLong {
        /// How many it has.
        operations: usize,
        /// How many it may have.
        most: usize,
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
    /// Another owner drives the session, and is alive as far as anybody can tell: its
    /// [liveness](crate::Owner::liveness) says whether that is proven.
    #[error("session {id} {}", phrases::driven(owner))]
    #[non_exhaustive]
    AlreadyClaimed {
        /// The session.
        id: SessionId,
        /// Who drives it.
        owner: Owner,
    },
    /// Nobody claims the session, so there is nobody whose activity could be reported.
    #[error("nobody drives session {id}")]
    #[non_exhaustive]
    NotClaimed {
        /// The session.
        id: SessionId,
    },
    /// The claim is over: somebody took the session over, or it was closed or removed.
    #[error("the claim of session {id} is over{}", phrases::by(owner.as_ref()))]
    #[non_exhaustive]
    OwnershipLost {
        /// The session.
        id: SessionId,
        /// Who drives it now, if anybody does.
        owner: Option<Owner>,
    },
    /// No claim can be made here: the folder of the owners' lock files beside the registry is not this
    /// user's, or lets others forge what it proves.
    #[error(transparent)]
    OwnersFolder(#[from] OwnersFolderError),
    /// What was typed fits several sessions equally well.
    #[error("{query:?} fits {total} sessions")]
    #[non_exhaustive]
    Ambiguous {
        /// What was typed.
        query: String,
        /// Some of the sessions, 10 at most, oldest first.
        matches: Vec<Session>,
        /// How many sessions it fits.
        total: u64,
        /// How it fits them, each in the same way.
        by: MatchedBy,
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

    /// A number that only ever rises has come to its end, which ordinary use cannot bring about.
    #[error("{counter} cannot rise any more")]
    #[non_exhaustive]
    Exhausted {
        /// Which number.
        counter: String,
    },

    /// This process is a fork of the one that opened the handle, and shares its locks. Use it there, or
    /// open the registry again here.
    #[error("this registry handle belongs to the process that this one was forked from")]
    ForkedProcess,
    /// This handle, or a clone of it, was closed.
    #[error("this registry handle is closed")]
    Closed,
    /// The registry was opened with [`Access::ReadOnly`](crate::Access::ReadOnly), and the call would
    /// write. Answered before anything is read.
    #[error("this registry handle is read-only")]
    ReadOnly,
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
    #[error("{}", phrases::too_new(path, *found, *supported))]
    #[non_exhaustive]
    SchemaTooNew {
        /// The registry file.
        path: PathBuf,
        /// The schema version in the file.
        found: u32,
        /// The newest schema version this crate can use.
        supported: u32,
    },
    /// An older version of this crate wrote the file, and a read-only opening migrates nothing: open it
    /// for writing once.
    #[error("{}", phrases::too_old(path, *found, *supported))]
    #[non_exhaustive]
    SchemaTooOld {
        /// The registry file.
        path: PathBuf,
        /// The schema version in the file.
        found: u32,
        /// The schema version this crate reads.
        supported: u32,
    },
    /// The last program that wrote the file was killed in such a way that only a writer can tell what is
    /// committed: open it for writing once. Nothing acknowledged is lost.
    #[error("registry {} must be opened for writing once, to be recovered", path.display())]
    #[non_exhaustive]
    RecoveryNeeded {
        /// The registry file.
        path: PathBuf,
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
    #[error("{}", phrases::not_shared(path))]
    #[non_exhaustive]
    SharingUnsupported {
        /// The registry file.
        path: PathBuf,
    },
    /// The file is damaged: its pages, its rows or its indexes are not what was written.
    #[error("{}", phrases::Corruption { path: path.as_deref(), detail })]
    #[non_exhaustive]
    Corrupted {
        /// The registry file; `None` for a registry in memory.
        path: Option<PathBuf>,
        /// What was found.
        detail: String,
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
    #[error("{}", super::import_clash::Clashing(clashes))]
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
