//! A session as serde reads it: the fields before the rules are applied.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{
    Alias, InvalidSession, NameOrigin, Parent, ProjectPath, Said, Session, SessionConfig,
    SessionId, SessionName, SessionParts, SessionState, Tag, Timestamp,
};

/// What a session's JSON object may leave out takes its default; unknown fields are ignored, so
/// that a session written by a later version can be read.
#[derive(Deserialize)]
pub(super) struct SessionRecord {
    id: SessionId,
    name: SessionName,
    name_origin: Option<NameOrigin>,
    project_path: ProjectPath,
    #[serde(default)]
    config: SessionConfig,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
    #[serde(default)]
    aliases: Said<BTreeSet<Alias>>,
    #[serde(default)]
    tags: Said<BTreeSet<Tag>>,
    #[serde(default)]
    pinned: Said<bool>,
    parent: Option<Parent>,
    created_at: Timestamp,
    updated_at: Option<Timestamp>,
    last_active_at: Option<Timestamp>,
    #[serde(default)]
    revision: u64,
    #[serde(default)]
    state: SessionState,
}

impl TryFrom<SessionRecord> for Session {
    type Error = InvalidSession;

    fn try_from(record: SessionRecord) -> Result<Self, Self::Error> {
        let updated_at = record.updated_at.unwrap_or(record.created_at);
        let guess = || NameOrigin::guess(&record.name, &record.project_path);
        let name_origin = match record.name_origin {
            Some(origin) => Said::new(origin),
            None => Said::left_out(guess()),
        };
        let session = Self::from_parts(SessionParts {
            id: record.id,
            name: record.name,
            name_origin,
            project_path: record.project_path,
            config: record.config,
            metadata: record.metadata,
            aliases: record.aliases,
            tags: record.tags,
            pinned: record.pinned,
            parent: record.parent,
            created_at: record.created_at,
            updated_at,
            last_active_at: record.last_active_at.unwrap_or(updated_at),
            revision: record.revision,
            state: record.state,
        });
        session.validate()?;
        Ok(session)
    }
}

#[cfg(test)]
mod tests;
