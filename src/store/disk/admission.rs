//! Whether a file may be opened. Any engine open for writing writes to the file, so a file is first
//! opened in an [`Overlay`]: what is refused was never written to.

use std::path::Path;
use std::sync::Arc;

use redb::{
    BackendError, Builder, ConcurrencyMode, Database, ReadTransaction, ReadableDatabase,
    StorageBackend,
};

use super::backend::{
    Backend, CONSISTENT_BYTE, EXCLUSIVE_BYTE, FLAGS_OFFSET, MODE_BYTE, WRITER_BYTE, byte,
};
use super::header::{HEADER, MAGIC};
use super::length;
use super::medium::Medium;
use super::overlay::Overlay;
use crate::error::Error;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema::{self, Version};
use crate::store::format::tables::{META, meta};
use crate::store::open_settings::{OpenCheck, Settings, Sharing};
use crate::store::wait::{Pause, Wait};

const RECOVERY_REQUIRED: u8 = 2;

/// What a file is, as far as opening it needs to know.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Admission {
    pub(in crate::store) version: Version,
    /// Its last user did not close it.
    pub(in crate::store) recovered: bool,
}

/// Verifies and reads the file while holding its writer byte, so that no peer commits meanwhile.
pub(in crate::store) fn admit(
    medium: &Medium,
    settings: &Settings,
    newest: u32,
    wait: Wait,
) -> Result<Admission, Fault> {
    let storage = medium.open()?;
    let admitted = examine(&storage, medium, settings, newest, wait);
    let closed = storage.close();
    let admitted = admitted?;
    closed?;
    Ok(admitted)
}

/// Verifies every page of a registry that others may be using, without writing to it.
pub(in crate::store) fn check_pages(
    medium: &Medium,
    settings: &Settings,
    wait: Wait,
) -> Result<(), Fault> {
    admit(medium, &settings.verifying(), u32::MAX, wait).map(drop)
}

/// As [`check_pages`], for a caller who keeps every writer out.
pub(in crate::store) fn check_pages_unlocked(
    medium: &Medium,
    settings: &Settings,
) -> Result<(), Fault> {
    let settings = settings.verifying();
    let storage = medium.open()?;
    read_flags(storage.as_ref(), medium)?;
    let version = guarded(|| read_version(&storage, medium.path(), &settings, u32::MAX));
    let closed = storage.close();
    version?;
    Ok(closed?)
}

fn examine(
    storage: &Arc<dyn StorageBackend>,
    medium: &Medium,
    settings: &Settings,
    newest: u32,
    wait: Wait,
) -> Result<Admission, Fault> {
    // Before any lock: what is no file of the engine's may be one that somebody else locks in his own way.
    let flags = read_flags(storage.as_ref(), medium)?;
    // A commit in between would make one file of two states, which looks like damage.
    let locked = lock_writer(storage.as_ref(), settings.sharing, wait)?;
    // Only a live writer's peers, or nobody, can vouch for a file that was not closed.
    let peer =
        locked && storage.query_lock_range(byte(CONSISTENT_BYTE).0, byte(CONSISTENT_BYTE).1)?;
    // The engine panics on pages it did not write.
    let version = guarded(|| read_version(storage, medium.path(), settings, newest))?;
    // A failure above leaves the lock to the closing of the storage.
    if locked {
        storage.unlock_range(byte(WRITER_BYTE).0, byte(WRITER_BYTE).1)?;
    }
    Ok(Admission {
        version,
        recovered: flags & RECOVERY_REQUIRED != 0 && !peer,
    })
}

/// Returns the flags in the engine's header, if this is the engine's file and may be as long as it is.
pub(in crate::store) fn read_flags(
    storage: &dyn StorageBackend,
    medium: &Medium,
) -> Result<u8, Fault> {
    let path = medium.path();
    let len = storage.len()?;
    let mut start = [0; FLAGS_OFFSET + 1];
    if len < start.len() as u64 {
        return Err(not_a_registry(path));
    }
    storage.read(0, &mut start)?;
    let (magic, flags) = start.split_at(FLAGS_OFFSET);
    if magic != MAGIC {
        return Err(not_a_registry(path));
    }
    if len < HEADER as u64 {
        return Err(Fault::Damaged("the file ends within its header".into()));
    }
    length::check(storage, medium)?;
    Ok(flags.first().copied().unwrap_or(0))
}

/// Takes the writer byte; returns `false` where the storage knows no locks and nobody shares it.
fn lock_writer(storage: &dyn StorageBackend, sharing: Sharing, wait: Wait) -> Result<bool, Fault> {
    let excluded_by = byte(match sharing {
        Sharing::Shared => EXCLUSIVE_BYTE,
        Sharing::Exclusive => MODE_BYTE,
    });
    let writer = byte(WRITER_BYTE);
    let mut pause = Pause::new();
    loop {
        // An exclusive holder has the writer byte for as long as it lives: no use in waiting for that.
        match storage.query_lock_range(excluded_by.0, excluded_by.1) {
            Ok(false) => {}
            Ok(true) => return Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen)),
            Err(BackendError::Unsupported) if sharing == Sharing::Exclusive => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        if storage.try_lock_range(writer.0, writer.1)? {
            return Ok(true);
        }
        if !wait.pause(&mut pause) {
            return Err(Fault::TimedOut);
        }
    }
}

fn read_version(
    storage: &Arc<dyn StorageBackend>,
    path: Option<&Path>,
    settings: &Settings,
    newest: u32,
) -> Result<Version, Fault> {
    // The engine repairs and commits as it opens: into memory, so that what is refused stays as it was.
    let overlay = Overlay::over(Arc::clone(storage))?;
    let verify = match settings.open_check {
        OpenCheck::Always => true,
        OpenCheck::Never => false,
        OpenCheck::Auto => overlay.len()? <= Settings::AUTO_CHECK_LIMIT,
    };
    let database = open_copy(Arc::new(overlay), settings, verify)?;
    version_of(&database.begin_read()?, path, newest)
}

/// Opens a copy of a file, or what keeps its writes to itself.
pub(in crate::store) fn open_copy(
    copy: Arc<dyn StorageBackend>,
    settings: &Settings,
    verify: bool,
) -> Result<Database, Fault> {
    Ok(Builder::new()
        .set_cache_size(settings.cache_size)
        .set_concurrency_mode(ConcurrencyMode::ExclusiveWriter)
        .set_check_integrity_on_open(verify)
        .create_with_backend(Backend::existing(copy, Arc::default()))?)
}

/// Returns the version of what a transaction sees, if that is a registry that this program can read.
pub(in crate::store) fn version_of(
    transaction: &ReadTransaction,
    path: Option<&Path>,
    newest: u32,
) -> Result<Version, Fault> {
    // A good file of the engine's, but of another program.
    let table = match transaction.open_table(META) {
        Ok(table) => table,
        Err(redb::TableError::Storage(error)) => return Err(error.into()),
        Err(_) => return Err(not_a_registry(path)),
    };
    match table.get(meta::MAGIC)? {
        Some(magic) if magic.value() == meta::MAGIC_VALUE => {}
        _ => return Err(not_a_registry(path)),
    }
    // Nothing else is decoded before this: a newer schema may have given it another meaning.
    let version = schema::read_version(&table)?;
    if version.min_reader > newest {
        return Err(too_new(path, version, newest));
    }
    Ok(version)
}

pub(in crate::store) fn too_new(path: Option<&Path>, found: Version, supported: u32) -> Fault {
    Error::SchemaTooNew {
        path: path.map(Path::to_path_buf).unwrap_or_default(),
        found: found.schema,
        supported,
    }
    .into()
}

pub(in crate::store) fn not_a_registry(path: Option<&Path>) -> Fault {
    Error::NotARegistry {
        path: path.map(Path::to_path_buf).unwrap_or_default(),
    }
    .into()
}
