//! Whether a file may be opened for writing. Any engine open for writing writes to the file, so a file is first
//! opened in an [`Overlay`], or looked at as one who only reads looks at it: what is refused was never written to.

use std::path::Path;
use std::sync::Arc;

use redb::{BackendError, ReadableDatabase, StorageBackend};

use super::backend::{CONSISTENT_BYTE, EXCLUSIVE_BYTE, MODE_BYTE, WRITER_BYTE, byte};
use super::inspection::{self, Found, LOOKS, is_held};
use super::medium::Medium;
use super::overlay::Overlay;
use super::recognition::{open_copy, read_flags, version_of};
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema::Version;
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

/// How a file was let in.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Admitted {
    /// Nobody wrote to it meanwhile, and nobody vouches for it.
    Alone(Admission),
    /// A live peer vouches for it, who may be writing.
    Beside(Found),
}

/// Looks at the file before it is opened for writing. Where a live peer vouches for it nobody is waited for;
/// else it is verified and read while holding its writer byte, so that no peer commits meanwhile.
pub(in crate::store) fn admit(
    medium: &Medium,
    settings: &Settings,
    newest: u32,
    wait: Wait,
) -> Result<Admitted, Fault> {
    with_storage(medium, |storage| {
        let flags = read_flags_in_time(storage.as_ref(), medium, settings.sharing, wait)?;
        let mut pause = Pause::new();
        let mut looks = 0;
        loop {
            check_excluded(storage.as_ref(), settings.sharing)?;
            if is_held(storage.as_ref(), CONSISTENT_BYTE)? {
                if let Some(found) = inspection::look(storage, medium.path(), settings, newest)? {
                    // Whoever writes without telling may have come since.
                    check_excluded(storage.as_ref(), settings.sharing)?;
                    return Ok(Admitted::Beside(found));
                }
                looks += 1;
                if looks >= LOOKS && settings.open_check != OpenCheck::Always {
                    return Ok(Admitted::Beside(Found::Unverified));
                }
                // Every page of a file to which others commit all the time: they have to wait for once.
                if looks < LOOKS {
                    if !wait.pause(&mut pause) {
                        return Err(Fault::TimedOut);
                    }
                    continue;
                }
            }
            if storage.try_lock_range(byte(WRITER_BYTE).0, byte(WRITER_BYTE).1)? {
                return examine(storage, medium, settings, newest, flags).map(Admitted::Alone);
            }
            if !wait.pause(&mut pause) {
                return Err(Fault::TimedOut);
            }
        }
    })
}

/// As [`admit`], but keeps every writer out, or waits for him.
pub(in crate::store) fn admit_alone(
    medium: &Medium,
    settings: &Settings,
    newest: u32,
    wait: Wait,
) -> Result<Admission, Fault> {
    with_storage(medium, |storage| {
        let flags = read_flags_in_time(storage.as_ref(), medium, settings.sharing, wait)?;
        // A commit in between would make one file of two states, which looks like damage.
        if lock_writer(storage.as_ref(), settings.sharing, wait)? {
            return examine(storage, medium, settings, newest, flags);
        }
        // Storage that knows no locks: nobody shares it.
        let version = guarded(|| read_version(storage, medium.path(), settings, newest))?;
        Ok(Admission {
            version,
            recovered: flags & RECOVERY_REQUIRED != 0,
        })
    })
}

/// Verifies every page of a registry that others may be using, without writing to it.
pub(in crate::store) fn check_pages(
    medium: &Medium,
    settings: &Settings,
    wait: Wait,
) -> Result<(), Fault> {
    admit_alone(medium, &settings.verifying(), u32::MAX, wait).map(drop)
}

/// As [`check_pages`], for a caller who keeps every writer out, by the descriptor on which he does: where locks
/// keep others from reading, they keep his own other descriptors from it too.
pub(in crate::store) fn check_pages_unlocked(
    storage: &Arc<dyn StorageBackend>,
    medium: &Medium,
    settings: &Settings,
) -> Result<(), Fault> {
    let settings = settings.verifying();
    read_flags(storage.as_ref(), medium)?;
    guarded(|| read_version(storage, medium.path(), &settings, u32::MAX)).map(drop)
}

/// Whether a live peer has the file open for writing, and so vouches for it.
pub(in crate::store) fn is_vouched_for(medium: &Medium) -> Result<bool, Fault> {
    with_storage(medium, |storage| is_held(storage.as_ref(), CONSISTENT_BYTE))
}

/// Whether somebody writes to the file just now.
pub(in crate::store) fn is_written_to(medium: &Medium) -> Result<bool, Fault> {
    with_storage(medium, |storage| is_held(storage.as_ref(), WRITER_BYTE))
}

/// Does `work` on a descriptor of its own.
fn with_storage<T>(
    medium: &Medium,
    work: impl FnOnce(&Arc<dyn StorageBackend>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let storage = medium.open()?;
    // A failure leaves the locks that were taken to the closing.
    let done = work(&storage);
    let closed = storage.close();
    let done = done?;
    closed?;
    Ok(done)
}

/// Verifies and reads a file whose writer byte is held, and lets go of that.
fn examine(
    storage: &Arc<dyn StorageBackend>,
    medium: &Medium,
    settings: &Settings,
    newest: u32,
    flags: u8,
) -> Result<Admission, Fault> {
    // Only a live writer's peers, or nobody, can vouch for a file that was not closed.
    let peer = is_held(storage.as_ref(), CONSISTENT_BYTE)?;
    // The engine panics on pages it did not write.
    let version = guarded(|| read_version(storage, medium.path(), settings, newest))?;
    storage.unlock_range(byte(WRITER_BYTE).0, byte(WRITER_BYTE).1)?;
    Ok(Admission {
        version,
        recovered: flags & RECOVERY_REQUIRED != 0 && !peer,
    })
}

/// As [`read_flags`]; where a lock keeps others from reading, again until the deadline. Before any lock of our
/// own: what is no file of the engine's may be one that somebody else locks in his own way.
fn read_flags_in_time(
    storage: &dyn StorageBackend,
    medium: &Medium,
    sharing: Sharing,
    wait: Wait,
) -> Result<u8, Fault> {
    let mut pause = Pause::new();
    loop {
        match read_flags(storage, medium) {
            Err(fault) if fault.is_locked() => {
                check_excluded(storage, sharing)?;
                if !wait.pause(&mut pause) {
                    return Err(Fault::TimedOut);
                }
            }
            flags => return flags,
        }
    }
}

/// Fails where somebody has the file in a way that keeps this opening out for as long as he lives.
fn check_excluded(storage: &dyn StorageBackend, sharing: Sharing) -> Result<(), Fault> {
    let excluded_by = byte(match sharing {
        Sharing::Shared => EXCLUSIVE_BYTE,
        Sharing::Exclusive => MODE_BYTE,
    });
    match storage.query_lock_range(excluded_by.0, excluded_by.1) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Fault::Engine(redb::Error::DatabaseAlreadyOpen)),
        Err(BackendError::Unsupported) if sharing == Sharing::Exclusive => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Takes the writer byte; returns `false` where the storage knows no locks and nobody shares it.
fn lock_writer(storage: &dyn StorageBackend, sharing: Sharing, wait: Wait) -> Result<bool, Fault> {
    let writer = byte(WRITER_BYTE);
    let mut pause = Pause::new();
    loop {
        // An exclusive holder has the writer byte for as long as it lives: no use in waiting for that.
        check_excluded(storage, sharing)?;
        match storage.try_lock_range(writer.0, writer.1) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(BackendError::Unsupported) if sharing == Sharing::Exclusive => return Ok(false),
            Err(error) => return Err(error.into()),
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
