//! In which order to walk, and through which sessions.

use crate::session::{ProjectPath, SessionId, Tag};

/// By what sessions are ordered; of equal ones the id decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortKey {
    Created,
    LastActive,
    Updated,
    Name,
}

/// A walk through one order.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) by: SortKey,
    pub(crate) open: bool,
    pub(crate) closed: bool,
    pub(crate) descending: bool,
    /// The place after which to begin: a place that an earlier walk gave.
    pub(crate) after: Option<Vec<u8>>,
    /// Only these sessions, where an index has them together.
    pub(crate) within: Option<Within>,
}

/// Sessions that an index has together.
#[derive(Clone, Debug)]
pub(crate) enum Within {
    /// Those of exactly this project path.
    Path(ProjectPath),
    ChildrenOf(SessionId),
    Tag(Tag),
    /// These, which the caller found by their claims.
    Claimed(Vec<SessionId>),
}
