//! A registry as bytes: every table, and a check of the indexes that shares no code with the store's.

use std::collections::BTreeMap;

use redb::{ReadTransaction, ReadableTable, TableDefinition, TableHandle};

use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::session::{CloseReason, Session, SessionId, SessionState, Timestamp};
use crate::store::Fault;
use crate::store::format::session_row;

pub(super) type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Every table by name.
pub(super) type Dump = BTreeMap<String, Rows>;

pub(super) fn dump(registry: &SessionRegistry) -> Result<Dump> {
    registry
        .store()
        .call()
        .read("dump", |view| read(view.tables().transaction()))
}

fn read(transaction: &ReadTransaction) -> Result<Dump, Fault> {
    let mut dump = Dump::new();
    for handle in transaction.list_tables()? {
        let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(handle.name());
        let table = transaction.open_table(definition)?;
        let rows = dump.entry(handle.name().to_owned()).or_default();
        for row in table.iter()? {
            let (key, value) = row?;
            rows.insert(key.value().to_vec(), value.value().to_vec());
        }
    }
    Ok(dump)
}

/// Fails unless every row has exactly its index entries, every index entry its row, and every claim an
/// open session.
pub(super) fn check_indexes(dump: &Dump) {
    let mut expected: BTreeMap<&str, Rows> = [
        "session_by_path",
        "session_by_name",
        "session_by_created",
        "session_order",
        "session_alias",
    ]
    .map(|index| (index, Rows::new()))
    .into();
    for session in sessions(dump) {
        for (index, key, value) in entries(&session) {
            let double = expected.get_mut(index).unwrap().insert(key, value);
            assert_eq!(double, None, "two rows claim one entry of {index}");
        }
    }
    let large: Vec<_> = sessions(dump)
        .filter(|session| {
            let pairs = session.metadata().iter();
            pairs.map(|(k, v)| k.len() + v.len()).sum::<usize>() > 1024
        })
        .map(|session| session.id().as_uuid().as_bytes().to_vec())
        .collect();
    let apart: Vec<_> = dump["session_extra"].keys().cloned().collect();
    assert_eq!(
        apart, large,
        "metadata lies apart exactly where it is large"
    );
    for (index, entries) in expected {
        assert_eq!(dump[index], entries, "{index} and the rows do not agree");
    }
    let open: Vec<_> = sessions(dump)
        .filter(|session| session.state().is_open())
        .collect();
    for id in dump["claims"].keys() {
        assert!(
            open.iter()
                .any(|session| session.id().as_uuid().as_bytes() == id.as_slice())
        );
    }
}

/// The rows, decoded.
pub(super) fn sessions(dump: &Dump) -> impl Iterator<Item = Session> {
    dump["sessions"].iter().map(|(key, row)| {
        let id = SessionId::from(uuid::Uuid::from_slice(key).unwrap());
        let extra = dump["session_extra"].get(key);
        let head = session_row::decode(id, row).unwrap();
        head.with_extra(extra.map(Vec::as_slice)).unwrap()
    })
}

/// The index entries of a session, as `store/format/tables.rs` describes them: table, key, value.
fn entries(session: &Session) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
    let id = session.id().as_uuid().as_bytes().to_vec();
    let name = session.name().as_str();
    let path = session.project_path().as_str().as_bytes();
    let created = [&time(session.created_at()), id.as_slice()].concat();
    let active = [&time(session.last_active_at()), id.as_slice()].concat();
    let updated = [&time(session.updated_at()), id.as_slice()].concat();
    let state = u8::from(!session.state().is_open());
    let mut found = vec![
        (
            "session_order",
            [&[5, state], active.as_slice()].concat(),
            vec![],
        ),
        (
            "session_order",
            [&[6, state], updated.as_slice()].concat(),
            vec![],
        ),
        (
            "session_order",
            [&[7, state], name.to_lowercase().as_bytes(), b"\0", &id].concat(),
            vec![],
        ),
    ];
    let dated = [&[state], created.as_slice()].concat();
    for tag in session.tags() {
        let key = [&[10], tag.as_str().as_bytes(), b"\0", &dated].concat();
        found.push(("session_order", key, vec![]));
    }
    if let Some(parent) = session.parent() {
        let parent = parent.id.as_uuid().as_bytes().as_slice();
        found.push(("session_order", [&[11], parent, &dated].concat(), vec![]));
    }
    for alias in session.aliases() {
        let (namespace, value) = alias.as_str().split_once(':').unwrap();
        let key = [value.as_bytes(), b"\0", namespace.as_bytes()].concat();
        found.push(("session_alias", key, id.clone()));
    }
    match session.state() {
        SessionState::Open => {
            let recent = [&[9], path, b"\0", &active].concat();
            found.push(("session_order", recent, vec![]));
            let named = [name.as_bytes(), b"\0", &created].concat();
            found.push(("session_by_name", named, vec![]));
            let placed = [path, b"\0", &created].concat();
            found.push(("session_by_path", placed, vec![]));
            found.push(("session_by_created", created, vec![]));
        }
        SessionState::Closed { at, reason } => {
            let closed = [&[3], path, b"\0", &time(at), &id].concat();
            found.push(("session_order", closed, vec![]));
            let placed = [&[12], path, b"\0", &created].concat();
            found.push(("session_order", placed, vec![]));
            found.push(("session_order", [&[4], created.as_slice()].concat(), vec![]));
            if reason == CloseReason::OwnerDied {
                found.push(("session_order", [&[8], active.as_slice()].concat(), vec![]));
            }
        }
    }
    found
}

fn time(time: Timestamp) -> [u8; 8] {
    time.as_micros().wrapping_sub(i64::MIN).to_be_bytes()
}
