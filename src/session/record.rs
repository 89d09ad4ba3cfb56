//! A session as serde reads it: the fields before the rules are applied.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    InvalidSession, ProjectPath, Session, SessionConfig, SessionId, SessionName, SessionParts,
    SessionState, Timestamp,
};

/// What a session's JSON object may leave out takes its default; unknown fields are ignored, so
/// that a session written by a later version can be read.
#[derive(Deserialize)]
pub(super) struct SessionRecord {
    id: SessionId,
    name: SessionName,
    project_path: ProjectPath,
    #[serde(default)]
    config: SessionConfig,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
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
        let session = Self::from_parts(SessionParts {
            id: record.id,
            name: record.name,
            project_path: record.project_path,
            config: record.config,
            metadata: record.metadata,
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
