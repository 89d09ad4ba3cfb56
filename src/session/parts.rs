//! The fields of a session, and what only this crate does with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::{
    Alias, NameOrigin, Parent, ProjectPath, Said, Session, SessionConfig, SessionId, SessionName,
    SessionState, Tag, Timestamp,
};

/// Every field of a [`Session`], in the order in which serde writes them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename = "Session")]
pub(crate) struct SessionParts {
    pub(crate) id: SessionId,
    pub(crate) name: SessionName,
    #[serde(skip_serializing_if = "Said::is_left_out")]
    pub(crate) name_origin: Said<NameOrigin>,
    pub(crate) project_path: ProjectPath,
    pub(crate) config: SessionConfig,
    pub(crate) metadata: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Said::is_left_out")]
    pub(crate) aliases: Said<BTreeSet<Alias>>,
    #[serde(skip_serializing_if = "Said::is_left_out")]
    pub(crate) tags: Said<BTreeSet<Tag>>,
    #[serde(skip_serializing_if = "Said::is_left_out")]
    pub(crate) pinned: Said<bool>,
    pub(crate) parent: Option<Parent>,
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

    pub(crate) fn set_parent(&mut self, parent: Option<Parent>) {
        self.change().parent = parent;
    }

    /// Whether it leaves anything unsaid that a registered session says.
    pub(crate) fn leaves_out(&self) -> bool {
        let SessionParts {
            name_origin,
            aliases,
            tags,
            pinned,
            ..
        } = &*self.0;
        name_origin.is_left_out()
            || aliases.is_left_out()
            || tags.is_left_out()
            || pinned.is_left_out()
    }

    /// Says what it left unsaid: what it reads as.
    pub(crate) fn say_all(&mut self) {
        let parts = self.change();
        parts.name_origin.say();
        parts.aliases.say();
        parts.tags.say();
        parts.pinned.say();
    }

    /// Takes over what an update may change, as far as `from` says anything about it: name and its origin,
    /// path, settings, metadata, aliases, tags and pin.
    pub(crate) fn take_content(&mut self, from: &Self) {
        let (own, from) = (self.change(), &from.0);
        own.name.clone_from(&from.name);
        own.project_path.clone_from(&from.project_path);
        own.config.clone_from(&from.config);
        own.metadata.clone_from(&from.metadata);
        own.name_origin.take(&from.name_origin);
        own.aliases.take(&from.aliases);
        own.tags.take(&from.tags);
        own.pinned.take(&from.pinned);
    }

    /// Whether an update from one to the other would change nothing of what an update may change.
    pub(crate) fn same_content(&self, other: &Self) -> bool {
        let (own, other) = (&self.0, &other.0);
        own.name == other.name
            && own.project_path == other.project_path
            && own.config.same_as(&other.config)
            && own.metadata == other.metadata
            && own.name_origin == other.name_origin
            && own.aliases == other.aliases
            && own.tags == other.tags
            && own.pinned == other.pinned
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
            name_origin,
            project_path,
            config,
            metadata,
            aliases,
            tags,
            pinned,
            parent,
            created_at,
            updated_at,
            last_active_at,
            revision,
            state,
        } = &*self.0;
        f.debug_struct("Session")
            .field("id", id)
            .field("name", name)
            .field("name_origin", &**name_origin)
            .field("project_path", project_path)
            .field("config", config)
            .field("metadata", metadata)
            .field("aliases", &**aliases)
            .field("tags", &**tags)
            .field("pinned", &**pinned)
            .field("parent", parent)
            .field("created_at", created_at)
            .field("updated_at", updated_at)
            .field("last_active_at", last_active_at)
            .field("revision", revision)
            .field("state", state)
            .finish()
    }
}
