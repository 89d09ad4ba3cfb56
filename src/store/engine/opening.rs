//! Opening the engine on admitted storage: the first time, and again whenever it failed.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use redb::{Builder, ConcurrencyMode, Database, ReadTransaction, StorageBackend};

use super::base::Base;
use crate::store::disk::admission::{self, Admission, Admitted};
use crate::store::disk::backend::{Backend, CommitPoint, bounded};
use crate::store::disk::inspection::Found;
use crate::store::disk::medium::Medium;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema::{self, Step};
use crate::store::open_settings::{Access, Settings, Sharing};
use crate::store::wait::{Pause, Wait};

/// As long as others take to open a file.
const ONE_TURN: Duration = Duration::from_millis(50);
/// As long as others hold the lock of the header.
const AT_ONCE: Duration = Duration::from_millis(1);

/// The open database, and the storage it runs on.
pub(in crate::store) struct OpenDatabase {
    pub(super) database: Base,
    pub(super) storage: Arc<dyn StorageBackend>,
}

impl OpenDatabase {
    pub(super) fn begin_read(&self, wait: Wait) -> Result<ReadTransaction, Fault> {
        bounded(wait, || self.database.begin_read(self.storage.as_ref()))
    }
}

/// What every opening of one registry has in common.
#[derive(Clone)]
pub(super) struct Opening {
    pub(super) medium: Medium,
    pub(super) settings: Settings,
    pub(super) steps: &'static [Step],
    pub(super) commit_point: Arc<CommitPoint>,
}

impl Opening {
    pub(super) fn path(&self) -> Option<&Path> {
        self.medium.path()
    }

    /// Returns the schema version that this program writes.
    pub(super) fn newest(&self) -> u32 {
        schema::latest(self.steps)
    }

    /// Opens storage that admission lets in, in the mode of the settings.
    pub(super) fn open(&self, wait: Wait) -> Result<(OpenDatabase, Admission), Fault> {
        match (self.settings.access, self.settings.sharing) {
            (Access::ReadOnly, _) => self.open_to_read(wait),
            (Access::ReadWrite, Sharing::Shared) => self.open_shared(wait),
            (Access::ReadWrite, Sharing::Exclusive) => {
                self.open_in(ConcurrencyMode::ExclusiveWriter, wait)
            }
        }
    }

    /// As [`open`](Self::open), beside whoever else has it open; waits for nobody who writes.
    fn open_shared(&self, wait: Wait) -> Result<(OpenDatabase, Admission), Fault> {
        let mut pause = Pause::new();
        loop {
            // Looked at anew in each round: who was in the way may have changed the file.
            let admitted = admission::admit(&self.medium, &self.settings, self.newest(), wait)?;
            match admitted {
                Admitted::Alone(admission) => {
                    // Who was faster vouches for the file by the next round.
                    let turn = wait.at_most(ONE_TURN);
                    match self.open_writable(ConcurrencyMode::MultiWriter, turn) {
                        Ok(opened) => return Ok((opened, admission)),
                        Err(fault) if fault.is_a_peer() && wait.pause(&mut pause) => {}
                        Err(fault) => return Err(fault),
                    }
                }
                Admitted::Beside(found) => match self.open_beside(found, wait)? {
                    Some(opened) => return Ok(opened),
                    None if wait.pause(&mut pause) => {}
                    None => return Err(Fault::TimedOut),
                },
            }
        }
    }

    /// Opens what a live peer vouches for: for writing if nobody writes just now, else for reading until
    /// the first change. `None` where it may go better a moment later.
    fn open_beside(
        &self,
        found: Found,
        wait: Wait,
    ) -> Result<Option<(OpenDatabase, Admission)>, Fault> {
        let writing = if admission::is_written_to(&self.medium)? {
            Err(Fault::TimedOut)
        } else {
            self.open_writable(ConcurrencyMode::MultiWriter, wait.at_most(AT_ONCE))
        };
        let opened = match writing {
            Err(fault) if fault.is_a_peer() => {
                let storage = self.medium.open()?;
                let Some(Base::ReadOnly(reader)) = self.open_base(&storage, wait)? else {
                    return Ok(None);
                };
                let database = Base::Beside {
                    reader,
                    writer: OnceLock::new(),
                };
                OpenDatabase { database, storage }
            }
            opened => opened?,
        };
        let admission = Admission {
            version: self.version_found(found, &opened, wait)?,
            recovered: false,
        };
        Ok(Some((opened, admission)))
    }

    /// Opens for writing what was opened beside somebody who was writing; `None` while that goes on.
    pub(super) fn open_writer(&self, wait: Wait) -> Result<Option<Database>, Fault> {
        let turn = wait.at_most(ONE_TURN);
        let opened = match admission::is_vouched_for(&self.medium) {
            Ok(true) => self.open_writable(ConcurrencyMode::MultiWriter, turn),
            Ok(false) => self
                .open_in(ConcurrencyMode::MultiWriter, turn)
                .map(|(opened, _)| opened),
            Err(fault) => Err(fault),
        };
        match opened {
            Ok(opened) => opened.database.into_writable().map(Some),
            Err(fault) if fault.is_a_peer() => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// As [`open`](Self::open), with every page verified and nobody beside us, for the engine's own work on
    /// the whole file. Where the storage knows locks this is not the exclusive mode, in which the engine's
    /// own commits are one-phase: after a failed sync of one of those, a power cut can leave a file that
    /// nobody can open.
    pub(super) fn open_alone(&self, wait: Wait) -> Result<OpenDatabase, Fault> {
        let alone = Self {
            settings: Settings {
                sharing: Sharing::Exclusive,
                ..self.settings.verifying()
            },
            ..self.clone()
        };
        let opened = match alone.open_in(ConcurrencyMode::SingleWriter, wait) {
            Err(Fault::Engine(redb::Error::Unsupported)) => {
                alone.open_in(ConcurrencyMode::ExclusiveWriter, wait)
            }
            opened => opened,
        };
        opened.map(|(database, _)| database)
    }

    /// Opens what nobody else writes meanwhile, in a mode in which it must not be open elsewhere or in which
    /// nobody vouches for it.
    fn open_in(
        &self,
        mode: ConcurrencyMode,
        wait: Wait,
    ) -> Result<(OpenDatabase, Admission), Fault> {
        let mut pause = Pause::new();
        loop {
            let admission =
                admission::admit_alone(&self.medium, &self.settings, self.newest(), wait)?;
            match self.open_writable(mode, wait) {
                Ok(opened) => return Ok((opened, admission)),
                // Another opening was looking at the file just now; a lasting conflict shows in admission.
                Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen)) if wait.pause(&mut pause) => {}
                Err(fault) => return Err(fault),
            }
        }
    }

    fn open_writable(&self, mode: ConcurrencyMode, wait: Wait) -> Result<OpenDatabase, Fault> {
        let storage = self.medium.open()?;
        let backend = Backend::existing(Arc::clone(&storage), Arc::clone(&self.commit_point));
        let database = guarded(|| {
            bounded(wait, || {
                Ok(Builder::new()
                    .set_cache_size(self.settings.cache_size)
                    .set_concurrency_mode(mode)
                    .create_with_backend(backend)?)
            })
        })?;
        let database = Base::Writable(database);
        Ok(OpenDatabase { database, storage })
    }
}
