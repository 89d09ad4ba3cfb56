//! Sums find rows and indexes in agreement exactly where a search for each entry finds nothing.

use redb::{ReadableDatabase, ReadableTable, TableDefinition};

use super::{Case, id, open_file, session};
use crate::session::{Alias, Relation, Session, SessionId, Tag, Timestamp};
use crate::shared::soak;
use crate::store::Sharing;
use crate::store::format::read_tables::ReadTables;
use crate::store::format::schema::STEPS;
use crate::store::rows::sums::rows_in_agreement;
use crate::store::rows::verification::Verification;
use crate::store::rows::verify::search;

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

const TABLES: [&str; 7] = [
    "sessions",
    "session_extra",
    "session_by_path",
    "session_by_name",
    "session_by_created",
    "session_order",
    "session_alias",
];
const SESSIONS: u8 = 12;

/// One of every kind that has entries of its own.
fn varied(number: u8) -> Session {
    let plain = session(number);
    let mut builder = Session::builder(plain.project_path().clone())
        .id(plain.id())
        .created_at(Timestamp::from_micros(i64::from(number % 3)));
    if number.is_multiple_of(3) {
        builder = builder.metadata("notes", "x".repeat(1100 + usize::from(number)));
    }
    if number.is_multiple_of(2) {
        builder = builder
            .alias(Alias::new(format!("tool:{number}")).unwrap())
            .tag(Tag::new("even").unwrap());
    }
    if number > 8 {
        builder = builder.parent(id(number - 8), Relation::Fork);
    }
    builder.build()
}

fn registry_file(directory: &std::path::Path) -> std::path::PathBuf {
    let path = directory.join("sessions.redb");
    let registry = open_file(&path, Sharing::Shared, STEPS).unwrap();
    registry.set_max_sessions(u32::MAX).unwrap();
    for number in 1..=SESSIONS {
        registry.register(varied(number)).unwrap();
    }
    for number in [2, 3, 9] {
        registry.close_session(id(number)).unwrap();
    }
    registry.close().unwrap();
    path
}

/// Changes one table in one way that this crate never does; says how.
fn damage(database: &redb::Database, random: &mut fastrand::Rng) -> String {
    let name = TABLES[random.usize(..TABLES.len())];
    let transaction = database.begin_write().unwrap();
    let said = {
        let mut table = transaction.open_table(Table::new(name)).unwrap();
        let rows: Vec<(Vec<u8>, Vec<u8>)> = table
            .iter()
            .unwrap()
            .map(|row| row.map(|(key, value)| (key.value().to_vec(), value.value().to_vec())))
            .collect::<Result<_, _>>()
            .unwrap();
        let (key, value) = &rows[random.usize(..rows.len())];
        let (other_key, other_value) = &rows[random.usize(..rows.len())];
        let mut put = |key: &[u8], value: &[u8]| drop(table.insert(key, value).unwrap());
        let how = random.u8(..6);
        match how {
            0 => drop(table.remove(key.as_slice()).unwrap()),
            1 => {
                let mut key = key.clone();
                let at = random.usize(..key.len());
                key[at] ^= 1 << random.u8(..8);
                put(&key, value);
            }
            2 => put(key, other_value),
            3 => {
                put(key, other_value);
                put(other_key, value);
            }
            4 => {
                let mut value = value.clone();
                if value.is_empty() {
                    value.push(random.u8(..));
                } else {
                    let at = random.usize(..value.len());
                    value[at] ^= 1 << random.u8(..8);
                }
                put(key, &value);
            }
            _ => {
                let bytes: Vec<u8> = (0..random.usize(..30)).map(|_| random.u8(..)).collect();
                put(&bytes, value);
            }
        }
        format!("{name}, change {how} at {}", key.escape_ascii())
    };
    transaction.commit().unwrap();
    said
}

#[test]
fn sums_and_the_search_agree_on_whether_anything_is_wrong() {
    let mut random = soak::rng("sums_and_the_search_agree_on_whether_anything_is_wrong");
    let directory = tempfile::tempdir().unwrap();
    let path = registry_file(directory.path());
    let good = std::fs::read(&path).unwrap();
    let mut wrong = 0;
    for round in 0..soak::share(150, 15_000) {
        std::fs::write(&path, &good).unwrap();
        let database = redb::Database::open(&path).unwrap();
        let damages = if round == 0 { 0 } else { random.usize(1..3) };
        let said: Vec<_> = (0..damages)
            .map(|_| damage(&database, &mut random))
            .collect();
        let _case = Case(format!("{said:?}"));
        let tables = ReadTables::new(database.begin_read().unwrap());
        let mut found = Verification::default();
        search(&tables, &mut found).unwrap();
        let summed = rows_in_agreement(&tables).unwrap();
        assert_eq!(summed.is_some(), found.is_clean(), "{found:?}");
        if let Some(rows) = summed {
            assert_eq!(rows, u64::from(SESSIONS));
        }
        wrong += usize::from(!found.is_clean());
    }
    assert!(wrong > 0, "no damage was any");
}

/// Two rows that say to have one entry, of which there can be only one.
#[test]
fn an_entry_that_two_rows_want_is_no_agreement() {
    let directory = tempfile::tempdir().unwrap();
    let path = registry_file(directory.path());
    let database = redb::Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let mut rows = transaction.open_table(Table::new("sessions")).unwrap();
        let key = |number: u8| *SessionId::as_uuid(&id(number)).as_bytes();
        let row = rows.get(key(4).as_slice()).unwrap();
        let row = row.unwrap().value().to_vec();
        // The row of 4 under another id: all entries but that of the alias are missing.
        rows.insert(key(77).as_slice(), row.as_slice()).unwrap();
    }
    transaction.commit().unwrap();
    let tables = ReadTables::new(database.begin_read().unwrap());
    assert_eq!(rows_in_agreement(&tables).unwrap(), None);
}
