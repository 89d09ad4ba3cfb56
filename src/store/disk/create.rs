//! New files. They are made whole under a temporary name in the same directory, synced, and only then
//! linked to their own: a crash leaves either no file or a good one.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use redb::backends::FileBackend;
use redb::{Builder, ConcurrencyMode, Database, StorageBackend, WriteTransaction};

use super::backend::Backend;
use crate::store::fault::Fault;

const TEMPORARY: &str = ".tmp";
/// How many directory entries a sweep looks at, at most.
const SWEEP_LIMIT: usize = 1024;
/// A leftover of a killed creation may go when it is this old and nobody has it locked.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Fills new storage with one transaction and closes it.
pub(in crate::store) fn initialise(
    storage: Arc<dyn StorageBackend>,
    fill: impl FnOnce(&WriteTransaction) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let database: Database = Builder::new()
        .set_cache_size(1024 * 1024)
        .set_concurrency_mode(ConcurrencyMode::ExclusiveWriter)
        .create_with_backend(Backend::fresh(storage))?;
    let mut transaction = database.begin_write()?;
    transaction.set_two_phase_commit(true);
    fill(&transaction)?;
    transaction.commit()?;
    database.close()?;
    Ok(())
}

/// Makes a new file at `path`, mode 0600; returns `false` when there is something already.
pub(in crate::store) fn create_file(
    path: &Path,
    fill: impl FnOnce(&WriteTransaction) -> Result<(), Fault>,
) -> Result<bool, Fault> {
    let (directory, name) = split(path)?;
    sweep(&directory, &name);
    let prefix = temporary_prefix(&name);
    let temporary = tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(TEMPORARY)
        .tempfile_in(&directory)?;
    initialise(Arc::new(FileBackend::new(temporary.reopen()?)?), fill)?;
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(directory.join(&name)) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error.error.into()),
    }
    sync_directory(&directory)?;
    Ok(true)
}

fn split(path: &Path) -> Result<(PathBuf, std::ffi::OsString), Fault> {
    let name = path
        .file_name()
        .ok_or(io::ErrorKind::InvalidInput)
        .map_err(io::Error::from)?;
    // `file_name` overlooks what makes `new/` and `new/.` name a directory.
    let whole = path.as_os_str().as_encoded_bytes();
    if !whole.ends_with(name.as_encoded_bytes()) {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    Ok((fs::canonicalize(directory)?, name.to_os_string()))
}

fn temporary_prefix(name: &OsStr) -> std::ffi::OsString {
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(name);
    prefix.push("-");
    prefix
}

/// Removes what killed creations of the file at `path` left behind.
pub(in crate::store) fn sweep_beside(path: &Path) {
    if let (Some(directory), Some(name)) = (path.parent(), path.file_name()) {
        sweep(directory, name);
    }
}

/// Removes what killed creations left behind. A tidy-up, not a duty: failures are ignored.
fn sweep(directory: &Path, name: &OsStr) {
    let prefix = temporary_prefix(name);
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.flatten().take(SWEEP_LIMIT) {
        let file_name = entry.file_name();
        let file_name = file_name.as_encoded_bytes();
        if file_name.starts_with(prefix.as_encoded_bytes())
            && file_name.ends_with(TEMPORARY.as_bytes())
            && is_leftover(&entry.path())
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

pub(in crate::store) fn is_leftover(path: &Path) -> bool {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return false;
    };
    let age = metadata
        .modified()
        .ok()
        .and_then(|modified| SystemTime::now().duration_since(modified).ok());
    metadata.is_file()
        && age.is_some_and(|age| age > LEFTOVER_AGE)
        && File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(unix)]
pub(in crate::store) fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Directories cannot be synced here; the file system's journal orders the link.
#[cfg(not(unix))]
pub(in crate::store) fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
