//! Rows of the log of changes: one format byte, then postcard.

use serde::{Deserialize, Serialize};

use super::keys;
use crate::session::{Change, ChangeKind, SessionId};
use crate::store::fault::Fault;

/// The format byte of the rows this crate writes.
const FORMAT: u8 = 1;

/// One thing that was committed. The order of the fields is the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct ChangeRow {
    pub(in crate::store) kind: LoggedKind,
    id: Option<[u8; 16]>,
    pub(in crate::store) session_revision: Option<u64>,
}

/// The order of the variants is the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) enum LoggedKind {
    Registered,
    Updated,
    Active,
    Closed,
    Reopened,
    Removed,
    Claimed,
    Released,
    Reported,
    Cleared,
    LimitSet,
    DefaultSet,
    Everything,
}

impl ChangeRow {
    pub(in crate::store) fn new(
        kind: LoggedKind,
        id: Option<SessionId>,
        session_revision: Option<u64>,
    ) -> Self {
        Self {
            kind,
            id: id.map(|id| *id.as_uuid().as_bytes()),
            session_revision,
        }
    }

    pub(in crate::store) fn id(&self) -> Option<SessionId> {
        self.id.map(keys::id)
    }

    /// Returns what is told of it.
    pub(in crate::store) fn change(&self, revision: u64) -> Change {
        Change::new(revision, self.kind.into(), self.id(), self.session_revision)
    }

    pub(in crate::store) fn encode(&self) -> Result<Vec<u8>, Fault> {
        postcard::to_extend(self, vec![FORMAT])
            .map_err(|error| Fault::Damaged(format!("a change cannot be encoded: {error}")))
    }

    pub(in crate::store) fn decode(revision: u64, bytes: &[u8]) -> Result<Self, Fault> {
        let damaged = || Fault::Damaged(format!("change {revision} does not decode"));
        let (format, row) = bytes.split_first().ok_or_else(damaged)?;
        let (change, rest) = postcard::take_from_bytes(row).map_err(|_| damaged())?;
        if *format == FORMAT && rest.is_empty() {
            Ok(change)
        } else {
            Err(damaged())
        }
    }
}

impl From<LoggedKind> for ChangeKind {
    fn from(kind: LoggedKind) -> Self {
        match kind {
            LoggedKind::Registered => Self::Registered,
            LoggedKind::Updated => Self::Updated,
            LoggedKind::Active => Self::Active,
            LoggedKind::Closed => Self::Closed,
            LoggedKind::Reopened => Self::Reopened,
            LoggedKind::Removed => Self::Removed,
            LoggedKind::Claimed => Self::Claimed,
            LoggedKind::Released => Self::Released,
            LoggedKind::Reported => Self::Reported,
            LoggedKind::Cleared => Self::Cleared,
            LoggedKind::LimitSet => Self::LimitSet,
            LoggedKind::DefaultSet => Self::DefaultSet,
            LoggedKind::Everything => Self::Everything,
        }
    }
}
