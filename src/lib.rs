#![doc = include_str!("../docs/library.md")]
// The example of the front page is compiled too.
#![cfg_attr(doctest, doc = include_str!("../README.md"))]

// So that what the tests share names this crate in the unit tests too.
#[cfg(test)]
extern crate self as session_registry;

mod error;
mod registry;
mod session;
#[cfg(test)]
#[path = "../tests/shared/mod.rs"]
mod shared;
mod store;

pub use error::{Error, ImportClash, OwnersFolderError, OwnersFolderProblem, Result, StorageError};
#[cfg(target_os = "linux")]
pub use registry::PollableWatch;
pub use registry::{
    Batch, Claim, CloseAs, Cursor, DEFAULT_MAX_SESSIONS, Found, ImportMode, ImportReport, Opened,
    Order, Page, Pages, PrunePlan, PrunePolicy, PruneReport, Query, Reap, Registration,
    RegistryOptions, SessionRegistry, Snapshot, Started, StartedHow, StateFilter, Watch,
};
pub use session::{
    Activity, ActivityReport, Alias, Change, ChangeKind, Changes, CloseReason, InvalidAlias,
    InvalidChoice, InvalidNote, InvalidProgram, InvalidProjectPath, InvalidSession,
    InvalidSessionId, InvalidSessionName, InvalidTag, InvalidTimestamp, Liveness, MatchedBy,
    NameOrigin, Owner, Parent, ProjectPath, ProjectPathProblem, Relation, Report, Session,
    SessionBuilder, SessionConfig, SessionId, SessionName, SessionProblem, SessionState,
    SessionStatus, Tag, Timestamp,
};
pub use store::{Access, Inconsistency, OpenCheck, OpenReport, Sharing, Stats, Verification};
