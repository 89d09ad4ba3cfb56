//! Errors as values that can be compared.

use session_registry::{Alias, Error, ProjectPath, SessionId, SessionProblem};

/// Every field of the errors that rules give; of other errors the code.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Refusal {
    Invalid(Vec<SessionProblem>),
    Limit {
        max_sessions: u32,
        open: u64,
    },
    Exists(SessionId),
    PathTaken {
        project_path: ProjectPath,
        holder: SessionId,
        open: u64,
        most: u32,
    },
    AliasTaken {
        alias: Alias,
        holder: SessionId,
    },
    NotFound(SessionId),
    Conflict {
        id: SessionId,
        expected: u64,
        found: u64,
    },
    Closed(SessionId),
    /// Which operation of a batch was refused, and why.
    Batch(usize, Box<Refusal>),
    Other(&'static str),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidSession(invalid) => Self::Invalid(invalid.problems().to_vec()),
            Error::LimitReached {
                max_sessions, open, ..
            } => Self::Limit { max_sessions, open },
            Error::SessionExists { id, .. } => Self::Exists(id),
            Error::ProjectAlreadyOpen {
                project_path,
                holder,
                open,
                max_sessions_per_project: most,
                ..
            } => Self::PathTaken {
                project_path,
                holder,
                open,
                most,
            },
            Error::AliasTaken { alias, holder, .. } => Self::AliasTaken { alias, holder },
            Error::NotFound { id, .. } => Self::NotFound(id),
            Error::Conflict {
                id,
                expected,
                found,
                ..
            } => Self::Conflict {
                id,
                expected,
                found,
            },
            Error::SessionClosed { id, .. } => Self::Closed(id),
            Error::BatchRefused { index, source, .. } => {
                Self::Batch(index, Box::new(Self::from(*source)))
            }
            other => Self::Other(other.code()),
        }
    }
}

impl Refusal {
    /// What a session gets whose settings allow no tokens.
    pub(crate) fn spoiled() -> Self {
        Self::Invalid(vec![SessionProblem::NoTokens])
    }
}
