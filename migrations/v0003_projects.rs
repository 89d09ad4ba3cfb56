//! Schema version 3: several sessions in one project, aliases, tags, parents, who chose a name, activity of owners,
//! and the tables of changes and waiters. Frozen.
//!
//! Rows change from format 2 to format 3: the origin of the name comes after the name; metadata becomes optional,
//! absent where it has more than 1024 bytes of keys and values, and then lies in a table of its own; aliases, tags,
//! pin and parent come at the end, and no session of version 2 has any. Claims change from format 1 to format 2.
//! The index by path gets several sessions a path: its entries go by path and creation time, and so do new ones of
//! the closed sessions.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Bound;

use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::{Step, StepError};

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

const META: Table = TableDefinition::new("meta");
const SESSIONS: Table = TableDefinition::new("sessions");
/// Id (16), format byte 1, postcard map of metadata.
const SESSION_EXTRA: Table = TableDefinition::new("session_extra");
const CLAIMS: Table = TableDefinition::new("claims");
const CHANGES: Table = TableDefinition::new("changes");
const WAITERS: Table = TableDefinition::new("waiters");
/// Path, 0x00, time of creation, id; it was path to id.
const SESSION_BY_PATH: Table = TableDefinition::new("session_by_path");
const SESSION_BY_CREATED: Table = TableDefinition::new("session_by_created");
const SESSION_ALIAS: Table = TableDefinition::new("session_alias");
const SESSION_ORDER: Table = TableDefinition::new("session_order");

/// Closed: path, 0x00, time of closing, id.
const CLOSED_PATH: u8 = 3;
/// Closed: time of creation, id.
const CLOSED_CREATED: u8 = 4;
/// Open: path, 0x00, last activity, id.
const RECENT_ON_PATH: u8 = 9;
/// Closed: path, 0x00, time of creation, id.
const CLOSED_ON_PATH: u8 = 12;

const MOST_METADATA_IN_ROW: usize = 1024;

pub(super) const STEP: Step = Step {
    version: 3,
    min_reader: 3,
    run,
};

/// Postcard writes a struct as its fields, so their order is the format.
#[derive(serde::Deserialize)]
struct OldRow<'a> {
    name: &'a str,
    project_path: &'a str,
    provider: Option<&'a str>,
    model: Option<&'a str>,
    temperature: f64,
    max_tokens: u32,
    metadata: BTreeMap<&'a str, &'a str>,
    created_at: i64,
    updated_at: i64,
    revision: u64,
    last_active_at: i64,
    closed: Option<Closing>,
}

#[derive(serde::Serialize)]
struct NewRow<'a> {
    name: &'a str,
    name_origin: NameOrigin,
    project_path: &'a str,
    provider: Option<&'a str>,
    model: Option<&'a str>,
    temperature: f64,
    max_tokens: u32,
    metadata: Option<&'a BTreeMap<&'a str, &'a str>>,
    created_at: i64,
    updated_at: i64,
    revision: u64,
    last_active_at: i64,
    closed: Option<Closing>,
    aliases: &'a [&'a str],
    tags: &'a [&'a str],
    pinned: bool,
    /// No older session has one; nor an activity, below.
    parent: Option<()>,
}

#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
struct Closing {
    at: i64,
    reason: CloseReason,
}

#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
enum CloseReason {
    Requested,
    OwnerDied,
}

#[derive(serde::Serialize)]
enum NameOrigin {
    Given,
    Automatic,
}

#[derive(serde::Deserialize)]
struct OldClaim<'a> {
    owner: [u8; 16],
    epoch: u64,
    pid: u32,
    host: &'a str,
    machine: &'a str,
    claimed_at: i64,
}

#[derive(serde::Serialize)]
struct NewClaim<'a> {
    epoch: u64,
    owner: [u8; 16],
    machine: Option<&'a str>,
    boot: Option<&'a str>,
    host: &'a str,
    pid: u32,
    pid_namespace: Option<u64>,
    driver: Option<u32>,
    program: Option<&'a str>,
    claimed_at: i64,
    activity: Option<()>,
}

fn run(transaction: &WriteTransaction) -> Result<(), StepError> {
    for table in [CHANGES, WAITERS, SESSION_ALIAS, SESSION_EXTRA] {
        transaction.open_table(table)?;
    }
    let mut meta = transaction.open_table(META)?;
    let one = 1_u32.to_be_bytes();
    meta.insert(b"max_sessions_per_project".as_slice(), one.as_slice())?;
    carry_over_indexes(transaction)?;
    carry_over_rows(transaction)?;
    carry_over_claims(transaction)
}

/// The entries that go by path. They are made from the old ones and not from the rows, so that an unreadable row
/// keeps its own, too, and hides no other session.
fn carry_over_indexes(transaction: &WriteTransaction) -> Result<(), StepError> {
    let mut order = transaction.open_table(SESSION_ORDER)?;
    let mut created = BTreeMap::new();
    for entry in transaction.open_table(SESSION_BY_CREATED)?.iter()? {
        let (key, _) = entry?;
        created.extend(timed(key.value()));
    }
    for entry in
        order.range::<&[u8]>([CLOSED_CREATED].as_slice()..[CLOSED_CREATED + 1].as_slice())?
    {
        let (key, _) = entry?;
        created.extend(timed(key.value()));
    }

    let mut open = transaction.open_table(SESSION_BY_PATH)?;
    for (path, id) in pairs(open.iter()?)? {
        open.remove(path.as_slice())?;
        if let Some(time) = <[u8; 16]>::try_from(id)
            .ok()
            .and_then(|id| created.get_key_value(&id))
        {
            let key = by_path(&[], &path, time);
            open.insert(key.as_slice(), [].as_slice())?;
        }
    }
    let closed = order.range::<&[u8]>([CLOSED_PATH].as_slice()..[CLOSED_PATH + 1].as_slice())?;
    for (key, _) in pairs(closed)? {
        // Order, path, 0x00, time, id.
        let path = key.len().checked_sub(25).and_then(|end| key.get(1..end));
        let (Some(path), Some((id, closed_at))) = (path, timed(&key)) else {
            continue;
        };
        order.remove(key.as_slice())?;
        let key = by_path(&[CLOSED_PATH], path, (&id, &closed_at));
        order.insert(key.as_slice(), [].as_slice())?;
        if let Some(time) = created.get_key_value(&id) {
            let key = by_path(&[CLOSED_ON_PATH], path, time);
            order.insert(key.as_slice(), [].as_slice())?;
        }
    }
    Ok(())
}

fn carry_over_rows(transaction: &WriteTransaction) -> Result<(), StepError> {
    let mut sessions = transaction.open_table(SESSIONS)?;
    let mut extra = transaction.open_table(SESSION_EXTRA)?;
    let mut order = transaction.open_table(SESSION_ORDER)?;
    let mut at: Option<Vec<u8>> = None;
    while let Some((id, old)) = next_row(&sessions, at.as_deref())? {
        // A row that cannot be read stays as it is: it is reported as damaged, and hides no other.
        if let Some(new) = <[u8; 16]>::try_from(id.as_slice())
            .ok()
            .and_then(|id| new_row(id, &old))
        {
            sessions.insert(id.as_slice(), new.row.as_slice())?;
            if let Some(metadata) = new.extra {
                extra.insert(id.as_slice(), metadata.as_slice())?;
            }
            if let Some(key) = new.recent_on_path {
                order.insert(key.as_slice(), [].as_slice())?;
            }
        }
        at = Some(id);
    }
    Ok(())
}

/// What becomes of one row.
struct Carried {
    row: Vec<u8>,
    extra: Option<Vec<u8>>,
    recent_on_path: Option<Vec<u8>>,
}

/// The row in format 3, the metadata that no longer lies in it, and the one entry it did not have.
fn new_row(id: [u8; 16], old: &[u8]) -> Option<Carried> {
    let row: OldRow<'_> = decoded(old, 2)?;
    let path = respelled(row.project_path);
    let bytes: usize = row
        .metadata
        .iter()
        .map(|(key, value)| key.len() + value.len())
        .sum();
    let is_apart = bytes > MOST_METADATA_IN_ROW;
    let extra = if is_apart {
        Some(postcard::to_extend(&row.metadata, vec![1]).ok()?)
    } else {
        None
    };
    let new = NewRow {
        name: row.name,
        name_origin: name_origin(row.name, &path),
        project_path: &path,
        provider: row.provider,
        model: row.model,
        temperature: row.temperature,
        max_tokens: row.max_tokens,
        metadata: (!is_apart).then_some(&row.metadata),
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: row.revision,
        last_active_at: row.last_active_at,
        closed: row.closed,
        aliases: &[],
        tags: &[],
        pinned: false,
        parent: None,
    };
    let last_active = (&id, &ordered(row.last_active_at));
    let recent = by_path(&[RECENT_ON_PATH], row.project_path.as_bytes(), last_active);
    Some(Carried {
        row: postcard::to_extend(&new, vec![3]).ok()?,
        extra,
        recent_on_path: row.closed.is_none().then_some(recent),
    })
}

/// How version 3 spells a project path, rows and entries alike. What was stored on Unix begins with one `/` and stays
/// byte for byte; Windows knew many spellings of one place, which are one now. Two sessions may be in one place
/// afterwards.
fn respelled(path: &str) -> Cow<'_, str> {
    let bytes = path.as_bytes();
    if bytes.first() == Some(&b'/') && bytes.get(1) != Some(&b'/') {
        return Cow::Borrowed(path);
    }
    let path = match path.strip_prefix("//") {
        Some(share) => format!(r"\\{share}"),
        None => path.to_owned(),
    };
    let path = match path.strip_prefix(r"\\?\") {
        Some(verbatim)
            if verbatim
                .get(..4)
                .is_some_and(|unc| unc.eq_ignore_ascii_case(r"UNC\")) =>
        {
            format!(r"\\{}", verbatim.get(4..).unwrap_or_default())
        }
        Some(verbatim) if is_drive(verbatim) => verbatim.to_owned(),
        _ => path,
    };
    // Volumes by their ids and devices have no such form any more; as URIs they lose nothing.
    if path.starts_with(r"\\?\") || path.starts_with(r"\\.\") {
        return Cow::Owned(format!("windows:{}", path.replace('\\', "/")));
    }
    let path = path.replace('/', r"\");
    let path = if is_drive(&path) {
        let (letter, rest) = path.split_at(1);
        format!("{}{rest}", letter.to_ascii_uppercase())
    } else {
        path
    };
    let root = if is_drive(&path) { 3 } else { 0 };
    let end = path.trim_end_matches('\\').len().max(root);
    Cow::Owned(path.get(..end).unwrap_or(&path).to_owned())
}

/// Whether a path begins with a letter, a colon and a separator.
fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// A name that is exactly what the path ends with was made from it, and so was `session` where there is nothing.
fn name_origin(name: &str, path: &str) -> NameOrigin {
    let separator = if is_drive(path) || path.starts_with('\\') {
        '\\'
    } else {
        '/'
    };
    let automatic = match path.rsplit(separator).next() {
        None | Some("") => "session",
        Some(last) => last,
    };
    if name == automatic {
        NameOrigin::Automatic
    } else {
        NameOrigin::Given
    }
}

fn carry_over_claims(transaction: &WriteTransaction) -> Result<(), StepError> {
    let mut claims = transaction.open_table(CLAIMS)?;
    for (id, old) in pairs(claims.iter()?)? {
        // As with rows.
        if let Some(new) = new_claim(&old) {
            claims.insert(id.as_slice(), new.as_slice())?;
        }
    }
    Ok(())
}

/// The claim in format 2.
fn new_claim(old: &[u8]) -> Option<Vec<u8>> {
    let claim: OldClaim<'_> = decoded(old, 1)?;
    let new = NewClaim {
        epoch: claim.epoch,
        owner: claim.owner,
        machine: Some(claim.machine).filter(|machine| !machine.is_empty()),
        boot: None,
        host: claim.host,
        pid: claim.pid,
        pid_namespace: None,
        driver: None,
        program: None,
        claimed_at: claim.claimed_at,
        activity: None,
    };
    postcard::to_extend(&new, vec![2]).ok()
}

/// What follows the format byte, all of it.
fn decoded<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8], format: u8) -> Option<T> {
    let (_, value) = bytes.split_first().filter(|(found, _)| **found == format)?;
    let (value, rest) = postcard::take_from_bytes(value).ok()?;
    rest.is_empty().then_some(value)
}

/// The session at the end of a key, and the time before it.
fn timed(key: &[u8]) -> Option<([u8; 16], [u8; 8])> {
    let id = key.last_chunk::<16>()?;
    let time = key.get(..key.len() - 16)?.last_chunk::<8>()?;
    Some((*id, *time))
}

/// The key of an entry by path, from the path as version 2 spelt it.
fn by_path(order: &[u8], path: &[u8], (id, time): (&[u8; 16], &[u8; 8])) -> Vec<u8> {
    let path = match str::from_utf8(path) {
        Ok(path) => respelled(path),
        Err(_) => Cow::default(),
    };
    [order, path.as_bytes(), &[0], time.as_slice(), id.as_slice()].concat()
}

fn ordered(value: i64) -> [u8; 8] {
    (value.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// A key and its value.
type Pair = (Vec<u8>, Vec<u8>);

fn pairs(
    entries: redb::Range<'_, &'static [u8], &'static [u8]>,
) -> Result<Vec<Pair>, redb::StorageError> {
    entries
        .map(|entry| entry.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())))
        .collect()
}

/// The first row after `at`.
fn next_row(
    sessions: &impl ReadableTable<&'static [u8], &'static [u8]>,
    at: Option<&[u8]>,
) -> Result<Option<Pair>, redb::StorageError> {
    let from = at.map_or(Bound::Unbounded, Bound::Excluded);
    let mut rows = sessions.range::<&[u8]>((from, Bound::Unbounded))?;
    let row = rows.next().transpose()?;
    Ok(row.map(|(id, row)| (id.value().to_vec(), row.value().to_vec())))
}
