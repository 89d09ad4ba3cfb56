//! A registry as bytes: every table, and a check of the indexes that shares no code with the store's.

use std::collections::BTreeMap;

use redb::{ReadTransaction, ReadableTable, TableDefinition, TableHandle};

use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::session::{Session, SessionId};
use crate::store::{Fault, codec};

pub(super) type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

/// Every table by name.
pub(super) type Dump = BTreeMap<String, Rows>;

pub(super) fn dump(registry: &SessionRegistry) -> Result<Dump> {
    registry
        .store()
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

/// Fails unless every row has exactly its index entries, and every index entry its row.
pub(super) fn check_indexes(dump: &Dump) {
    let mut expected = BTreeMap::from([
        ("session_by_path", Rows::new()),
        ("session_by_name", Rows::new()),
        ("session_by_created", Rows::new()),
    ]);
    let mut expect = |index, key: Vec<u8>, value: &[u8]| {
        let entries: &mut Rows = expected.get_mut(index).unwrap();
        let double = entries.insert(key, value.to_vec());
        assert_eq!(double, None, "two rows claim one entry of {index}");
    };
    for (key, row) in &dump["sessions"] {
        let session = decode(key, row);
        let time = session.created_at().as_micros().wrapping_sub(i64::MIN);
        let created = [time.to_be_bytes().as_slice(), key].concat();
        let name = [
            session.name().as_str().as_bytes(),
            b"\0",
            created.as_slice(),
        ]
        .concat();
        expect(
            "session_by_path",
            session.project_path().as_str().into(),
            key,
        );
        expect("session_by_name", name, b"");
        expect("session_by_created", created, b"");
    }
    for (index, entries) in expected {
        assert_eq!(dump[index], entries, "{index} and the rows do not agree");
    }
}

fn decode(key: &[u8], row: &[u8]) -> Session {
    let id = SessionId::from(uuid::Uuid::from_slice(key).unwrap());
    codec::decode(id, row).unwrap()
}
