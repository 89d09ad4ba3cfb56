//! Every question the store answers, written once for read and write transactions.

use redb::{ReadableTable, ReadableTableMetadata};

use crate::session::{Alias, ProjectPath, Session, SessionId, SessionName};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::head::{Head, MetadataPlace};
use crate::store::format::keys;
use crate::store::format::session_row;
use crate::store::format::tables::{Index, Tables, meta, meta_u32};

/// The questions; asked of one transaction, they have one consistent answer.
pub(crate) trait Reads {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault>;
    /// The session without metadata that lies apart.
    fn head(&self, id: SessionId) -> Result<Option<Head>, Fault>;
    fn contains(&self, id: SessionId) -> Result<bool, Fault>;
    /// Which open session holds this path; of several the most recently active. Looks at no row.
    fn path_holder(&self, path: &ProjectPath) -> Result<Option<SessionId>, Fault>;
    /// The session that holds this path.
    fn session_by_path(&self, path: &ProjectPath) -> Result<Option<Session>, Fault>;
    /// The session of this alias, open or closed.
    fn alias_holder(&self, alias: &Alias) -> Result<Option<SessionId>, Fault>;
    fn session_by_alias(&self, alias: &Alias) -> Result<Option<Session>, Fault>;
    /// The open sessions of exactly this name, oldest first, `at_most` of them.
    fn sessions_by_name(&self, name: &str, at_most: usize) -> Result<Vec<Session>, Fault>;
    /// Every open session, oldest first. Reads on past rows that do not decode, to name them all.
    fn all(&self) -> Result<Vec<Session>, Fault>;
    /// The ids of [`all`](Reads::all), `at_most` of them.
    fn ids(&self, at_most: usize) -> Result<Vec<SessionId>, Fault>;
    /// The ids of every row, in the order of the ids, whatever the indexes say.
    fn row_ids(&self) -> Result<Vec<SessionId>, Fault>;
    /// How many rows there are, readable or not, whatever the indexes say.
    fn row_count(&self) -> Result<u64, Fault>;
    fn count(&self) -> Result<u64, Fault>;
    fn max_sessions(&self) -> Result<u32, Fault>;
    /// At least 1.
    fn max_sessions_per_project(&self) -> Result<u32, Fault>;
    /// The one that was set, while it is open; else the oldest open one.
    fn default_session(&self) -> Result<Option<SessionId>, Fault>;
    /// The one that was set, registered or not.
    fn chosen_default(&self) -> Result<Option<SessionId>, Fault>;
}

impl<T: Tables> Reads for T {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault> {
        let head = self.head(id)?;
        head.map(|head| whole(self, head)).transpose()
    }

    fn head(&self, id: SessionId) -> Result<Option<Head>, Fault> {
        let key: &[u8] = id.as_uuid().as_bytes();
        match self.sessions()?.get(key)? {
            Some(row) => session_row::decode(id, row.value()).map(Some),
            None => Ok(None),
        }
    }

    fn contains(&self, id: SessionId) -> Result<bool, Fault> {
        let key: &[u8] = id.as_uuid().as_bytes();
        Ok(self.sessions()?.get(key)?.is_some())
    }

    fn path_holder(&self, path: &ProjectPath) -> Result<Option<SessionId>, Fault> {
        let (first, end) = keys::text_range(&[], path.as_str());
        let mut holders = self
            .index(Index::Path)?
            .range::<&[u8]>(first.as_slice()..end.as_slice())?;
        let Some(holder) = holders.next() else {
            check_in_step(self)?;
            return Ok(None);
        };
        if holders.next().is_some() {
            return most_recent(self, path).map(Some);
        }
        entries::session_of(Index::Path, holder?.0.value(), &[]).map(Some)
    }

    fn session_by_path(&self, path: &ProjectPath) -> Result<Option<Session>, Fault> {
        let Some(id) = self.path_holder(path)? else {
            return Ok(None);
        };
        let session = indexed(self, id, Index::Path)?;
        if session.project_path() != path {
            return Err(astray(id, Index::Path));
        }
        Ok(Some(session))
    }

    fn alias_holder(&self, alias: &Alias) -> Result<Option<SessionId>, Fault> {
        let key = keys::alias(alias);
        match self.index(Index::Alias)?.get(key.as_slice())? {
            Some(id) => entries::session_of(Index::Alias, &[], id.value()).map(Some),
            None => Ok(None),
        }
    }

    fn session_by_alias(&self, alias: &Alias) -> Result<Option<Session>, Fault> {
        let Some(id) = self.alias_holder(alias)? else {
            return Ok(None);
        };
        let session = indexed(self, id, Index::Alias)?;
        if !session.aliases().contains(alias) {
            return Err(astray(id, Index::Alias));
        }
        Ok(Some(session))
    }

    fn sessions_by_name(&self, name: &str, at_most: usize) -> Result<Vec<Session>, Fault> {
        if name.len() > SessionName::MAX_BYTES || name.contains('\0') {
            return Ok(Vec::new());
        }
        check_in_step(self)?;
        let (first, end) = keys::text_range(&[], name);
        let mut found = Vec::new();
        for entry in self
            .index(Index::Name)?
            .range::<&[u8]>(first.as_slice()..end.as_slice())?
            .take(at_most)
        {
            let id = entries::session_of(Index::Name, entry?.0.value(), &[])?;
            let session = indexed(self, id, Index::Name)?;
            if session.name().as_str() != name {
                return Err(astray(id, Index::Name));
            }
            found.push(session);
        }
        Ok(found)
    }

    fn all(&self) -> Result<Vec<Session>, Fault> {
        let mut found = Vec::new();
        let mut damaged = Vec::new();
        for entry in self.index(Index::Created)?.iter()? {
            match created_entry(self, entry?.0.value()) {
                Ok(session) => found.push(session),
                Err(Fault::Damaged(detail)) => damaged.push(detail),
                Err(fault) => return Err(fault),
            }
        }
        if damaged.is_empty() {
            check_in_step(self)?;
            return Ok(found);
        }
        Err(Fault::Damaged(format!(
            "{} of {} sessions cannot be read: {}",
            damaged.len(),
            damaged.len() + found.len(),
            damaged.join("; ")
        )))
    }

    fn ids(&self, at_most: usize) -> Result<Vec<SessionId>, Fault> {
        check_in_step(self)?;
        self.index(Index::Created)?
            .iter()?
            .take(at_most)
            .map(|entry| entries::session_of(Index::Created, entry?.0.value(), &[]))
            .collect()
    }

    fn row_ids(&self) -> Result<Vec<SessionId>, Fault> {
        let mut ids = Vec::new();
        for row in self.sessions()?.iter()? {
            ids.extend(<[u8; 16]>::try_from(row?.0.value()).map(keys::id));
        }
        Ok(ids)
    }

    fn row_count(&self) -> Result<u64, Fault> {
        Ok(self.sessions()?.len()?)
    }

    fn count(&self) -> Result<u64, Fault> {
        check_in_step(self)?;
        Ok(self.index(Index::Path)?.len()?)
    }

    fn max_sessions(&self) -> Result<u32, Fault> {
        meta_u32(self.meta()?, meta::MAX_SESSIONS)?
            .ok_or_else(|| Fault::Damaged("the limit is missing".into()))
    }

    fn max_sessions_per_project(&self) -> Result<u32, Fault> {
        meta_u32(self.meta()?, meta::MAX_SESSIONS_PER_PROJECT)?
            .filter(|limit| *limit > 0)
            .ok_or_else(|| Fault::Damaged("the number of sessions per project is missing".into()))
    }

    fn default_session(&self) -> Result<Option<SessionId>, Fault> {
        if let Some(id) = self.chosen_default()?
            && self
                .session(id)?
                .is_some_and(|session| session.state().is_open())
        {
            return Ok(Some(id));
        }
        Ok(self.ids(1)?.first().copied())
    }

    fn chosen_default(&self) -> Result<Option<SessionId>, Fault> {
        match self.meta()?.get(meta::DEFAULT_SESSION)? {
            Some(value) => match <[u8; 16]>::try_from(value.value()) {
                Ok(bytes) => Ok(Some(keys::id(bytes))),
                Err(_) => Err(Fault::Damaged("the default session is not an id".into())),
            },
            None => Ok(None),
        }
    }
}

/// The indexes of open sessions alone have one entry for each of them. Where they hold more or fewer than
/// each other, an answer that comes from an index may lack a session, or have one twice.
fn check_in_step(tables: &impl Tables) -> Result<(), Fault> {
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

/// Returns the session with the metadata that lies apart.
pub(super) fn whole(tables: &impl Tables, head: Head) -> Result<Session, Fault> {
    if head.place() == MetadataPlace::InRow {
        return head.with_extra(None);
    }
    let key = *head.id().as_uuid().as_bytes();
    let extra = tables.extra()?.get(key.as_slice())?;
    head.with_extra(extra.as_ref().map(redb::AccessGuard::value))
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
fn created_entry(tables: &impl Reads, key: &[u8]) -> Result<Session, Fault> {
    let id = entries::session_of(Index::Created, key, &[])?;
    let session = indexed(tables, id, Index::Created)?;
    if keys::timed(session.created_at(), id) == key {
        Ok(session)
    } else {
        Err(astray(id, Index::Created))
    }
}

/// Returns the session an index entry names.
pub(super) fn indexed(tables: &impl Reads, id: SessionId, index: Index) -> Result<Session, Fault> {
    tables.session(id)?.ok_or_else(|| rowless(id, index))
}

pub(super) fn rowless(id: SessionId, index: Index) -> Fault {
    let index = index.table();
    Fault::Damaged(format!("{index} names session {id}, which has no row"))
}

fn astray(id: SessionId, index: Index) -> Fault {
    let index = index.table();
    Fault::Damaged(format!("{index} and the row of session {id} do not agree"))
}
