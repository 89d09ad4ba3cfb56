//! An export reads on past what is damaged, and leaves out nothing that can be read.

use std::path::PathBuf;

use redb::{Database, Table, TableDefinition};
use session_registry::{Error, Session, SessionRegistry};
use tempfile::TempDir;

use crate::support::values::{id, session};

type Rows<'txn> = Table<'txn, &'static [u8], &'static [u8]>;

const CREATED: &str = "session_by_created";
const ORDER: &str = "session_order";
const ROWS: &str = "sessions";
/// The number of the index of closed sessions by creation, in the table of orders.
const CLOSED_CREATED: u8 = 4;

/// A registry file with sessions 1 to 6, the even ones closed.
struct Six {
    file: PathBuf,
    _directory: TempDir,
}

impl Six {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let registry = SessionRegistry::open(&file).unwrap();
        for number in 1..=6 {
            registry.register(session(number)).unwrap();
        }
        for number in [2, 4, 6] {
            registry.close_session(id(number)).unwrap();
        }
        registry.close().unwrap();
        Self {
            file,
            _directory: directory,
        }
    }

    fn edit(&self, table: &str, change: impl FnOnce(&mut Rows<'_>)) {
        let database = Database::open(&self.file).unwrap();
        let transaction = database.begin_write().unwrap();
        let definition = TableDefinition::<&[u8], &[u8]>::new(table);
        change(&mut transaction.open_table(definition).unwrap());
        transaction.commit().unwrap();
        database.close().unwrap();
    }

    /// The numbers of the sessions in the order of the export, what it says at the end, and its answer.
    fn export(&self) -> (Vec<u128>, u64, Result<u64, Error>) {
        let registry = SessionRegistry::open(&self.file).unwrap();
        let mut text = Vec::new();
        let answer = registry.export(&mut text);
        let text = String::from_utf8(text).unwrap();
        let mut lines: Vec<_> = text.lines().skip(1).collect();
        let end: serde_json::Value = serde_json::from_str(lines.pop().unwrap()).unwrap();
        let number = |line: &str| {
            let session: Session = serde_json::from_str(line).unwrap();
            session.id().as_uuid().as_u128()
        };
        let numbers = lines.into_iter().map(number).collect();
        (numbers, end["exported"].as_u64().unwrap(), answer)
    }

    #[track_caller]
    fn assert_whole(&self, expected: [u128; 6]) {
        let (numbers, said, answer) = self.export();
        assert_eq!((numbers.as_slice(), said), (expected.as_slice(), 6));
        assert_eq!(answer.unwrap(), 6);
    }
}

fn key(number: u128) -> [u8; 16] {
    *id(number).as_uuid().as_bytes()
}

#[test]
fn damaged_rows_are_named_once_and_the_others_stand_in_order() {
    let six = Six::new();
    six.edit(ROWS, |rows| {
        for number in [3, 4] {
            rows.insert(key(number).as_slice(), b"damaged".as_slice())
                .unwrap();
        }
    });
    let (numbers, said, answer) = six.export();
    assert_eq!((numbers.as_slice(), said), (&[1, 2, 5, 6][..], 4));
    let Err(Error::Corrupted { detail, .. }) = answer else {
        panic!("{answer:?}");
    };
    let row = |number| {
        format!(
            "the row of session {} has the unknown format 100",
            id(number)
        )
    };
    let expected = format!("4 sessions were exported; {}; {}", row(3), row(4));
    assert_eq!(detail, expected);
}

#[test]
fn rows_that_no_index_names_come_last() {
    let six = Six::new();
    let ends = |key: &[u8], number| key.ends_with(&self::key(number));
    six.edit(CREATED, |rows| {
        rows.retain(|key, _| !ends(key, 1)).unwrap();
    });
    six.edit(ORDER, |rows| {
        let is_it = |key: &[u8]| key[0] == CLOSED_CREATED && ends(key, 4);
        rows.retain(|key, _| !is_it(key)).unwrap();
    });
    six.assert_whole([2, 3, 5, 6, 1, 4]);

    six.edit(CREATED, |rows| rows.retain(|_, _| false).unwrap());
    six.edit(ORDER, |rows| rows.retain(|_, _| false).unwrap());
    six.assert_whole([1, 2, 3, 4, 5, 6]);
}

#[test]
fn entries_without_a_session_change_nothing() {
    let six = Six::new();
    six.edit(CREATED, |rows| {
        // Of no row; and of a closed session, in the index of open ones, at its own place and at another.
        let place = |time: u64, number| [time.to_be_bytes().as_slice(), &key(number)].concat();
        let own = {
            let micros = session(4).created_at().as_micros();
            micros.cast_unsigned() ^ (1 << 63)
        };
        for stray in [
            place(own, 99),
            place(own, 4),
            place(u64::MAX, 6),
            place(0, 5),
        ] {
            rows.insert(stray.as_slice(), b"".as_slice()).unwrap();
        }
    });
    six.assert_whole([1, 2, 3, 4, 5, 6]);
}

#[test]
fn an_index_that_cannot_be_read_ends_the_order_and_not_the_export() {
    let six = Six::new();
    six.edit(CREATED, |rows| {
        rows.insert(b"short".as_slice(), b"".as_slice()).unwrap();
    });
    let (mut numbers, said, answer) = six.export();
    numbers.sort_unstable();
    assert_eq!((numbers, said), ((1..=6).collect(), 6));
    assert_eq!(answer.unwrap(), 6);
}
