//! A session as the model keeps it.

use std::collections::BTreeMap;

use session_registry::{
    CloseReason, ProjectPath, Session, SessionConfig, SessionId, SessionName, SessionState,
    Timestamp,
};

/// Every field of a session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: SessionId,
    pub(crate) name: SessionName,
    pub(crate) path: ProjectPath,
    pub(crate) config: SessionConfig,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) active: Timestamp,
    pub(crate) revision: u64,
    pub(crate) closed: Option<(Timestamp, CloseReason)>,
}

impl Row {
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            id: session.id(),
            name: session.name().clone(),
            path: session.project_path().clone(),
            config: session.config().clone(),
            metadata: session.metadata().clone(),
            created: session.created_at(),
            updated: session.updated_at(),
            active: session.last_active_at(),
            revision: session.revision(),
            closed: match session.state() {
                SessionState::Closed { at, reason, .. } => Some((at, reason)),
                _ => None,
            },
        }
    }

    pub(crate) fn of_each<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Vec<Self> {
        sessions.into_iter().map(Self::of).collect()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// What an update compares and stores.
    pub(crate) fn content(&self) -> impl PartialEq + '_ {
        (&self.name, &self.path, &self.config, &self.metadata)
    }
}
