//! Work on the whole file, for which the engine keeps everybody else out.

use std::sync::atomic::Ordering;

use redb::{Database, ReadableDatabase};

use super::open::open_alone;
use super::{Engine, Slot, was_a_registry};
use crate::error::Error;
use crate::store::disk::admission;
use crate::store::disk::copy::copy_tables;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema;
use crate::store::format::tables::META;
use crate::store::settings::{Sharing, Wait};

impl Engine {
    /// Verifies the checksum of every page of the file.
    pub(in crate::store) fn check_pages(&self, wait: Wait) -> Result<(), Fault> {
        self.check_process()?;
        let checked = match self.settings.sharing {
            // The writer byte keeps everybody's commits out, ours among them.
            Sharing::Shared => admission::check_pages(&self.medium, &self.settings, wait),
            // The file is locked by ourselves, so keep our own calls out instead.
            Sharing::Exclusive => {
                let _slot = self
                    .slot
                    .try_write_until(wait.deadline)
                    .ok_or(Fault::TimedOut)?;
                admission::check_pages_unlocked(&self.medium, &self.settings)
            }
        };
        checked.map_err(was_a_registry)
    }

    /// Compacts the file, if nobody else has it open: it is opened exclusively meanwhile.
    pub(in crate::store) fn compact(&self, wait: Wait) -> Result<(), Fault> {
        self.check_process()?;
        drop(self.hold(wait)?);
        let mut slot = self
            .slot
            .try_write_until(wait.deadline)
            .ok_or(Fault::TimedOut)?;
        let in_use = || Fault::Engine(redb::Error::DatabaseAlreadyOpen);
        if self.pinned.load(Ordering::Acquire) > 0 {
            return Err(in_use());
        }
        self.check_place_now()?;
        self.let_go();
        let Slot::Open(opened) = std::mem::replace(&mut *slot, Slot::Shut) else {
            return Err(Error::Closed.into());
        };
        // Whatever happens now, the next call opens the file again in its own mode.
        self.note_broken();
        self.generation.fetch_add(1, Ordering::AcqRel);
        guarded(|| Ok(opened.database.close()?))?;
        let (opened, _) = open_alone(
            &self.medium,
            // Whatever is copied gets new checksums, so the old ones are checked first.
            &self.settings.verifying(),
            self.steps,
            &self.commit_point,
            wait,
        )?;
        let mut database = opened.database;
        guarded(|| {
            repack(&database, self.newest())?;
            while database.compact()? {}
            Ok(database.close()?)
        })
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
