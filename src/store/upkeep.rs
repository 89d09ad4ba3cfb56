//! Work on the whole file, for which the engine keeps everybody else out.

use std::sync::atomic::Ordering;

use super::admission;
use super::engine::{Engine, Slot, was_a_registry};
use super::fault::{Fault, guarded};
use super::open::open_alone;
use super::settings::{Sharing, Wait};
use crate::error::Error;

impl Engine {
    /// Verifies the checksum of every page of the file.
    pub(super) fn check_pages(&self, wait: Wait) -> Result<(), Fault> {
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
    pub(super) fn compact(&self, wait: Wait) -> Result<(), Fault> {
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
        let (mut opened, _) = open_alone(
            &self.medium,
            &self.settings,
            self.steps,
            &self.commit_point,
            wait,
        )?;
        guarded(|| {
            while opened.database.compact()? {}
            Ok(opened.database.close()?)
        })
    }
}
