//! A session as the model keeps it.

use std::collections::{BTreeMap, BTreeSet};

use session_registry::{
    Alias, CloseReason, NameOrigin, Parent, ProjectPath, Session, SessionConfig, SessionId,
    SessionName, SessionState, Tag, Timestamp,
};

/// Every field of a session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: SessionId,
    pub(crate) name: SessionName,
    pub(crate) origin: NameOrigin,
    pub(crate) path: ProjectPath,
    pub(crate) config: SessionConfig,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) aliases: BTreeSet<Alias>,
    pub(crate) tags: BTreeSet<Tag>,
    pub(crate) pinned: bool,
    pub(crate) parent: Option<Parent>,
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
            origin: session.name_origin(),
            path: session.project_path().clone(),
            config: session.config().clone(),
            metadata: session.metadata().clone(),
            aliases: session.aliases().clone(),
            tags: session.tags().clone(),
            pinned: session.is_pinned(),
            parent: session.parent(),
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

    /// Somebody gives it a name.
    pub(crate) fn rename(&mut self, name: SessionName) {
        self.name = name;
        self.origin = NameOrigin::Given;
    }

    /// What an update compares and stores.
    pub(crate) fn content(&self) -> impl PartialEq + '_ {
        let said = (&self.aliases, &self.tags, self.pinned, self.origin);
        (&self.name, &self.path, &self.config, &self.metadata, said)
    }
}
