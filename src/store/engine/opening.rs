//! Opening the engine on admitted storage: the first time, and again whenever it failed.

use std::path::Path;
use std::sync::Arc;

use redb::{Builder, ConcurrencyMode, ReadTransaction, StorageBackend};

use super::base::Base;
use crate::store::disk::admission::{self, Admission};
use crate::store::disk::backend::{Backend, CommitPoint, bounded};
use crate::store::disk::medium::Medium;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema::{self, Step};
use crate::store::open_settings::{Access, Settings, Sharing};
use crate::store::wait::{Pause, Wait};

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
        if self.settings.access == Access::ReadOnly {
            return self.open_to_read(wait);
        }
        let mode = match self.settings.sharing {
            Sharing::Shared => ConcurrencyMode::MultiWriter,
            Sharing::Exclusive => ConcurrencyMode::ExclusiveWriter,
        };
        self.open_in(mode, wait)
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

    fn open_in(
        &self,
        mode: ConcurrencyMode,
        wait: Wait,
    ) -> Result<(OpenDatabase, Admission), Fault> {
        let mut pause = Pause::new();
        loop {
            // Looked at anew in each round: who was in the way may have changed the file.
            let admission = admission::admit(&self.medium, &self.settings, self.newest(), wait)?;
            let storage = self.medium.open()?;
            let backend = Backend::existing(Arc::clone(&storage), Arc::clone(&self.commit_point));
            let opened = guarded(|| {
                bounded(wait, || {
                    Ok(Builder::new()
                        .set_cache_size(self.settings.cache_size)
                        .set_concurrency_mode(mode)
                        .create_with_backend(backend)?)
                })
            });
            match opened {
                Ok(database) => {
                    let database = Base::Writable(database);
                    return Ok((OpenDatabase { database, storage }, admission));
                }
                // Another opening was looking at the file just now; a lasting conflict shows in admission.
                Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen)) if wait.pause(&mut pause) => {}
                Err(fault) => return Err(fault),
            }
        }
    }
}
