//! Every question the store answers, written once for read and write transactions.

use redb::{ReadableTable, ReadableTableMetadata};

use super::indexed::{self, astray, check_in_step, created_entry, indexed, most_recent, whole};
use crate::session::{Alias, ProjectPath, Session, SessionId, SessionName};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::head::Head;
use crate::store::format::keys;
use crate::store::format::tables::{Index, Tables, meta, meta_u32};

/// The questions; asked of one transaction, they have one consistent answer.
pub(crate) trait Reads {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault>;
    /// The session without metadata that lies apart.
    fn head(&self, id: SessionId) -> Result<Option<Head>, Fault>;
    fn contains(&self, id: SessionId) -> Result<bool, Fault>;
    /// Which open session holds this path; of several the most recently active. Looks at no row.
    fn path_holder(&self, path: &ProjectPath) -> Result<Option<SessionId>, Fault>;
    /// How many open sessions are on this path, as far as `at_most`. Looks at no row.
    fn count_on_path(&self, path: &ProjectPath, at_most: u64) -> Result<u64, Fault>;
    /// The open sessions of this path, least recently active first. Looks at no row.
    fn on_path(&self, path: &ProjectPath) -> Result<Vec<SessionId>, Fault>;
    /// The session that holds this path.
    fn session_by_path(&self, path: &ProjectPath) -> Result<Option<Session>, Fault>;
    /// The sessions of [`on_path`](Reads::on_path), most recently active first.
    fn sessions_on_path(&self, path: &ProjectPath) -> Result<Vec<Session>, Fault>;
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
        indexed::head(self, id)
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

    fn count_on_path(&self, path: &ProjectPath, at_most: u64) -> Result<u64, Fault> {
        check_in_step(self)?;
        let (first, end) = keys::text_range(&[], path.as_str());
        let mut entries = self
            .index(Index::Path)?
            .range::<&[u8]>(first.as_slice()..end.as_slice())?;
        let mut count = 0;
        while count < at_most && entries.next().transpose()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    fn on_path(&self, path: &ProjectPath) -> Result<Vec<SessionId>, Fault> {
        let (first, end) = keys::text_range(&Index::RecentOnPath.key(&[]), path.as_str());
        let found: Vec<_> = self
            .index(Index::RecentOnPath)?
            .range::<&[u8]>(first.as_slice()..end.as_slice())?
            .map(|entry| entries::session_of(Index::RecentOnPath, entry?.0.value(), &[]))
            .collect::<Result<_, Fault>>()?;
        if found.len() as u64 == self.count_on_path(path, u64::MAX)? {
            return Ok(found);
        }
        let table = Index::RecentOnPath.table();
        let detail = format!("{table} and session_by_path disagree on project {path}");
        Err(Fault::Damaged(detail))
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

    fn sessions_on_path(&self, path: &ProjectPath) -> Result<Vec<Session>, Fault> {
        let found = self.on_path(path)?.into_iter().rev();
        found
            .map(|id| {
                let session = indexed(self, id, Index::RecentOnPath)?;
                if session.project_path() == path {
                    Ok(session)
                } else {
                    Err(astray(id, Index::RecentOnPath))
                }
            })
            .collect()
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
