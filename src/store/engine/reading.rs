//! Opening the engine without writing anything.

use std::path::Path;
use std::sync::Arc;

use redb::{Builder, ConcurrencyMode, StorageBackend};

use super::base::Base;
use super::opening::{OpenDatabase, Opening};
use crate::error::Error;
use crate::store::disk::admission::Admission;
use crate::store::disk::backend::bounded;
use crate::store::disk::image::Image;
use crate::store::disk::inspection::{Found, inspect, is_exclusive};
use crate::store::disk::reader::Reader;
use crate::store::disk::recognition::{open_copy, version_of};
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema::Version;
use crate::store::open_settings::Settings;
use crate::store::wait::{Pause, Wait};

impl Opening {
    /// Opens storage that may be read. Where somebody has it exclusively this tries until the deadline: they
    /// may be gone soon, as who compacts the file is.
    pub(super) fn open_to_read(&self, wait: Wait) -> Result<(OpenDatabase, Admission), Fault> {
        let (path, newest) = (self.path(), self.newest());
        let mut pause = Pause::new();
        loop {
            let storage = self.medium.open()?;
            let found = inspect(&storage, &self.medium, &self.settings, newest, wait)?;
            let Some(database) = self.open_base(&storage, wait)? else {
                if wait.pause(&mut pause) {
                    continue;
                }
                return Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen));
            };
            let opened = OpenDatabase { database, storage };
            let version = self.version_found(found, &opened, wait)?;
            if version.schema < newest {
                return Err(Error::SchemaTooOld {
                    path: path.map(Path::to_path_buf).unwrap_or_default(),
                    found: version.schema,
                    supported: newest,
                }
                .into());
            }
            let admission = Admission {
                version,
                recovered: false,
            };
            return Ok((opened, admission));
        }
    }

    /// Returns the version that was found, or that is found now.
    pub(super) fn version_found(
        &self,
        found: Found,
        opened: &OpenDatabase,
        wait: Wait,
    ) -> Result<Version, Fault> {
        match found {
            Found::Sound(version) => Ok(version),
            Found::Unverified => {
                guarded(|| version_of(&opened.begin_read(wait)?, self.path(), self.newest()))
            }
        }
    }

    /// Returns `None` where it may go better a moment later.
    pub(super) fn open_base(
        &self,
        storage: &Arc<dyn StorageBackend>,
        wait: Wait,
    ) -> Result<Option<Base>, Fault> {
        let opened = guarded(|| {
            bounded(wait, || {
                Ok(Builder::new()
                    .set_cache_size(self.settings.cache_size)
                    .set_concurrency_mode(ConcurrencyMode::MultiWriter)
                    .open_read_only_with_backend(Reader::over(Arc::clone(storage)))?)
            })
        });
        match opened {
            Ok(database) => Ok(Some(Base::ReadOnly(database))),
            Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen)) => Ok(None),
            Err(Fault::Engine(redb::Error::RepairAborted)) => self.recover(storage),
            Err(fault) => Err(fault),
        }
    }

    /// The last commit may be torn, and only checking every page tells: in memory, as long as that is not too
    /// much.
    fn recover(&self, storage: &Arc<dyn StorageBackend>) -> Result<Option<Base>, Fault> {
        if storage.len()? > Settings::AUTO_CHECK_LIMIT {
            let path = self.path().map(Path::to_path_buf).unwrap_or_default();
            return Err(Error::RecoveryNeeded { path }.into());
        }
        let Some(image) = Image::take(storage.as_ref())? else {
            return Ok(None);
        };
        if is_exclusive(storage.as_ref())? {
            return Ok(None);
        }
        Ok(Some(Base::Recovered {
            database: guarded(|| open_copy(image.storage, &self.settings, true))?,
            of: Box::new(image.header),
        }))
    }
}
