//! The fields of a session, and what only this crate does with them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{ProjectPath, Session, SessionConfig, SessionId, SessionName, SessionState, Timestamp};

/// Every field of a [`Session`], in the order in which serde writes them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename = "Session")]
pub(crate) struct SessionParts {
    pub(crate) id: SessionId,
    pub(crate) name: SessionName,
    pub(crate) project_path: ProjectPath,
    pub(crate) config: SessionConfig,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_active_at: Timestamp,
    pub(crate) revision: u64,
    pub(crate) state: SessionState,
}

impl Session {
    pub(crate) fn from_parts(parts: SessionParts) -> Self {
        Self(Arc::new(parts))
    }

    /// The fields, of this copy alone.
    pub(super) fn change(&mut self) -> &mut SessionParts {
        Arc::make_mut(&mut self.0)
    }

    pub(crate) fn set_id(&mut self, id: SessionId) {
        self.change().id = id;
    }

    pub(crate) fn set_updated_at(&mut self, updated_at: Timestamp) {
        self.change().updated_at = updated_at;
    }

    pub(crate) fn set_last_active_at(&mut self, last_active_at: Timestamp) {
        self.change().last_active_at = last_active_at;
    }

    pub(crate) fn set_state(&mut self, state: SessionState) {
        self.change().state = state;
    }

    pub(crate) fn set_revision(&mut self, revision: u64) {
        self.change().revision = revision;
    }

    /// Takes over what an update may change: name, path, settings and metadata.
    pub(crate) fn take_content(&mut self, from: &Self) {
        let (own, from) = (self.change(), &from.0);
        own.name.clone_from(&from.name);
        own.project_path.clone_from(&from.project_path);
        own.config.clone_from(&from.config);
        own.metadata.clone_from(&from.metadata);
    }

    /// Whether an update from one to the other would change nothing: name, path, settings and
    /// metadata are the same.
    pub(crate) fn same_content(&self, other: &Self) -> bool {
        let (own, other) = (&self.0, &other.0);
        own.name == other.name
            && own.project_path == other.project_path
            && own.config.same_as(&other.config)
            && own.metadata == other.metadata
    }
}

impl Serialize for Session {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SessionParts {
            id,
            name,
            project_path,
            config,
            metadata,
            created_at,
            updated_at,
            last_active_at,
            revision,
            state,
        } = &*self.0;
        f.debug_struct("Session")
            .field("id", id)
            .field("name", name)
            .field("project_path", project_path)
            .field("config", config)
            .field("metadata", metadata)
            .field("created_at", created_at)
            .field("updated_at", updated_at)
            .field("last_active_at", last_active_at)
            .field("revision", revision)
            .field("state", state)
            .finish()
    }
}
