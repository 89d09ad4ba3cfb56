//! What rules ask, written once for read and write transactions.

use redb::{ReadableTable, ReadableTableMetadata};

use super::indexed::{astray, check_in_step, head, indexed, path_holder, whole};
use crate::session::{Alias, ProjectPath, Session, SessionId, Timestamp};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::keys;
use crate::store::format::tables::{Index, Tables, meta, meta_u32};

/// What rules ask; asked of one transaction, it has one consistent answer. Whatever else can answer it, such as a
/// draft of what is to be written, can be held to the same rules.
pub(crate) trait Reads {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault>;
    fn contains(&self, id: SessionId) -> Result<bool, Fault>;
    /// How many open sessions are on this path, as far as `at_most`. Looks at no row.
    fn count_on_path(&self, path: &ProjectPath, at_most: u64) -> Result<u64, Fault>;
    /// The open sessions of this path, least recently active first. Looks at no row.
    fn on_path(&self, path: &ProjectPath) -> Result<Vec<SessionId>, Fault>;
    /// The session that holds this path: of several the most recently active.
    fn session_by_path(&self, path: &ProjectPath) -> Result<Option<Session>, Fault>;
    /// The session of this alias, open or closed.
    fn alias_holder(&self, alias: &Alias) -> Result<Option<SessionId>, Fault>;
    /// When the session of this project that was closed last, of all but these, was closed. Looks at no row.
    fn newest_closing(
        &self,
        path: &ProjectPath,
        besides: &[SessionId],
    ) -> Result<Option<Timestamp>, Fault>;
    fn count(&self) -> Result<u64, Fault>;
    fn max_sessions(&self) -> Result<u32, Fault>;
    /// At least 1.
    fn max_sessions_per_project(&self) -> Result<u32, Fault>;
    /// The one that was set, registered or not.
    fn chosen_default(&self) -> Result<Option<SessionId>, Fault>;
}

impl<T: Tables> Reads for T {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault> {
        let head = head(self, id)?;
        head.map(|head| whole(self, head)).transpose()
    }

    fn contains(&self, id: SessionId) -> Result<bool, Fault> {
        let key: &[u8] = id.as_uuid().as_bytes();
        Ok(self.sessions()?.get(key)?.is_some())
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
        let Some(id) = path_holder(self, path)? else {
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

    fn newest_closing(
        &self,
        path: &ProjectPath,
        besides: &[SessionId],
    ) -> Result<Option<Timestamp>, Fault> {
        let (first, end) = keys::text_range(&Index::ClosedPath.key(&[]), path.as_str());
        let entries = self
            .index(Index::ClosedPath)?
            .range::<&[u8]>(first.as_slice()..end.as_slice())?;
        for entry in entries.rev() {
            let (key, _) = entry?;
            let id = entries::session_of(Index::ClosedPath, key.value(), &[])?;
            if !besides.contains(&id) {
                return Ok(keys::trailing_time(key.value()));
            }
        }
        Ok(None)
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
