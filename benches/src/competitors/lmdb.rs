//! LMDB: the default durable commit, the same index databases, rows in postcard.

use std::hint::black_box;
use std::ops::Range;
use std::path::Path;

use heed::types::Bytes;
use heed::{Database, Env, EnvOpenOptions, PutFlags, RoTxn, RwTxn};
use session_registry::{Session, SessionId};

use super::row::{self, Row, id_of};
use super::{Ask, Registry};
use crate::Outcome;
use crate::sample::{self, By, Key};

type Table = Database<Bytes, Bytes>;

/// Address space, not memory and not disk.
const MAP_SIZE: usize = 16 << 30;
const TABLES: [&str; 8] = [
    "meta",
    "sessions",
    "by_path",
    "by_name",
    "by_created",
    "by_last_active",
    "by_updated",
    "by_folded_name",
];
const MAX_SESSIONS: &[u8] = b"max_sessions";
const OPEN: u8 = 0;

pub struct Lmdb {
    env: Env,
    meta: Table,
    sessions: Table,
    by_path: Table,
    by_name: Table,
    by_created: Table,
    /// Last active, updated, folded name.
    others: [Table; 3],
}

impl Lmdb {
    pub fn open(directory: &Path) -> Outcome<Self> {
        let mut options = EnvOpenOptions::new();
        options.map_size(MAP_SIZE).max_dbs(16);
        #[allow(
            unsafe_code,
            reason = "LMDB maps the file; nothing but this program writes to it"
        )]
        let env = unsafe { options.open(directory)? };
        let tables = match open_tables(&env)? {
            Some(tables) => tables,
            None => create_tables(&env)?,
        };
        let [meta, sessions, by_path, by_name, by_created, others @ ..] = tables;
        Ok(Self {
            env,
            meta,
            sessions,
            by_path,
            by_name,
            by_created,
            others,
        })
    }

    fn insert(&self, txn: &mut RwTxn<'_>, session: &Session) -> Outcome {
        let id = id_of(session);
        let id = id.as_bytes();
        let new = PutFlags::NO_OVERWRITE;
        self.sessions
            .put_with_flags(txn, new, id, &row::encode(session)?)?;
        self.by_path
            .put_with_flags(txn, new, session.project_path().as_str().as_bytes(), id)?;
        let entries = Entries::of(session);
        self.by_name.put(txn, &entries.name, &[])?;
        self.by_created.put(txn, &entries.created, &[])?;
        for (table, key) in self.others.iter().zip(&entries.others) {
            table.put(txn, key, &[])?;
        }
        Ok(())
    }

    fn row(&self, txn: &RoTxn<'_>, id: &[u8]) -> Outcome<Option<Row>> {
        self.sessions.get(txn, id)?.map(Row::decode).transpose()
    }

    fn find_with(&self, txn: &RoTxn<'_>, by: By, key: &Key) -> Outcome<bool> {
        let found = match by {
            By::Id => self.row(txn, key.id.as_uuid().as_bytes())?,
            By::Path => match self.by_path.get(txn, key.path.as_str().as_bytes())? {
                Some(id) => self.row(txn, id)?,
                None => None,
            },
            By::Name => {
                let prefix = [key.name.as_bytes(), &[0]].concat();
                match self.by_name.prefix_iter(txn, &prefix)?.next() {
                    Some(entry) => self.row(txn, trailing_id(entry?.0))?,
                    None => None,
                }
            }
        };
        Ok(black_box(found).is_some())
    }

    fn read_oldest(&self, at_most: usize) -> Outcome<usize> {
        let txn = self.env.read_txn()?;
        let mut rows = Vec::new();
        for entry in self.by_created.iter(&txn)?.take(at_most) {
            rows.extend(self.row(&txn, trailing_id(entry?.0))?);
        }
        Ok(black_box(rows).len())
    }

    fn check_limit(&self, txn: &RwTxn<'_>) -> Outcome {
        let limit = self.meta.get(txn, MAX_SESSIONS)?.unwrap_or_default();
        let limit = u64::from_be_bytes(limit.try_into()?);
        if self.by_path.len(txn)? >= limit {
            return Err("the limit is reached".into());
        }
        Ok(())
    }
}

impl Registry for Lmdb {
    fn register(&self, session: &Session) -> Outcome {
        let mut txn = self.env.write_txn()?;
        self.check_limit(&txn)?;
        self.insert(&mut txn, session)?;
        Ok(txn.commit()?)
    }

    fn unregister(&self, id: SessionId) -> Outcome<bool> {
        let id = id.as_uuid().as_bytes();
        let mut txn = self.env.write_txn()?;
        let Some(row) = self.row(&txn, id)? else {
            return Ok(false);
        };
        self.sessions.delete(&mut txn, id)?;
        self.by_path.delete(&mut txn, row.project_path.as_bytes())?;
        let entries = Entries::of_row(id, &row);
        self.by_name.delete(&mut txn, &entries.name)?;
        self.by_created.delete(&mut txn, &entries.created)?;
        for (table, key) in self.others.iter().zip(&entries.others) {
            table.delete(&mut txn, key)?;
        }
        txn.commit()?;
        black_box(row);
        Ok(true)
    }

    fn find(&self, by: By, key: &Key) -> Outcome<bool> {
        self.find_with(&*self.env.read_txn()?, by, key)
    }

    fn in_snapshot(&self, work: &mut dyn FnMut(&Ask<'_>) -> Outcome) -> Outcome {
        let txn = self.env.read_txn()?;
        work(&|by, key| self.find_with(&txn, by, key))
    }

    fn list_all(&self) -> Outcome<usize> {
        self.read_oldest(usize::MAX)
    }

    fn first_page(&self) -> Outcome<usize> {
        self.read_oldest(50)
    }

    fn count(&self) -> Outcome<u64> {
        Ok(self.by_path.len(&*self.env.read_txn()?)?)
    }

    fn verify(&self) -> Outcome {
        Err("it has no such call".into())
    }

    fn hold(&self, stay: &mut dyn FnMut() -> Outcome) -> Outcome {
        let txn = self.env.write_txn()?;
        let stayed = stay();
        txn.abort();
        stayed
    }

    fn fill(&self, numbers: Range<u64>) -> Outcome {
        let mut txn = self.env.write_txn()?;
        for number in numbers {
            self.insert(&mut txn, &sample::session(number)?)?;
        }
        Ok(txn.commit()?)
    }

    fn close(self: Box<Self>) -> Outcome {
        self.env.prepare_for_closing().wait();
        Ok(())
    }
}

fn open_tables(env: &Env) -> Outcome<Option<[Table; 8]>> {
    let txn = env.read_txn()?;
    let mut tables = Vec::new();
    for name in TABLES {
        match env.open_database(&txn, Some(name))? {
            Some(table) => tables.push(table),
            None => return Ok(None),
        }
    }
    txn.commit()?;
    Ok(tables.try_into().ok())
}

fn create_tables(env: &Env) -> Outcome<[Table; 8]> {
    let mut txn = env.write_txn()?;
    let mut tables: Vec<Table> = Vec::new();
    for name in TABLES {
        tables.push(env.create_database(&mut txn, Some(name))?);
    }
    if let Some(meta) = tables.first() {
        meta.put(&mut txn, MAX_SESSIONS, &u64::from(u32::MAX).to_be_bytes())?;
    }
    txn.commit()?;
    tables.try_into().map_err(|_| "tables are missing".into())
}

/// The keys of one session's index entries, as ours has them.
struct Entries {
    name: Vec<u8>,
    created: Vec<u8>,
    others: [Vec<u8>; 3],
}

impl Entries {
    fn of(session: &Session) -> Self {
        Self::new(
            id_of(session).as_bytes(),
            session.name().as_str(),
            [
                session.created_at(),
                session.last_active_at(),
                session.updated_at(),
            ]
            .map(session_registry::Timestamp::as_micros),
        )
    }

    fn of_row(id: &[u8], row: &Row) -> Self {
        Self::new(
            id,
            &row.name,
            [row.created_at, row.last_active_at, row.updated_at],
        )
    }

    fn new(id: &[u8], name: &str, [created, last_active, updated]: [i64; 3]) -> Self {
        let timed = |time: i64| {
            let time = (time.cast_unsigned() ^ (1 << 63)).to_be_bytes();
            [time.as_slice(), id].concat()
        };
        let created = timed(created);
        Self {
            name: [name.as_bytes(), &[0], &created].concat(),
            others: [
                [&[OPEN], timed(last_active).as_slice()].concat(),
                [&[OPEN], timed(updated).as_slice()].concat(),
                [&[OPEN], name.to_lowercase().as_bytes(), &[0], id].concat(),
            ],
            created,
        }
    }
}

fn trailing_id(key: &[u8]) -> &[u8] {
    key.last_chunk::<16>().map_or(&[], |id| id.as_slice())
}
