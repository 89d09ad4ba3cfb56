//! Opening the engine on admitted storage.

use std::sync::Arc;

use redb::{Builder, ConcurrencyMode, Database, StorageBackend};

use crate::store::disk::admission::{self, Admitted};
use crate::store::disk::backend::{Backend, CommitPoint, bounded};
use crate::store::disk::medium::Medium;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema::{self, Step};
use crate::store::settings::{Pause, Settings, Sharing, Wait};

/// The open database, and the storage it runs on.
pub(in crate::store) struct Opened {
    pub(in crate::store) database: Database,
    pub(in crate::store) storage: Arc<dyn StorageBackend>,
}

/// Opens storage that admission lets in, in the mode of `settings`.
pub(in crate::store) fn open_database(
    medium: &Medium,
    settings: &Settings,
    steps: &'static [Step],
    commit_point: &Arc<CommitPoint>,
    wait: Wait,
) -> Result<(Opened, Admitted), Fault> {
    let mode = match settings.sharing {
        Sharing::Shared => ConcurrencyMode::MultiWriter,
        Sharing::Exclusive => ConcurrencyMode::ExclusiveWriter,
    };
    open_in(mode, medium, settings, steps, commit_point, wait)
}

/// As [`open_database`], with nobody beside us, for the engine's own work on the whole file. Where the
/// storage knows locks this is not the exclusive mode, in which the engine's own commits are one-phase:
/// after a failed sync of one of those, a power cut can leave a file that nobody can open.
pub(in crate::store) fn open_alone(
    medium: &Medium,
    settings: &Settings,
    steps: &'static [Step],
    commit_point: &Arc<CommitPoint>,
    wait: Wait,
) -> Result<(Opened, Admitted), Fault> {
    let settings = Settings {
        sharing: Sharing::Exclusive,
        ..*settings
    };
    let open = |mode| open_in(mode, medium, &settings, steps, commit_point, wait);
    match open(ConcurrencyMode::SingleWriter) {
        Err(Fault::Engine(redb::Error::Unsupported)) => open(ConcurrencyMode::ExclusiveWriter),
        opened => opened,
    }
}

fn open_in(
    mode: ConcurrencyMode,
    medium: &Medium,
    settings: &Settings,
    steps: &'static [Step],
    commit_point: &Arc<CommitPoint>,
    wait: Wait,
) -> Result<(Opened, Admitted), Fault> {
    let mut pause = Pause::new();
    loop {
        let admitted = admission::admit(medium, settings, schema::latest(steps), wait)?;
        let storage = medium.open()?;
        let backend = Backend::existing(Arc::clone(&storage), Arc::clone(commit_point));
        let opened = guarded(|| {
            bounded(wait, || {
                Ok(Builder::new()
                    .set_cache_size(settings.cache_size)
                    .set_concurrency_mode(mode)
                    .create_with_backend(backend)?)
            })
        });
        match opened {
            Ok(database) => return Ok((Opened { database, storage }, admitted)),
            // Another opening was looking at the file just now; a lasting conflict shows in admission.
            Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen)) if wait.pause(&mut pause) => {}
            Err(fault) => return Err(fault),
        }
    }
}
