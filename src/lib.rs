#![doc = include_str!("../README.md")]

mod error;
mod session;

pub use error::{BoxedSource, Error, Result, StorageError};
pub use session::{
    InvalidProjectPath, InvalidSession, InvalidSessionId, InvalidSessionName, InvalidTimestamp,
    ProjectPath, ProjectPathProblem, Session, SessionBuilder, SessionConfig, SessionId,
    SessionName, SessionProblem, Timestamp,
};
