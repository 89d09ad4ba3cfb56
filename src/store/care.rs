//! Looking after the file: verifying, rebuilding, copying, compacting, counting.

use std::fs;
use std::path::Path;

use redb::ReadableTableMetadata;
use serde::{Deserialize, Serialize};

use super::Store;
use super::disk::copy::copy_tables;
use super::disk::create::{Unlasting, create_file};
use super::fault::{Context, Fault, guarded};
use super::format::schema;
use super::format::tables::{CHANGES, CLAIMS, Tables, WAITERS};
use super::rows::log;
use super::rows::read::Reads;
use super::rows::rebuild::rebuild_indexes;
use super::rows::verification::{Inconsistency, Verification};
use super::rows::verify;
use crate::error::{Error, Result};

/// Figures about a registry and its file. Serde writes it as an object of its fields.
///
/// ```
/// use session_registry::SessionRegistry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let stats = SessionRegistry::in_memory()?.stats()?;
/// let json = serde_json::to_value(stats)?;
/// assert_eq!((&json["open_sessions"], &json["max_sessions"]), (&0.into(), &10.into()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "reading figures changes nothing"]
#[non_exhaustive]
pub struct Stats {
    /// How many sessions are open.
    pub open_sessions: u64,
    /// How many closed sessions keep their record.
    pub closed_sessions: u64,
    /// How many sessions are claimed, by owners dead or alive.
    pub claims: u64,
    /// How many sessions may be open.
    pub max_sessions: u32,
    /// The size of the file, or of the memory, in bytes.
    pub file_bytes: u64,
    /// The schema version of the file.
    pub schema_version: u32,
}

impl Store {
    /// Checks the checksum of every page, then every row, index entry and setting.
    pub(crate) fn verify(&self) -> Result<Verification> {
        let call = self.call();
        let pages = call.check_pages("verify");
        let rows = call.read("verify", |view| verify::verify(view.tables()));
        match (pages, rows) {
            (Ok(pages_checked), rows) => rows.map(|found| Verification {
                pages_checked,
                ..found
            }),
            (Err(Error::Corrupted { detail, .. }), rows) => {
                // What can still be read is worth hearing about too.
                let mut found = rows.unwrap_or_default();
                found.pages_checked = true;
                let damage = Inconsistency::DamagedPages { detail };
                found.inconsistencies.insert(0, damage);
                Ok(found)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// Makes every index anew from the rows, and forgets a default session that is not registered.
    /// Returns what was found before. Where that is nothing, nobody was kept from writing.
    pub(crate) fn rebuild_indexes(&self) -> Result<Verification> {
        self.check_access()?;
        // Looked for without keeping writers out, and found again behind the lock if there is anything.
        let looking = self.call();
        let found = looking.read("verify", |view| verify::verify(view.tables()))?;
        if found.is_clean() {
            return Ok(found);
        }
        self.call().write("rebuild the indexes of", |tx| {
            let found = verify::verify(tx)?;
            if found.is_clean() {
                return Ok(found);
            }
            rebuild_indexes(tx)?;
            for inconsistency in &found.inconsistencies {
                if matches!(inconsistency, Inconsistency::StrayDefault { .. }) {
                    tx.set_default_session(None)?;
                }
            }
            Ok(found)
        })
    }

    /// Copies what is committed now into a new file.
    pub(crate) fn backup_to(&self, target: &Path) -> Result<()> {
        let exists = || {
            let path = target.to_path_buf();
            Err(Error::TargetExists { path })
        };
        if fs::symlink_metadata(target).is_ok() {
            return exists();
        }
        let pinned = self.call().pin()?;
        let wait = self.engine.start();
        let context = Context {
            action: "back up to",
            path: Some(target),
            wait,
        };
        let of_source = |fault: Fault| {
            self.engine.note(&fault);
            let context = self.engine.context("read", wait);
            Fault::Rule(fault.into_error(context))
        };
        let copied = guarded(|| {
            create_file(target, Unlasting::Goes, |to| {
                copy_tables(pinned.view().tables().transaction(), to, of_source)?;
                // Its owners' locks stay with this file: nobody drives the sessions of a copy.
                to.open_table(CLAIMS)?.retain(|_, _| false)?;
                // And nobody waits for a slot in one.
                to.open_table(WAITERS)?.retain(|_, _| false)?;
                // What happens to the two from now on is not the same.
                log::branch(&mut to.open_table(CHANGES)?)
            })
        });
        let copied = copied.map_err(|fault| match fault {
            // The engine panics on what it reads, and the copy is all its own.
            Fault::Panicked(_) => of_source(fault),
            fault => fault,
        });
        let copied = copied.map_err(|fault| fault.into_error(context));
        match copied? {
            true => Ok(()),
            false => exists(),
        }
    }

    /// Gives unused space of the file back to the file system.
    pub(crate) fn compact(&self) -> Result<()> {
        self.check_access()?;
        let wait = self.engine.start();
        self.engine
            .compact(wait)
            .map_err(|fault| fault.into_error(self.engine.context("compact", wait)))
    }

    pub(crate) fn stats(&self) -> Result<Stats> {
        self.call().read("read", |view| {
            let tables = view.tables();
            let open_sessions = tables.count()?;
            Ok(Stats {
                open_sessions,
                closed_sessions: tables.sessions()?.len()?.saturating_sub(open_sessions),
                claims: tables.claims()?.len()?,
                max_sessions: tables.max_sessions()?,
                file_bytes: self.engine.file_bytes()?,
                schema_version: schema::read_version(tables.meta()?)?.schema,
            })
        })
    }
}
