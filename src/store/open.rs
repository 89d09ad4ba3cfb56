//! Opening the engine on admitted storage.

use std::sync::Arc;

use redb::{Builder, ConcurrencyMode};

use super::admission::{self, Admitted};
use super::backend::{Backend, CommitPoint, bounded};
use super::engine::Opened;
use super::fault::{Fault, guarded};
use super::medium::Medium;
use super::schema::{self, Step};
use super::settings::{Pause, Settings, Sharing, Wait};

/// Opens storage that admission lets in, in the mode of `settings`.
pub(super) fn open_database(
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
