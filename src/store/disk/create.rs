//! New files. They are made whole under a temporary name in the same directory, synced, and only then
//! linked to their own: a crash leaves either no file or a good one.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use redb::backends::FileBackend;
use redb::{Builder, ConcurrencyMode, Database, StorageBackend, WriteTransaction};

use super::backend::Backend;
use super::descriptors::off_the_standard_streams;
use super::directory::Directory;
use super::leftovers::{Making, Temporary};
use super::plain::{self, For};
use crate::error::{Error, StorageError};
use crate::store::fault::Fault;

/// What becomes of a new file when its name cannot be made to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Unlasting {
    /// It stays: others may have begun to use it. Whether it outlasts a power cut is unknown.
    Stays,
    /// It goes: it is a copy, which nobody uses yet.
    Goes,
}

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

/// Makes a new file at `path`, mode 0600; returns `false` when there is something already. On an error there is
/// nothing, unless that is [`OutcomeUnknown`](Error::OutcomeUnknown).
pub(in crate::store) fn create_file(
    path: &Path,
    unlasting: Unlasting,
    fill: impl FnOnce(&WriteTransaction) -> Result<(), Fault>,
) -> Result<bool, Fault> {
    let (directory, name) = split(path)?;
    let place = Directory::open(&directory)?;
    let prefix = temporary_prefix(&name);
    let names = temporary(&prefix);
    names.sweep(&directory);
    let begun = names.begin(&directory)?;
    // Of the same open file, because the name may lead elsewhere by now.
    let file = off_the_standard_streams(begun.as_file().try_clone()?)?;
    initialise(Arc::new(FileBackend::new(file)?), fill)?;
    begun.as_file().sync_all()?;
    let target = directory.join(&name);
    let made = match begun.persist_noclobber(&target) {
        Ok(made) => made,
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error.error.into()),
    };
    match (place.sync(&made), unlasting) {
        (Ok(()), _) => Ok(true),
        (Err(error), Unlasting::Stays) => {
            let unknown = StorageError::new("make the name last of", Some(&target), error);
            Err(Error::OutcomeUnknown(unknown).into())
        }
        (Err(error), Unlasting::Goes) => {
            fs::remove_file(&target)?;
            Err(error.into())
        }
    }
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

/// How long whoever made a file may take to make its name last.
const YOUTH: Duration = Duration::from_secs(60);

/// Makes the name of a file last that somebody else made a moment ago: what is committed to it from now on
/// would be lost with its name.
pub(in crate::store) fn settle(path: &Path) -> Result<(), Fault> {
    // Its times are not asked for at each commit, only here.
    let born = fs::symlink_metadata(path).and_then(|metadata| metadata.created());
    let is_young = match born.map(|born| born.elapsed()) {
        Ok(Ok(age)) => age < YOUTH,
        // Of the future: the clock was set back since.
        Ok(Err(_)) => true,
        // Where files do not know it, their makers have to be believed.
        Err(_) => false,
    };
    if is_young
        && let Some(directory) = path.parent()
        && let Ok(directory) = Directory::open(directory)
        && let Some(file) = plain::open(path, For::Reading)?
    {
        directory.sync(&file)?;
    }
    Ok(())
}

/// The names that a new file of this prefix may have while it is made.
fn temporary(prefix: &OsStr) -> Temporary<'_> {
    Temporary {
        prefix,
        suffix: ".tmp",
        making: Making::Registry,
    }
}

/// Removes what killed creations of the file at `path` left behind.
pub(in crate::store) fn sweep_beside(path: &Path) {
    if let (Some(directory), Some(name)) = (path.parent(), path.file_name()) {
        temporary(&temporary_prefix(name)).sweep(directory);
    }
}
