//! SQLite: WAL and synchronous=FULL, one connection behind a mutex (more of them only wait for each other's
//! write lock), prepared statements that name their index where the planner would take a worse one, and as
//! much page cache as ours.

mod schema;

use std::hint::black_box;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, params};
use session_registry::{Session, SessionId};

use self::schema::{COLUMNS, NONE, SCHEMA};
use super::row::{Row, id_of};
use super::{Ask, Registry};
use crate::Outcome;
use crate::sample::{self, By, Key};

/// From this many sessions on, a stored count is cheaper than counting in each transaction.
const STORE_COUNT_FROM: u64 = 1_000;

pub struct Sqlite {
    connection: Mutex<Connection>,
    find: [String; 3],
    page: String,
    all: String,
    remove: String,
}

impl Sqlite {
    pub fn open(directory: &Path) -> Outcome<Self> {
        let file = directory.join("sessions.sqlite");
        let new = !file.exists();
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::from_secs(600))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "cache_size", -24 * 1024)?;
        connection.set_prepared_statement_cache_capacity(32);
        // Otherwise it plans the lookup by name anew for every name.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        if new {
            connection.execute_batch(SCHEMA)?;
        }
        let select = |rest| format!("SELECT {COLUMNS} FROM sessions {rest}");
        Ok(Self {
            connection: Mutex::new(connection),
            find: [
                select("WHERE id = ?1"),
                select("INDEXED BY by_path WHERE state = 0 AND project_path = ?1"),
                select(
                    "INDEXED BY by_name WHERE state = 0 AND name = ?1 ORDER BY created_at, id LIMIT 1",
                ),
            ],
            page: select("INDEXED BY by_created WHERE state = 0 ORDER BY created_at, id LIMIT 50"),
            all: select("INDEXED BY by_created WHERE state = 0 ORDER BY created_at, id"),
            remove: format!("DELETE FROM sessions WHERE id = ?1 RETURNING {COLUMNS}"),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn find_with(&self, connection: &Connection, by: By, key: &Key) -> Outcome<bool> {
        let [by_id, by_path, by_name] = &self.find;
        let found = match by {
            By::Id => one(connection, by_id, &key.id.as_uuid().as_bytes().as_slice()),
            By::Path => one(connection, by_path, &key.path.as_str()),
            By::Name => one(connection, by_name, &key.name),
        };
        Ok(black_box(found?).is_some())
    }

    fn read_all(&self, query: &str) -> Outcome<usize> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(query)?;
        let rows = statement
            .query_map([], read_row)?
            .collect::<Result<Vec<Row>, _>>()?;
        Ok(black_box(rows).len())
    }
}

impl Registry for Sqlite {
    fn register(&self, session: &Session) -> Outcome {
        let connection = self.lock();
        in_transaction(&connection, || {
            let stored = stored_count(&connection)?;
            let open = match stored {
                Some(open) => open,
                None => count_open(&connection)?,
            };
            if open >= meta(&connection, "max_sessions")?.unwrap_or(0) {
                return Err("the limit is reached".into());
            }
            insert(&connection, session)?;
            if stored.is_some() {
                store_count(&connection, open + 1)?;
            }
            Ok(())
        })
    }

    fn unregister(&self, id: SessionId) -> Outcome<bool> {
        let connection = self.lock();
        in_transaction(&connection, || {
            let removed = one(
                &connection,
                &self.remove,
                &id.as_uuid().as_bytes().as_slice(),
            )?;
            if removed.is_some()
                && let Some(open) = stored_count(&connection)?
            {
                store_count(&connection, open - 1)?;
            }
            Ok(black_box(removed).is_some())
        })
    }

    fn find(&self, by: By, key: &Key) -> Outcome<bool> {
        self.find_with(&self.lock(), by, key)
    }

    fn in_snapshot(&self, work: &mut dyn FnMut(&Ask<'_>) -> Outcome) -> Outcome {
        let connection = self.lock();
        connection.execute_batch("BEGIN")?;
        let worked = work(&|by, key| self.find_with(&connection, by, key));
        connection.execute_batch("COMMIT")?;
        worked
    }

    fn list_all(&self) -> Outcome<usize> {
        self.read_all(&self.all)
    }

    fn first_page(&self) -> Outcome<usize> {
        self.read_all(&self.page)
    }

    fn count(&self) -> Outcome<u64> {
        let connection = self.lock();
        let open = match stored_count(&connection)? {
            Some(open) => open,
            None => count_open(&connection)?,
        };
        Ok(open.cast_unsigned())
    }

    fn page_of_none(&self) -> Outcome<usize> {
        let is_any: bool = self.lock().query_row(NONE, [], |row| row.get(0))?;
        Ok(usize::from(is_any))
    }

    fn verify(&self) -> Outcome {
        let found: String = self
            .lock()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        (found == "ok").then_some(()).ok_or_else(|| found.into())
    }

    fn hold(&self, stay: &mut dyn FnMut() -> Outcome) -> Outcome {
        in_transaction(&self.lock(), stay)
    }

    fn fill(&self, numbers: Range<u64>) -> Outcome {
        let connection = self.lock();
        in_transaction(&connection, || {
            for number in numbers {
                insert(&connection, &sample::session(number)?)?;
            }
            let open = count_open(&connection)?;
            if open.cast_unsigned() >= STORE_COUNT_FROM {
                store_count(&connection, open)?;
            }
            Ok(())
        })
    }

    fn compact(&self) -> Outcome {
        let connection = self.lock();
        connection.execute_batch("VACUUM")?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn close(self: Box<Self>) -> Outcome {
        let connection = self.connection.into_inner();
        let connection = connection.unwrap_or_else(PoisonError::into_inner);
        connection.close().map_err(|(_, error)| error.into())
    }
}

fn in_transaction<T>(connection: &Connection, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let worked = work();
    let end = if worked.is_ok() { "COMMIT" } else { "ROLLBACK" };
    connection.prepare_cached(end)?.execute([])?;
    worked
}

fn insert(connection: &Connection, session: &Session) -> Outcome {
    let config = session.config();
    let name = session.name().as_str();
    connection
        .prepare_cached(
            "INSERT INTO sessions VALUES \
             (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL, NULL, 0, ?13)",
        )?
        .execute(params![
            id_of(session).as_bytes().as_slice(),
            name,
            session.project_path().as_str(),
            config.provider,
            config.model,
            config.temperature,
            config.max_tokens,
            postcard::to_stdvec(session.metadata())?,
            session.created_at().as_micros(),
            session.updated_at().as_micros(),
            session.revision().cast_signed(),
            session.last_active_at().as_micros(),
            name.to_lowercase(),
        ])?;
    Ok(())
}

fn one(
    connection: &Connection,
    query: &str,
    key: &dyn rusqlite::ToSql,
) -> rusqlite::Result<Option<Row>> {
    connection
        .prepare_cached(query)?
        .query_row([key], read_row)
        .optional()
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let metadata = row.get_ref(6)?.as_blob()?;
    let metadata = postcard::from_bytes(metadata)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let closed: Option<i64> = row.get(11)?;
    let reason: Option<u8> = row.get(12)?;
    Ok(Row {
        name: row.get(0)?,
        project_path: row.get(1)?,
        provider: row.get(2)?,
        model: row.get(3)?,
        temperature: row.get(4)?,
        max_tokens: row.get(5)?,
        metadata,
        created_at: row.get(7)?,
        updated_at: row.get(8)?,
        revision: row.get::<_, i64>(9)?.cast_unsigned(),
        last_active_at: row.get(10)?,
        closed: closed.zip(reason),
    })
}

fn count_open(connection: &Connection) -> rusqlite::Result<i64> {
    let mut statement = connection
        .prepare_cached("SELECT count(*) FROM sessions INDEXED BY by_created WHERE state = 0")?;
    statement.query_row([], |row| row.get(0))
}

fn stored_count(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    meta(connection, "open")
}

fn meta(connection: &Connection, key: &str) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
    statement.query_row([key], |row| row.get(0)).optional()
}

fn store_count(connection: &Connection, open: i64) -> rusqlite::Result<()> {
    let mut statement =
        connection.prepare_cached("INSERT OR REPLACE INTO meta VALUES ('open', ?1)")?;
    statement.execute([open]).map(drop)
}
