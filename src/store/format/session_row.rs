//! Session rows: one format byte, then postcard.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::session::{
    CloseReason, ProjectPath, Session, SessionConfig, SessionId, SessionName, SessionParts,
    SessionState, Timestamp,
};
use crate::store::fault::Fault;

/// The format byte of the rows this crate writes.
const FORMAT: u8 = 2;

/// What follows the format byte. The order of the fields is the format: never change it, add a new
/// format instead.
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
    closed: Option<Closing>,
}

/// The same bytes, for reading.
#[derive(Deserialize)]
struct RowToRead<'a> {
    name: &'a str,
    project_path: &'a str,
    provider: Option<String>,
    model: Option<String>,
    temperature: f64,
    max_tokens: u32,
    metadata: BTreeMap<String, String>,
    created_at: i64,
    updated_at: i64,
    revision: u64,
    last_active_at: i64,
    closed: Option<Closing>,
}

/// When a session was closed, and why.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Closing {
    at: i64,
    reason: Reason,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Reason {
    Requested,
    OwnerDied,
}

impl Closing {
    fn of(state: SessionState) -> Option<Self> {
        let SessionState::Closed { at, reason } = state else {
            return None;
        };
        Some(Self {
            at: at.as_micros(),
            reason: match reason {
                CloseReason::Requested => Reason::Requested,
                CloseReason::OwnerDied => Reason::OwnerDied,
            },
        })
    }

    fn state(closed: Option<Self>) -> SessionState {
        closed.map_or(SessionState::Open, |closing| SessionState::Closed {
            at: Timestamp::from_micros(closing.at),
            reason: match closing.reason {
                Reason::Requested => CloseReason::Requested,
                Reason::OwnerDied => CloseReason::OwnerDied,
            },
        })
    }
}

pub(in crate::store) fn encode(session: &Session) -> Result<Vec<u8>, Fault> {
    let config = session.config();
    let row = RowToWrite {
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
        closed: Closing::of(session.state()),
    };
    postcard::to_extend(&row, vec![FORMAT]).map_err(|error| {
        Fault::Damaged(format!(
            "session {} cannot be encoded: {error}",
            session.id()
        ))
    })
}

/// Decodes the row of `id`. A row that breaks a rule of [`Session`] is as damaged as one that cannot be
/// decoded: this crate never writes one.
pub(in crate::store) fn decode(id: SessionId, bytes: &[u8]) -> Result<Session, Fault> {
    read_row(id, bytes).map_err(|what| Fault::Damaged(format!("the row of session {id} {what}")))
}

fn read_row(id: SessionId, bytes: &[u8]) -> Result<Session, String> {
    let (format, row) = bytes.split_first().ok_or("is empty")?;
    if *format != FORMAT {
        return Err(format!("has the unknown format {format}"));
    }
    let (row, rest) = postcard::take_from_bytes::<RowToRead<'_>>(row)
        .map_err(|error| format!("does not decode: {error}"))?;
    if !rest.is_empty() {
        return Err(format!("has {} bytes too many", rest.len()));
    }
    let session = Session::from_parts(SessionParts {
        id,
        name: exact(
            SessionName::from_stored(row.name),
            SessionName::as_str,
            row.name,
        )?,
        project_path: exact(
            row.project_path.parse(),
            ProjectPath::as_str,
            row.project_path,
        )?,
        config: SessionConfig {
            provider: row.provider,
            model: row.model,
            temperature: row.temperature,
            max_tokens: row.max_tokens,
        },
        metadata: row.metadata,
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
        revision: row.revision,
        last_active_at: Timestamp::from_micros(row.last_active_at),
        state: Closing::state(row.closed),
    });
    session.validate().map_err(|error| error.to_string())?;
    Ok(session)
}

/// The parsed value, provided that it prints as what was stored: anything else would not be found
/// again under its index key.
fn exact<T, E: ToString>(
    parsed: Result<T, E>,
    text: impl Fn(&T) -> &str,
    stored: &str,
) -> Result<T, String> {
    let value = parsed.map_err(|error| error.to_string())?;
    if text(&value) == stored {
        Ok(value)
    } else {
        Err(format!("holds {stored:?} in another form"))
    }
}
