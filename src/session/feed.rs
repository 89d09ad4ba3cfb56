//! What happened in a registry, in the order in which it was committed.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{ChangeKind, SessionId};

/// What happened in a registry since somebody looked last.
///
/// None is lost, doubled or told before it is committed, or `lost` says so. Serde writes it as an object of its
/// fields.
///
/// ```
/// use session_registry::{ChangeKind, ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let before = registry.revision()?;
/// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
/// let since = registry.changes_since(before)?;
/// assert!(!since.lost);
/// assert_eq!(since.changes[0].kind, ChangeKind::Registered);
/// assert_eq!(since.changes[0].id, Some(session.id()));
/// assert!(registry.changes_since(since.revision)?.changes.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "what is told once is not told again: go on from its revision"]
#[non_exhaustive]
pub struct Changes {
    /// The revision of the registry when it was asked: where to go on from.
    pub revision: u64,
    /// What happened, oldest first. Empty if `lost`.
    pub changes: Vec<Change>,
    /// More happened than is kept, or the file is a copy of the one that the position is from: list everything
    /// again, and go on from `revision`.
    pub lost: bool,
}

impl Changes {
    pub(crate) fn lost(revision: u64) -> Self {
        Self {
            revision,
            changes: Vec::new(),
            lost: true,
        }
    }

    pub(crate) fn told(revision: u64, changes: Vec<Change>) -> Self {
        Self {
            revision,
            changes,
            lost: false,
        }
    }
}

/// One thing that happened: who and what, never with which values. Whoever wants to know those asks for the
/// session, which may have changed again meanwhile.
///
/// `Display` prints revision, kind and id; serde writes it as an object of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Change {
    /// The revision of the registry that it made. That an owner is gone makes none, and has the position of the
    /// watch that found it out.
    pub revision: u64,
    /// What happened.
    pub kind: ChangeKind,
    /// To which session; of [`DefaultSet`](ChangeKind::DefaultSet) the one that was chosen. `None` where it is
    /// about no session, or about all.
    pub id: Option<SessionId>,
    /// The revision of that session afterwards. `None` where it is about no session, where that was removed, and
    /// for a default.
    pub session_revision: Option<u64>,
}

impl Change {
    pub(crate) fn new(
        revision: u64,
        kind: ChangeKind,
        id: Option<SessionId>,
        session_revision: Option<u64>,
    ) -> Self {
        Self {
            revision,
            kind,
            id,
            session_revision,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { revision, kind, .. } = self;
        match self.id {
            Some(id) => write!(f, "{revision} {kind} {id}"),
            None => write!(f, "{revision} {kind}"),
        }
    }
}
