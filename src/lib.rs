#![doc = include_str!("../README.md")]

// So that the checker of tests/it names this crate in the unit tests too.
#[cfg(test)]
extern crate self as session_registry;

mod error;
mod registry;
mod session;
mod store;

pub use error::{BoxedSource, Error, ImportClash, Result, StorageError};
pub use registry::{
    Claim, Cursor, DEFAULT_MAX_SESSIONS, Found, ImportMode, ImportReport, Opened, Order, Page,
    Pages, PrunePolicy, Query, Reap, Registration, RegistryOptions, SessionRegistry, Snapshot,
    StateFilter,
};
pub use session::{
    CloseReason, InvalidChoice, InvalidProjectPath, InvalidSession, InvalidSessionId,
    InvalidSessionName, InvalidTimestamp, Liveness, MatchedBy, Owner, ProjectPath,
    ProjectPathProblem, Session, SessionBuilder, SessionConfig, SessionId, SessionName,
    SessionProblem, SessionState, Timestamp,
};
pub use store::{Inconsistency, OpenCheck, OpenReport, Sharing, Stats, Verification};
