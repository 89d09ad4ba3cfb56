//! Session rows: one format byte, then postcard. Metadata that is too large for the row lies beside it, so that
//! what changes often stays small.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::head::{Head, MetadataPlace};
use super::words::{Closing, Origin, Origination};
use crate::session::{
    Alias, Parent, ProjectPath, Said, Session, SessionConfig, SessionId, SessionName, SessionParts,
    Tag, Timestamp,
};
use crate::store::fault::Fault;

/// The format byte of the rows this crate writes.
const FORMAT: u8 = 3;
/// The format byte of metadata beside a row.
const EXTRA_FORMAT: u8 = 1;

/// What follows the format byte. The order of the fields is the format: never change it, add a new
/// format instead.
#[derive(Serialize)]
struct RowToWrite<'a> {
    name: &'a str,
    name_origin: Origin,
    project_path: &'a str,
    provider: Option<&'a str>,
    model: Option<&'a str>,
    temperature: f64,
    max_tokens: u32,
    /// `None` where it lies apart.
    metadata: Option<&'a BTreeMap<String, String>>,
    created_at: i64,
    updated_at: i64,
    revision: u64,
    last_active_at: i64,
    closed: Option<Closing>,
    aliases: Vec<&'a str>,
    tags: Vec<&'a str>,
    pinned: bool,
    parent: Option<Origination>,
}

/// The same bytes, for reading.
#[derive(Deserialize)]
struct RowToRead<'a> {
    name: &'a str,
    name_origin: Origin,
    project_path: &'a str,
    provider: Option<String>,
    model: Option<String>,
    temperature: f64,
    max_tokens: u32,
    metadata: Option<BTreeMap<String, String>>,
    created_at: i64,
    updated_at: i64,
    revision: u64,
    last_active_at: i64,
    closed: Option<Closing>,
    #[serde(borrow)]
    aliases: Vec<&'a str>,
    #[serde(borrow)]
    tags: Vec<&'a str>,
    pinned: bool,
    parent: Option<Origination>,
}

impl Head {
    /// The session with its metadata: `extra` is what lies apart, if anything does.
    pub(in crate::store) fn with_extra(self, extra: Option<&[u8]>) -> Result<Session, Fault> {
        let Self { mut session, place } = self;
        if place == MetadataPlace::InRow {
            return Ok(session);
        }
        let extra = extra.ok_or("is not there".to_owned());
        *session.metadata_mut() = extra.and_then(decode_extra).map_err(|what| {
            Fault::Damaged(format!("the metadata of session {} {what}", session.id()))
        })?;
        valid(session)
    }

    pub(in crate::store) fn encode(&self) -> Result<Vec<u8>, Fault> {
        encode_row(&self.session, self.place)
    }
}

/// Returns the row of a session, and where its metadata lies.
pub(in crate::store) fn encode(session: &Session) -> Result<(Vec<u8>, MetadataPlace), Fault> {
    let place = MetadataPlace::of(session.metadata());
    Ok((encode_row(session, place)?, place))
}

fn encode_row(session: &Session, place: MetadataPlace) -> Result<Vec<u8>, Fault> {
    let config = session.config();
    let row = RowToWrite {
        name: session.name().as_str(),
        name_origin: session.name_origin().into(),
        project_path: session.project_path().as_str(),
        provider: config.provider.as_deref(),
        model: config.model.as_deref(),
        temperature: config.temperature,
        max_tokens: config.max_tokens,
        metadata: (place == MetadataPlace::InRow).then(|| session.metadata()),
        created_at: session.created_at().as_micros(),
        updated_at: session.updated_at().as_micros(),
        revision: session.revision(),
        last_active_at: session.last_active_at().as_micros(),
        closed: Closing::of(session.state()),
        aliases: session.aliases().iter().map(Alias::as_str).collect(),
        tags: session.tags().iter().map(Tag::as_str).collect(),
        pinned: session.is_pinned(),
        parent: session.parent().map(Origination::from),
    };
    postcard::to_extend(&row, vec![FORMAT]).map_err(|error| not_encoded(session, &error))
}

/// Returns the metadata that lies apart.
pub(in crate::store) fn encode_extra(session: &Session) -> Result<Vec<u8>, Fault> {
    postcard::to_extend(session.metadata(), vec![EXTRA_FORMAT])
        .map_err(|error| not_encoded(session, &error))
}

fn not_encoded(session: &Session, error: &postcard::Error) -> Fault {
    let id = session.id();
    Fault::Damaged(format!("session {id} cannot be encoded: {error}"))
}

/// Decodes the row of `id`. A row that breaks a rule of [`Session`] is as damaged as one that cannot be
/// decoded: this crate never writes one.
pub(in crate::store) fn decode(id: SessionId, bytes: &[u8]) -> Result<Head, Fault> {
    read_row(id, bytes).map_err(|what| damaged(id, &what))
}

fn damaged(id: SessionId, what: &str) -> Fault {
    Fault::Damaged(format!("the row of session {id} {what}"))
}

fn valid(session: Session) -> Result<Session, Fault> {
    match session.validate() {
        Ok(()) => Ok(session),
        Err(error) => Err(damaged(session.id(), &error.to_string())),
    }
}

fn decode_extra(bytes: &[u8]) -> Result<BTreeMap<String, String>, String> {
    let metadata: BTreeMap<String, String> = from_bytes(bytes, EXTRA_FORMAT)?;
    if MetadataPlace::of(&metadata) == MetadataPlace::Apart {
        Ok(metadata)
    } else {
        Err("lies apart, although it is small".into())
    }
}

/// What follows the format byte, provided that it is `expected` and nothing is left over.
fn from_bytes<'a, T: Deserialize<'a>>(bytes: &'a [u8], expected: u8) -> Result<T, String> {
    let (format, value) = bytes.split_first().ok_or("is empty")?;
    if *format != expected {
        return Err(format!("has the unknown format {format}"));
    }
    let (value, rest) =
        postcard::take_from_bytes(value).map_err(|error| format!("does not decode: {error}"))?;
    if !rest.is_empty() {
        return Err(format!("has {} bytes too many", rest.len()));
    }
    Ok(value)
}

fn read_row(id: SessionId, bytes: &[u8]) -> Result<Head, String> {
    let row: RowToRead<'_> = from_bytes(bytes, FORMAT)?;
    let place = match &row.metadata {
        Some(metadata) if MetadataPlace::of(metadata) == MetadataPlace::Apart => {
            return Err("holds metadata that is too large for it".into());
        }
        Some(_) => MetadataPlace::InRow,
        None => MetadataPlace::Apart,
    };
    let session = Session::from_parts(SessionParts {
        id,
        name: exact(
            SessionName::from_stored(row.name),
            SessionName::as_str,
            row.name,
        )?,
        name_origin: Said::new(row.name_origin.into()),
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
        metadata: row.metadata.unwrap_or_default(),
        aliases: Said::new(exact_set(&row.aliases, Alias::new, Alias::as_str)?),
        tags: Said::new(exact_set(&row.tags, Tag::new, Tag::as_str)?),
        pinned: Said::new(row.pinned),
        parent: row.parent.map(Parent::from),
        created_at: Timestamp::from_micros(row.created_at),
        updated_at: Timestamp::from_micros(row.updated_at),
        revision: row.revision,
        last_active_at: Timestamp::from_micros(row.last_active_at),
        state: Closing::state(row.closed),
    });
    session.validate().map_err(|error| error.to_string())?;
    Ok(Head { session, place })
}

/// The parsed values, each as it was stored, and none of them twice.
fn exact_set<'a, T: Ord, E: ToString>(
    stored: &[&'a str],
    parse: impl Fn(&'a str) -> Result<T, E>,
    text: impl Fn(&T) -> &str,
) -> Result<BTreeSet<T>, String> {
    let mut values = BTreeSet::new();
    for stored in stored {
        if !values.insert(exact(parse(stored), &text, stored)?) {
            return Err(format!("holds {stored:?} twice"));
        }
    }
    Ok(values)
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
