#![doc = include_str!("../README.md")]

// So that the checker of tests/it names this crate in the unit tests too.
#[cfg(test)]
extern crate self as session_registry;

mod error;
mod registry;
mod session;
mod store;

pub use error::{BoxedSource, Error, ImportClash, OwnersFolderProblem, Result, StorageError};
pub use registry::{
    Claim, Cursor, DEFAULT_MAX_SESSIONS, ImportMode, ImportReport, Order, Page, PrunePolicy, Query,
    Reap, Registration, RegistryOptions, SessionRegistry, Snapshot, StateFilter,
};
pub use session::{
    CloseReason, InvalidProjectPath, InvalidSession, InvalidSessionId, InvalidSessionName,
    InvalidTimestamp, Liveness, Owner, ProjectPath, ProjectPathProblem, Session, SessionBuilder,
    SessionConfig, SessionId, SessionName, SessionProblem, SessionState, Timestamp,
};
pub use store::{Inconsistency, OpenCheck, OpenReport, Sharing, Stats, Verification};
