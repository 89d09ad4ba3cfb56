//! Every other question the store answers, written once for read and write transactions.

use redb::{ReadableTable, ReadableTableMetadata};

use super::indexed::{self, astray, check_in_step, created_entry, for_all, indexed};
use super::read::Reads;
use crate::session::{Alias, ProjectPath, Session, SessionId, SessionName};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::head::Head;
use crate::store::format::keys;
use crate::store::format::tables::{Index, Tables};

/// What callers ask, beyond what rules do.
pub(crate) trait Lists: Reads {
    /// The session without metadata that lies apart.
    fn head(&self, id: SessionId) -> Result<Option<Head>, Fault>;
    /// Which open session holds this path; of several the most recently active. Looks at no row.
    fn path_holder(&self, path: &ProjectPath) -> Result<Option<SessionId>, Fault>;
    /// The sessions of [`on_path`](Reads::on_path), most recently active first.
    fn sessions_on_path(&self, path: &ProjectPath) -> Result<Vec<Session>, Fault>;
    fn session_by_alias(&self, alias: &Alias) -> Result<Option<Session>, Fault>;
    /// The open sessions of exactly this name, oldest first, `at_most` of them.
    fn sessions_by_name(&self, name: &str, at_most: usize) -> Result<Vec<Session>, Fault>;
    /// Every open session, oldest first. Reads on past rows that do not decode, to name them all.
    fn all(&self) -> Result<Vec<Session>, Fault>;
    /// The ids of [`all`](Lists::all), `at_most` of them.
    fn ids(&self, at_most: usize) -> Result<Vec<SessionId>, Fault>;
    /// The ids of every row, in the order of the ids, whatever the indexes say.
    fn row_ids(&self) -> Result<Vec<SessionId>, Fault>;
    /// How many rows there are, readable or not, whatever the indexes say.
    fn row_count(&self) -> Result<u64, Fault>;
    /// The one that was set, while it is open; else the oldest open one.
    fn default_session(&self) -> Result<Option<SessionId>, Fault>;
    /// The sessions that were closed because their owner died, least recently active first.
    fn closed_by_death(&self) -> Result<Vec<Session>, Fault>;
}

impl<T: Tables> Lists for T {
    fn head(&self, id: SessionId) -> Result<Option<Head>, Fault> {
        indexed::head(self, id)
    }

    fn path_holder(&self, path: &ProjectPath) -> Result<Option<SessionId>, Fault> {
        indexed::path_holder(self, path)
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

    fn closed_by_death(&self) -> Result<Vec<Session>, Fault> {
        let mut found = Vec::new();
        for_all(self, Index::Interrupted, |id| {
            found.push(indexed(self, id, Index::Interrupted)?);
            Ok(())
        })?;
        Ok(found)
    }
}
