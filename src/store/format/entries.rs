//! Which index entries a session has: the one place that says so, for writing and for verifying.

use super::keys;
use super::tables::Index;
use crate::session::{CloseReason, Session, SessionId, SessionState};
use crate::store::fault::Fault;

/// One entry of one index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Entry {
    pub(in crate::store) index: Index,
    pub(in crate::store) key: Vec<u8>,
    /// The id that is the value; otherwise the value is empty and the key ends in the id.
    pub(in crate::store) value: Option<SessionId>,
}

impl Entry {
    pub(in crate::store) fn value_bytes(&self) -> &[u8] {
        match &self.value {
            Some(id) => id.as_uuid().as_bytes(),
            None => &[],
        }
    }
}

/// Returns every index entry of `session`.
pub(in crate::store) fn of(session: &Session) -> Vec<Entry> {
    let id = session.id();
    let in_key = |index: Index, rest: &[u8]| Entry {
        index,
        key: index.key(rest),
        value: None,
    };
    let path = session.project_path().as_str();
    let name = session.name().as_str();
    let created = keys::timed(session.created_at(), id);
    let last_active = keys::timed(session.last_active_at(), id);
    let updated = keys::timed(session.updated_at(), id);
    let state = [keys::state(session.state())];
    let folded = keys::texted(&keys::folded(name), id.as_uuid().as_bytes());
    // What orders the sessions of one tag or parent.
    let dated = [&state, created.as_slice()].concat();
    let mut entries = vec![
        in_key(
            Index::LastActive,
            &[&state, last_active.as_slice()].concat(),
        ),
        in_key(Index::Updated, &[&state, updated.as_slice()].concat()),
        in_key(Index::FoldedName, &[&state, folded.as_slice()].concat()),
    ];
    for alias in session.aliases() {
        entries.push(Entry {
            index: Index::Alias,
            key: keys::alias(alias),
            value: Some(id),
        });
    }
    for tag in session.tags() {
        entries.push(in_key(Index::Tag, &keys::texted(tag.as_str(), &dated)));
    }
    if let Some(parent) = session.parent() {
        entries.push(in_key(Index::Children, &keys::child(parent.id, &dated)));
    }
    match session.state() {
        SessionState::Open => entries.extend([
            in_key(Index::Path, &keys::texted(path, &created)),
            in_key(Index::RecentOnPath, &keys::texted(path, &last_active)),
            in_key(Index::Name, &keys::texted(name, &created)),
            in_key(Index::Created, &created),
        ]),
        SessionState::Closed { at, reason } => {
            let closed = keys::texted(path, &keys::timed(at, id));
            entries.push(in_key(Index::ClosedPath, &closed));
            entries.push(in_key(Index::ClosedOnPath, &keys::texted(path, &created)));
            entries.push(in_key(Index::ClosedCreated, &created));
            if reason == CloseReason::OwnerDied {
                entries.push(in_key(Index::Interrupted, &last_active));
            }
        }
    }
    entries
}

/// Returns the session that an entry found in `index` is about.
pub(in crate::store) fn session_of(
    index: Index,
    key: &[u8],
    value: &[u8],
) -> Result<SessionId, Fault> {
    let id = match index {
        Index::Alias => <[u8; 16]>::try_from(value).ok().map(keys::id),
        _ => keys::trailing_id(key),
    };
    id.ok_or_else(|| {
        Fault::Damaged(format!(
            "{} holds an entry without a session id",
            index.table()
        ))
    })
}
