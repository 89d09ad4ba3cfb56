#![doc = include_str!("../README.md")]

mod error;
mod registry;
mod session;
mod store;

pub use error::{BoxedSource, Error, ImportClash, Result, StorageError};
pub use registry::{
    DEFAULT_MAX_SESSIONS, ImportMode, ImportReport, Registration, RegistryOptions, SessionRegistry,
    Snapshot,
};
pub use session::{
    InvalidProjectPath, InvalidSession, InvalidSessionId, InvalidSessionName, InvalidTimestamp,
    ProjectPath, ProjectPathProblem, Session, SessionBuilder, SessionConfig, SessionId,
    SessionName, SessionProblem, Timestamp,
};
pub use store::{Inconsistency, OpenCheck, OpenReport, Sharing, Stats, Verification};
