//! Files of version 2 with rows that no golden file has.

use std::collections::BTreeMap;
use std::path::Path;

use redb::TableDefinition;

use super::open_file;
use crate::registry::SessionRegistry;
use crate::store::Sharing;
use crate::store::format::schema::STEPS;

pub(super) type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// When an older session was closed.
pub(super) const CLOSED: Option<i64> = Some(50);

/// A session as version 2 stored it.
#[derive(Clone)]
pub(super) struct Older {
    pub(super) number: u8,
    pub(super) name: String,
    pub(super) path: String,
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) closed: Option<i64>,
}

impl Older {
    pub(super) fn new(number: u8, name: &str, path: &str) -> Self {
        Self {
            number,
            name: name.into(),
            path: path.into(),
            metadata: BTreeMap::new(),
            closed: None,
        }
    }

    pub(super) fn created(&self) -> i64 {
        i64::from(self.number)
    }

    fn row(&self) -> Vec<u8> {
        let nothing: Option<&str> = None;
        let config = (nothing, nothing, 0.5_f64, 7_u32);
        let (created, updated, revision, active) = (self.created(), 20_i64, 3_u64, 30_i64);
        let closed = self.closed.map(|at| (at, 0_u8));
        let row = (
            (&self.name, &self.path, config, &self.metadata),
            (created, updated, revision, active, closed),
        );
        postcard::to_extend(&row, vec![2]).unwrap()
    }

    /// Every entry that version 2 made: table, key, value.
    fn entries(&self) -> Vec<(&'static str, Vec<u8>, Vec<u8>)> {
        let id = [self.number; 16];
        let time = |time: i64| time.wrapping_sub(i64::MIN).to_be_bytes();
        let timed = |at: i64| [time(at).as_slice(), &id].concat();
        let state = u8::from(self.closed.is_some());
        let order = |parts: &[&[u8]]| ("session_order", parts.concat(), vec![]);
        let (name, path) = (self.name.as_bytes(), self.path.as_bytes());
        let folded = self.name.to_lowercase();
        let mut entries = vec![
            order(&[&[5, state], &timed(30)]),
            order(&[&[6, state], &timed(20)]),
            order(&[&[7, state], folded.as_bytes(), b"\0", &id]),
        ];
        let created = timed(self.created());
        match self.closed {
            Some(at) => {
                entries.push(order(&[&[3], path, b"\0", &timed(at)]));
                entries.push(order(&[&[4], &created]));
            }
            None => {
                let named = [name, b"\0", &created].concat();
                entries.push(("session_by_path", path.to_vec(), id.to_vec()));
                entries.push(("session_by_name", named, vec![]));
                entries.push(("session_by_created", created, vec![]));
            }
        }
        entries
    }
}

/// Writes a file of version 2 with these sessions, and claims as they stand in it.
pub(super) fn write(file: &Path, sessions: &[Older], claims: &[(u8, Vec<u8>)]) {
    open_file(file, Sharing::Exclusive, &STEPS[..2])
        .unwrap()
        .close()
        .unwrap();
    let database = redb::Database::open(file).unwrap();
    let mut transaction = database.begin_write().unwrap();
    transaction.set_two_phase_commit(true);
    let put = |table: &'static str, key: &[u8], value: &[u8]| {
        let mut table = transaction.open_table(Table::new(table)).unwrap();
        table.insert(key, value).unwrap();
    };
    for session in sessions {
        put("sessions", &[session.number; 16], &session.row());
        for (table, key, value) in session.entries() {
            put(table, &key, &value);
        }
    }
    for (number, claim) in claims {
        put("claims", &[*number; 16], claim);
    }
    transaction.commit().unwrap();
    database.close().unwrap();
}

/// Migrates a file of version 2 with these sessions.
pub(super) fn migrated(
    sessions: &[Older],
    claims: &[(u8, Vec<u8>)],
) -> (tempfile::TempDir, SessionRegistry) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    write(&file, sessions, claims);
    let registry = open_file(&file, Sharing::Shared, STEPS).unwrap();
    assert_eq!(registry.open_report().migrated_from, Some(2));
    (directory, registry)
}
