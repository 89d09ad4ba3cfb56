//! Which index entries a session has: the one place that says so, for writing and for verifying.

use super::fault::Fault;
use super::keys;
use super::tables::Index;
use crate::session::{Session, SessionId};

/// One entry of one index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) index: Index,
    pub(super) key: Vec<u8>,
    /// The id that is the value; otherwise the value is empty and the key ends in the id.
    pub(super) value: Option<SessionId>,
}

impl Entry {
    pub(super) fn value_bytes(&self) -> &[u8] {
        match &self.value {
            Some(id) => id.as_uuid().as_bytes(),
            None => &[],
        }
    }
}

/// Every index entry of `session`.
pub(super) fn of(session: &Session) -> Vec<Entry> {
    let (id, created_at) = (session.id(), session.created_at());
    let in_key = |index, key| Entry {
        index,
        key,
        value: None,
    };
    vec![
        Entry {
            index: Index::Path,
            key: session.project_path().as_str().as_bytes().to_vec(),
            value: Some(id),
        },
        in_key(
            Index::Name,
            keys::name(session.name().as_str(), created_at, id),
        ),
        in_key(Index::Created, keys::created(created_at, id).to_vec()),
    ]
}

/// The session that an entry found in `index` is about.
pub(super) fn session_of(index: Index, key: &[u8], value: &[u8]) -> Result<SessionId, Fault> {
    let id = match index {
        Index::Path => <[u8; 16]>::try_from(value).ok().map(keys::id),
        Index::Name | Index::Created => keys::trailing_id(key),
    };
    id.ok_or_else(|| {
        Fault::Damaged(format!(
            "{} holds an entry without a session id",
            index.table()
        ))
    })
}
