//! What the others keep of a session: every field that we keep, as plain values. Reading one back checks
//! nothing but its encoding, where ours checks every rule again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use session_registry::Session;
use uuid::Uuid;

use crate::Outcome;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Row {
    pub name: String,
    pub project_path: String,
    pub provider: Option<String>,
    pub model: Option<String>,
    pub temperature: f64,
    pub max_tokens: u32,
    pub metadata: BTreeMap<String, String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub revision: u64,
    pub last_active_at: i64,
    /// When it was closed, and why.
    pub closed: Option<(i64, u8)>,
}

/// The same, for writing.
#[derive(Serialize)]
struct RowToWrite<'a> {
    name: &'a str,
    project_path: &'a str,
    provider: Option<&'a str>,
    model: Option<&'a str>,
    temperature: f64,
    max_tokens: u32,
    metadata: &'a BTreeMap<String, String>,
    created_at: i64,
    updated_at: i64,
    revision: u64,
    last_active_at: i64,
    closed: Option<(i64, u8)>,
}

impl Row {
    pub fn of(session: &Session) -> Self {
        Self {
            name: session.name().as_str().to_owned(),
            project_path: session.project_path().as_str().to_owned(),
            provider: session.config().provider.clone(),
            model: session.config().model.clone(),
            temperature: session.config().temperature,
            max_tokens: session.config().max_tokens,
            metadata: session.metadata().clone(),
            created_at: session.created_at().as_micros(),
            updated_at: session.updated_at().as_micros(),
            revision: session.revision(),
            last_active_at: session.last_active_at().as_micros(),
            closed: None,
        }
    }

    pub fn decode(bytes: &[u8]) -> Outcome<Self> {
        Ok(postcard::from_bytes(bytes)?)
    }
}

pub fn encode(session: &Session) -> Outcome<Vec<u8>> {
    let config = session.config();
    Ok(postcard::to_stdvec(&RowToWrite {
        name: session.name().as_str(),
        project_path: session.project_path().as_str(),
        provider: config.provider.as_deref(),
        model: config.model.as_deref(),
        temperature: config.temperature,
        max_tokens: config.max_tokens,
        metadata: session.metadata(),
        created_at: session.created_at().as_micros(),
        updated_at: session.updated_at().as_micros(),
        revision: session.revision(),
        last_active_at: session.last_active_at().as_micros(),
        closed: None,
    })?)
}

pub fn id_of(session: &Session) -> Uuid {
    *session.id().as_uuid()
}
