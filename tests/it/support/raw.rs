//! The file as the engine sees it, for what no call of the library brings about.

use std::path::Path;

use redb::{Builder, ConcurrencyMode, Database, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};
use session_registry::SessionId;

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

const META: Table = TableDefinition::new("meta");
const CLAIMS: Table = TableDefinition::new("claims");
const SESSIONS: Table = TableDefinition::new("sessions");
const CHANGES: Table = TableDefinition::new("changes");
const WAITERS: Table = TableDefinition::new("waiters");
const EXTRA: Table = TableDefinition::new("session_extra");
const CLAIM_FORMAT: u8 = 2;

/// A claim as it stands in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ClaimRow {
    pub(crate) epoch: u64,
    pub(crate) owner: [u8; 16],
    pub(crate) machine: Option<String>,
    pub(crate) boot: Option<String>,
    pub(crate) host: String,
    pub(crate) pid: u32,
    pub(crate) pid_namespace: Option<u64>,
    pub(crate) driver: Option<u32>,
    pub(crate) program: Option<String>,
    pub(crate) claimed_at: i64,
    pub(crate) activity: Option<ActivityRow>,
}

/// What an owner does, by the number of the word; the note; and since when.
pub(crate) type ActivityRow = (u32, Option<String>, i64);

impl ClaimRow {
    /// The name of the owner's file.
    pub(crate) fn file(&self) -> String {
        uuid::Uuid::from_bytes(self.owner).simple().to_string()
    }
}

/// Opens the file beside others who share it.
pub(crate) fn open(file: &Path) -> Database {
    Builder::new()
        .set_concurrency_mode(ConcurrencyMode::MultiWriter)
        .open(file)
        .unwrap()
}

fn edit<T>(file: &Path, change: impl FnOnce(&WriteTransaction) -> T) -> T {
    let database = open(file);
    let mut transaction = database.begin_write().unwrap();
    transaction.set_two_phase_commit(true);
    let answer = change(&transaction);
    transaction.commit().unwrap();
    answer
}

/// Changes the row of a claim, and answers it as it is then.
pub(crate) fn edit_claim(
    file: &Path,
    id: SessionId,
    change: impl FnOnce(&mut ClaimRow),
) -> ClaimRow {
    edit(file, |transaction| {
        let mut claims = transaction.open_table(CLAIMS).unwrap();
        let key = id.as_uuid().as_bytes().as_slice();
        let row = claims.get(key).unwrap().expect("a claim").value().to_vec();
        assert_eq!(row[0], CLAIM_FORMAT);
        let mut claim: ClaimRow = postcard::from_bytes(&row[1..]).unwrap();
        change(&mut claim);
        let row = postcard::to_extend(&claim, vec![CLAIM_FORMAT]).unwrap();
        claims.insert(key, row.as_slice()).unwrap();
        claim
    })
}

/// Puts bytes that mean nothing in place of a session's row.
pub(crate) fn damage_row(file: &Path, id: SessionId) {
    damage(file, SESSIONS, id);
}

/// Puts bytes that mean nothing in place of the metadata that lies apart.
pub(crate) fn damage_extra(file: &Path, id: SessionId) {
    damage(file, EXTRA, id);
}

/// Takes a session's row away, and leaves everything else about it.
pub(crate) fn remove_row(file: &Path, id: SessionId) {
    edit(file, |transaction| {
        let mut rows = transaction.open_table(SESSIONS).unwrap();
        let key = id.as_uuid().as_bytes().as_slice();
        assert!(rows.remove(key).unwrap().is_some(), "there was no row");
    });
}

/// Puts bytes that mean nothing in place of a claim.
pub(crate) fn damage_claim(file: &Path, id: SessionId) {
    damage(file, CLAIMS, id);
}

fn damage(file: &Path, table: Table, id: SessionId) {
    edit(file, |transaction| {
        let mut rows = transaction.open_table(table).unwrap();
        let key = id.as_uuid().as_bytes().as_slice();
        let nonsense = [0xff; 20];
        let before = rows.insert(key, nonsense.as_slice()).unwrap();
        assert!(before.is_some(), "there was no row");
    });
}

/// Stamps the file as a newer version would, while others may have it open.
pub(crate) fn stamp(file: &Path, schema_version: u32, min_reader: u32) {
    edit(file, |transaction| {
        let mut meta = transaction.open_table(META).unwrap();
        for (key, value) in [
            ("schema_version", schema_version),
            ("min_reader", min_reader),
        ] {
            let value = value.to_be_bytes();
            meta.insert(key.as_bytes(), value.as_slice()).unwrap();
        }
    });
}

/// Returns a row of the log of changes.
pub(crate) fn change(file: &Path, revision: u64) -> Vec<u8> {
    edit(file, |transaction| {
        let log = transaction.open_table(CHANGES).unwrap();
        let row = log.get(revision.to_be_bytes().as_slice()).unwrap();
        row.expect("a change").value().to_vec()
    })
}

/// Puts a row into the log of changes.
pub(crate) fn put_change(file: &Path, revision: u64, row: &[u8]) {
    put_change_at(file, &revision.to_be_bytes(), row);
}

/// Puts a row into the log of changes, under whatever key.
pub(crate) fn put_change_at(file: &Path, key: &[u8], row: &[u8]) {
    edit(file, |transaction| {
        let mut log = transaction.open_table(CHANGES).unwrap();
        log.insert(key, row).unwrap();
    });
}

/// Takes a row out of the log of changes.
pub(crate) fn remove_change(file: &Path, revision: u64) {
    edit(file, |transaction| {
        let mut log = transaction.open_table(CHANGES).unwrap();
        let before = log.remove(revision.to_be_bytes().as_slice()).unwrap();
        assert!(before.is_some(), "there was no change");
    });
}

/// Runs `meanwhile` while a peer is in the middle of a write.
pub(crate) fn while_a_peer_writes<T>(file: &Path, meanwhile: impl FnOnce() -> T) -> T {
    let database = open(file);
    let transaction = database.begin_write().unwrap();
    let answer = meanwhile();
    transaction.abort().unwrap();
    answer
}

/// The numbers of those who wait, dead or alive.
pub(crate) fn waiters(file: &Path) -> Vec<u64> {
    edit(file, |transaction| {
        let rows = transaction.open_table(WAITERS).unwrap();
        let numbers = rows.iter().unwrap().map(|row| {
            let key = row.unwrap().0.value().try_into().unwrap();
            u64::from_be_bytes(key)
        });
        numbers.collect()
    })
}

/// Takes everybody out of the line.
pub(crate) fn remove_waiters(file: &Path) {
    edit(file, |transaction| {
        let mut rows = transaction.open_table(WAITERS).unwrap();
        rows.retain(|_, _| false).unwrap();
    });
}

/// Adds two rows that mean nothing to those who wait: one of them has a key that is no number.
pub(crate) fn damage_waiters(file: &Path) {
    edit(file, |transaction| {
        let mut rows = transaction.open_table(WAITERS).unwrap();
        let nonsense = [0xff; 20];
        rows.insert([0; 8].as_slice(), nonsense.as_slice()).unwrap();
        rows.insert([1; 3].as_slice(), nonsense.as_slice()).unwrap();
    });
}
