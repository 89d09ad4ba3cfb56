//! From the entries of an index to the rows that they are about.

use redb::{ReadableTable, ReadableTableMetadata};

use crate::session::{ProjectPath, Session, SessionId};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::head::{Head, MetadataPlace};
use crate::store::format::keys;
use crate::store::format::session_row;
use crate::store::format::tables::{Index, Tables};

/// The indexes of open sessions alone have one entry for each of them. Where they hold more or fewer than
/// each other, an answer that comes from an index may lack a session, or have one twice.
pub(super) fn check_in_step(tables: &impl Tables) -> Result<(), Fault> {
    const INDEXES: [Index; 3] = [Index::Path, Index::Name, Index::Created];
    let mut lengths = [0; INDEXES.len()];
    for (length, index) in lengths.iter_mut().zip(INDEXES) {
        *length = tables.index(index)?.len()?;
    }
    let [first, rest @ ..] = lengths;
    if rest.iter().all(|length| *length == first) {
        return Ok(());
    }
    let tables = INDEXES.map(Index::table).join(", ");
    Err(Fault::Damaged(format!(
        "the indexes disagree on the number of sessions: {tables} hold {lengths:?}"
    )))
}

/// Returns the session without metadata that lies apart.
pub(super) fn head(tables: &impl Tables, id: SessionId) -> Result<Option<Head>, Fault> {
    let key: &[u8] = id.as_uuid().as_bytes();
    match tables.sessions()?.get(key)? {
        Some(row) => session_row::decode(id, row.value()).map(Some),
        None => Ok(None),
    }
}

/// Returns the session with the metadata that lies apart.
pub(super) fn whole(tables: &impl Tables, head: Head) -> Result<Session, Fault> {
    if head.place() == MetadataPlace::InRow {
        return head.with_extra(None);
    }
    let key = *head.id().as_uuid().as_bytes();
    let extra = tables.extra()?.get(key.as_slice())?;
    head.with_extra(extra.as_ref().map(redb::AccessGuard::value))
}

/// Returns which open session holds this path; of several the most recently active.
pub(super) fn path_holder(
    tables: &impl Tables,
    path: &ProjectPath,
) -> Result<Option<SessionId>, Fault> {
    let (first, end) = keys::text_range(&[], path.as_str());
    let mut holders = tables
        .index(Index::Path)?
        .range::<&[u8]>(first.as_slice()..end.as_slice())?;
    let Some(holder) = holders.next() else {
        check_in_step(tables)?;
        return Ok(None);
    };
    if holders.next().is_some() {
        return most_recent(tables, path).map(Some);
    }
    entries::session_of(Index::Path, holder?.0.value(), &[]).map(Some)
}

/// Returns which of several open sessions of a path was active last.
fn most_recent(tables: &impl Tables, path: &ProjectPath) -> Result<SessionId, Fault> {
    let (first, end) = keys::text_range(&Index::RecentOnPath.key(&[]), path.as_str());
    let last = tables
        .index(Index::RecentOnPath)?
        .range::<&[u8]>(first.as_slice()..end.as_slice())?
        .next_back();
    let last = last.ok_or_else(|| {
        let table = Index::RecentOnPath.table();
        Fault::Damaged(format!("{table} lacks the sessions of project {path}"))
    })?;
    entries::session_of(Index::RecentOnPath, last?.0.value(), &[])
}

/// Returns the session that an entry of the index by creation time names.
pub(super) fn created_entry(tables: &impl Tables, key: &[u8]) -> Result<Session, Fault> {
    let id = entries::session_of(Index::Created, key, &[])?;
    let session = indexed(tables, id, Index::Created)?;
    if keys::timed(session.created_at(), id) == key {
        Ok(session)
    } else {
        Err(astray(id, Index::Created))
    }
}

/// Returns the session an index entry names.
pub(super) fn indexed(tables: &impl Tables, id: SessionId, index: Index) -> Result<Session, Fault> {
    let head = head(tables, id)?.ok_or_else(|| rowless(id, index))?;
    whole(tables, head)
}

pub(super) fn rowless(id: SessionId, index: Index) -> Fault {
    let index = index.table();
    Fault::Damaged(format!("{index} names session {id}, which has no row"))
}

pub(super) fn astray(id: SessionId, index: Index) -> Fault {
    let index = index.table();
    Fault::Damaged(format!("{index} and the row of session {id} do not agree"))
}

/// Visits the session of every entry of an index that shares its table with others.
pub(super) fn for_all<T: Tables>(
    tables: &T,
    index: Index,
    visit: impl FnMut(SessionId) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let first = index.key(&[]);
    let end = keys::prefix_end(&first);
    for_each(tables, index, &first, end.as_deref(), visit)
}

pub(super) fn for_each<T: Tables>(
    tables: &T,
    index: Index,
    first: &[u8],
    end: Option<&[u8]>,
    mut visit: impl FnMut(SessionId) -> Result<(), Fault>,
) -> Result<(), Fault> {
    use std::ops::Bound;

    let end = end.map_or(Bound::Unbounded, Bound::Excluded);
    for entry in tables
        .index(index)?
        .range::<&[u8]>((Bound::Included(first), end))?
    {
        visit(entries::session_of(index, entry?.0.value(), &[])?)?;
    }
    Ok(())
}
