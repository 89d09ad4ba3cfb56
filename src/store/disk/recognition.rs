//! What a file is: one of the engine's, a registry among those, of which version.

use std::path::Path;
use std::sync::Arc;

use redb::{Builder, ConcurrencyMode, Database, ReadTransaction, StorageBackend};

use super::backend::{Backend, FLAGS_OFFSET};
use super::header::{HEADER, MAGIC};
use super::length;
use super::medium::Medium;
use crate::error::Error;
use crate::store::fault::Fault;
use crate::store::format::schema::{self, Version};
use crate::store::format::tables::{META, meta};
use crate::store::open_settings::Settings;

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
