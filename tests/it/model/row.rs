//! A session as the model keeps it, and the answers both sides give.

use std::collections::BTreeMap;

use session_registry::{
    CloseReason, ProjectPath, Registration, Session, SessionConfig, SessionId, SessionName,
    SessionState, Timestamp,
};

use crate::support::refusal::Refusal;

/// Every field of a session.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) id: SessionId,
    pub(super) name: SessionName,
    pub(super) path: ProjectPath,
    pub(super) config: SessionConfig,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) active: Timestamp,
    pub(super) revision: u64,
    pub(super) closed: Option<(Timestamp, CloseReason)>,
}

impl Row {
    pub(super) fn of(session: &Session) -> Self {
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

    pub(super) fn of_each<'a>(sessions: impl IntoIterator<Item = &'a Session>) -> Vec<Self> {
        sessions.into_iter().map(Self::of).collect()
    }

    /// What an update compares and stores.
    pub(super) fn content(&self) -> impl PartialEq + '_ {
        (&self.name, &self.path, &self.config, &self.metadata)
    }
}

/// What a call answers when it is not refused.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    Done,
    Count(u64),
    Session(Row),
    Removed(Option<Row>),
    Registration { is_new: bool, session: Row },
}

impl From<()> for Answer {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl From<u64> for Answer {
    fn from(count: u64) -> Self {
        Self::Count(count)
    }
}

impl From<Session> for Answer {
    fn from(session: Session) -> Self {
        Self::Session(Row::of(&session))
    }
}

impl From<Option<Session>> for Answer {
    fn from(session: Option<Session>) -> Self {
        Self::Removed(session.as_ref().map(Row::of))
    }
}

impl From<Registration> for Answer {
    fn from(registration: Registration) -> Self {
        Self::Registration {
            is_new: registration.is_new(),
            session: Row::of(registration.session()),
        }
    }
}

pub(super) type Outcome = Result<Answer, Refusal>;
