//! Every question the store answers, written once for read and write transactions.

use redb::{ReadableTable, ReadableTableMetadata};

use super::codec;
use super::entries;
use super::fault::Fault;
use super::keys;
use super::tables::{Bytes, Index, Tables, meta};
use crate::session::{ProjectPath, Session, SessionId, SessionName};

/// The questions; asked of one transaction, they have one consistent answer.
pub(crate) trait Reads {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault>;
    fn contains(&self, id: SessionId) -> Result<bool, Fault>;
    fn path_holder(&self, path: &ProjectPath) -> Result<Option<SessionId>, Fault>;
    fn session_by_path(&self, path: &ProjectPath) -> Result<Option<Session>, Fault>;
    /// The open sessions of exactly this name, oldest first, `at_most` of them.
    fn sessions_by_name(&self, name: &str, at_most: usize) -> Result<Vec<Session>, Fault>;
    /// Every open session, oldest first. Reads on past rows that do not decode, to name them all.
    fn all(&self) -> Result<Vec<Session>, Fault>;
    /// The ids of [`all`](Reads::all), `at_most` of them.
    fn ids(&self, at_most: usize) -> Result<Vec<SessionId>, Fault>;
    /// The ids of every row, in the order of the ids, whatever the indexes say.
    fn row_ids(&self) -> Result<Vec<SessionId>, Fault>;
    fn count(&self) -> Result<u64, Fault>;
    fn max_sessions(&self) -> Result<u32, Fault>;
    /// The one that was set, while it is open; else the oldest open one.
    fn default_session(&self) -> Result<Option<SessionId>, Fault>;
    /// The one that was set, registered or not.
    fn chosen_default(&self) -> Result<Option<SessionId>, Fault>;
}

impl<T: Tables> Reads for T {
    fn session(&self, id: SessionId) -> Result<Option<Session>, Fault> {
        let key: &[u8] = id.as_uuid().as_bytes();
        match self.sessions()?.get(key)? {
            Some(row) => codec::decode(id, row.value()).map(Some),
            None => Ok(None),
        }
    }

    fn contains(&self, id: SessionId) -> Result<bool, Fault> {
        let key: &[u8] = id.as_uuid().as_bytes();
        Ok(self.sessions()?.get(key)?.is_some())
    }

    fn path_holder(&self, path: &ProjectPath) -> Result<Option<SessionId>, Fault> {
        match self.index(Index::Path)?.get(path.as_str().as_bytes())? {
            Some(value) => entries::session_of(Index::Path, &[], value.value()).map(Some),
            None => Ok(None),
        }
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

    fn sessions_by_name(&self, name: &str, at_most: usize) -> Result<Vec<Session>, Fault> {
        if name.len() > SessionName::MAX_BYTES || name.contains('\0') {
            return Ok(Vec::new());
        }
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
            let session = entries::session_of(Index::Created, entry?.0.value(), &[])
                .and_then(|id| indexed(self, id, Index::Created));
            match session {
                Ok(session) => found.push(session),
                Err(Fault::Damaged(detail)) => damaged.push(detail),
                Err(fault) => return Err(fault),
            }
        }
        if damaged.is_empty() {
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

    fn count(&self) -> Result<u64, Fault> {
        Ok(self.index(Index::Path)?.len()?)
    }

    fn max_sessions(&self) -> Result<u32, Fault> {
        meta_u32(self.meta()?, meta::MAX_SESSIONS)?
            .ok_or_else(|| Fault::Damaged("the limit is missing".into()))
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

pub(super) fn meta_u32(
    table: &impl ReadableTable<Bytes, Bytes>,
    name: &'static [u8],
) -> Result<Option<u32>, Fault> {
    let Some(value) = table.get(name)? else {
        return Ok(None);
    };
    let bytes = <[u8; 4]>::try_from(value.value()).map_err(|_| {
        Fault::Damaged(format!(
            "the setting {} is not a number",
            name.escape_ascii()
        ))
    })?;
    Ok(Some(u32::from_be_bytes(bytes)))
}

/// The session an index entry names.
pub(super) fn indexed(tables: &impl Reads, id: SessionId, index: Index) -> Result<Session, Fault> {
    let index = index.table();
    tables
        .session(id)?
        .ok_or_else(|| Fault::Damaged(format!("{index} names session {id}, which has no row")))
}

fn astray(id: SessionId, index: Index) -> Fault {
    let index = index.table();
    Fault::Damaged(format!("{index} and the row of session {id} do not agree"))
}
