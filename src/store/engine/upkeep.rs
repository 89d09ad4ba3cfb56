//! Work on the whole file, for which the engine keeps everybody else out.

use std::sync::atomic::Ordering;

use redb::{BackendError, Database, ReadableDatabase, StorageBackend};

use super::opening::OpenDatabase;
use super::slot::Seizure;
use super::{Engine, was_a_registry};
use crate::error::Error;
use crate::store::disk::backend::READERS_BYTES;
use crate::store::disk::copy::copy_tables;
use crate::store::disk::{admission, inspection};
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema;
use crate::store::format::tables::META;
use crate::store::open_settings::{Access, Sharing};
use crate::store::wait::{Pause, Wait};

impl Engine {
    /// Verifies the checksum of every page of the file; `false` where this handle may not keep writers out.
    pub(in crate::store) fn check_pages(&self, wait: Wait) -> Result<bool, Fault> {
        self.opener.check()?;
        let (medium, settings) = (&self.opening.medium, &self.opening.settings);
        if settings.access == Access::ReadOnly {
            return inspection::check_pages(medium, settings).map_err(was_a_registry);
        }
        let checked = match settings.sharing {
            // The writer byte keeps everybody's commits out, ours among them.
            Sharing::Shared => admission::check_pages(medium, settings, wait),
            // The file is locked by ourselves, so keep our own calls out instead.
            Sharing::Exclusive => {
                let seizure = self.seize_open(wait)?;
                let storage = seizure.storage().ok_or(Error::Closed)?;
                admission::check_pages_unlocked(storage, medium, settings)
            }
        };
        checked.map(|()| true).map_err(was_a_registry)
    }

    /// Compacts the file, if nobody else has it open: it is opened exclusively meanwhile.
    pub(in crate::store) fn compact(&self, wait: Wait) -> Result<(), Fault> {
        self.opener.check()?;
        let (seizure, opened) = self.take_out(wait)?;
        guarded(|| opened.database.close())?;
        let opened = self.opening.open_alone(wait)?;
        await_readers(opened.storage.as_ref(), wait)?;
        let mut database = opened.database.into_writable()?;
        let compacted = guarded(|| {
            repack(&database, self.newest())?;
            while database.compact()? {}
            Ok(database.close()?)
        });
        drop(seizure);
        compacted
    }

    /// Keeps everybody else from the open database.
    fn seize_open(&self, wait: Wait) -> Result<Seizure<'_>, Fault> {
        loop {
            // Heals first, and finds out whether it is closed.
            drop(self.hold(wait)?);
            let seizure = self.slot.seize(wait)?;
            if seizure.storage().is_some() {
                return Ok(seizure);
            }
            // Closed, or failed again, since it was held.
        }
    }

    /// Takes the database out, provided that no snapshot lives on it.
    fn take_out(&self, wait: Wait) -> Result<(Seizure<'_>, OpenDatabase), Fault> {
        loop {
            let mut seizure = self.seize_open(wait)?;
            if self.pins.load(Ordering::Acquire) > 0 {
                return Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen));
            }
            self.check_place_now()?;
            // It pins pages too.
            self.present_view.let_go();
            let Some(opened) = seizure.take() else {
                // Closed, or failed again, since it was held.
                continue;
            };
            // Whatever happens now, the next call opens the file again in its own mode.
            self.note_broken();
            return Ok((seizure, opened));
        }
    }
}

/// Waits until nobody reads what is to be moved: others who only read may have the file open meanwhile.
fn await_readers(storage: &dyn StorageBackend, wait: Wait) -> Result<(), Fault> {
    let mut pause = Pause::new();
    loop {
        match storage.query_lock_range(READERS_BYTES.0, READERS_BYTES.1) {
            Ok(false) | Err(BackendError::Unsupported) => return Ok(()),
            Ok(true) if wait.pause(&mut pause) => {}
            Ok(true) => return Err(Fault::Engine(redb::Error::TransactionInProgress)),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Writes every table anew, in the order of its keys and in one transaction. Keys that came in random
/// order leave a third of each page empty, which the engine's compaction keeps as it is: it moves pages.
fn repack(database: &Database, newest: u32) -> Result<(), Fault> {
    let before = database.begin_read()?;
    let mut transaction = database.begin_write()?;
    transaction.set_two_phase_commit(true);
    // Tables of a newer schema are not ours to write.
    let version = schema::read_version(&before.open_table(META)?)?;
    if version.schema != newest {
        return Ok(transaction.abort()?);
    }
    for table in before.list_tables()? {
        transaction.delete_table(table)?;
    }
    copy_tables(&before, &transaction, std::convert::identity)?;
    drop(before);
    Ok(transaction.commit()?)
}
