//! Whether a file may be read, found out without a lock that a writer would have to wait for.

use std::path::Path;
use std::sync::Arc;

use redb::{ReadableDatabase, StorageBackend};

use super::backend::{EXCLUSIVE_BYTE, MODE_BYTE, byte};
use super::header::Header;
use super::image::Image;
use super::medium::Medium;
use super::overlay::Overlay;
use super::recognition::{open_copy, read_flags, version_of};
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema::Version;
use crate::store::open_settings::{OpenCheck, Settings};
use crate::store::wait::{Pause, Wait};

/// How often a file is looked at to which others commit all the time. After that it counts as what they found it
/// to be when they opened it.
pub(super) const LOOKS: usize = 8;

/// What was found out about a file that is not refused.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) enum Found {
    /// Every page is what was written.
    Sound(Version),
    /// Only what is always looked at was looked at, and nothing was wrong with that.
    Unverified,
}

/// Looks at the file as thoroughly as the settings say; tries until the deadline where somebody has it
/// exclusively.
pub(in crate::store) fn inspect(
    file: &Arc<dyn StorageBackend>,
    medium: &Medium,
    settings: &Settings,
    newest: u32,
    wait: Wait,
) -> Result<Found, Fault> {
    let mut pause = Pause::new();
    let mut looks = 0;
    let mut is_ours = false;
    loop {
        // Not whose file it is, as long as somebody keeps it from being read.
        let found = match read_flags(file.as_ref(), medium) {
            Err(fault) if fault.is_locked() => Ok(None),
            Err(fault) => return Err(fault),
            Ok(_) => {
                is_ours = true;
                look(file, medium.path(), settings, newest)
            }
        };
        // What is read beside somebody who writes without telling is not to be believed, good or bad.
        let hidden = is_exclusive(file.as_ref())?;
        if !hidden && let Some(found) = found.transpose() {
            return found;
        }
        looks += 1;
        if !hidden && is_ours && looks >= LOOKS && settings.open_check != OpenCheck::Always {
            return Ok(Found::Unverified);
        }
        if !wait.pause(&mut pause) {
            return Err(if hidden {
                Fault::Engine(redb::Error::DatabaseAlreadyOpen)
            } else {
                Fault::TimedOut
            });
        }
    }
}

/// Verifies every page of a file that nobody has open for writing; `false` if somebody has.
pub(in crate::store) fn check_pages(medium: &Medium, settings: &Settings) -> Result<bool, Fault> {
    let file = medium.open()?;
    match read_flags(file.as_ref(), medium) {
        Err(fault) if fault.is_locked() => return Ok(false),
        flags => flags?,
    };
    if is_held(file.as_ref(), MODE_BYTE)? {
        return Ok(false);
    }
    let found = look_through(&file, medium.path(), settings, u32::MAX);
    if is_held(file.as_ref(), MODE_BYTE)? {
        return Ok(false);
    }
    Ok(found?.is_some())
}

/// Whether somebody has the file exclusively. What is read beside them is not to be believed.
pub(in crate::store) fn is_exclusive(file: &dyn StorageBackend) -> Result<bool, Fault> {
    is_held(file, EXCLUSIVE_BYTE)
}

pub(super) fn is_held(file: &dyn StorageBackend, at: u64) -> Result<bool, Fault> {
    let (start, end) = byte(at);
    Ok(file.query_lock_range(start, end)?)
}

/// `None` if somebody wrote meanwhile, or kept what he wrote from being read.
pub(super) fn look(
    file: &Arc<dyn StorageBackend>,
    path: Option<&Path>,
    settings: &Settings,
    newest: u32,
) -> Result<Option<Found>, Fault> {
    match look_once(file, path, settings, newest) {
        Err(fault) if fault.is_locked() => Ok(None),
        found => found,
    }
}

fn look_once(
    file: &Arc<dyn StorageBackend>,
    path: Option<&Path>,
    settings: &Settings,
    newest: u32,
) -> Result<Option<Found>, Fault> {
    let is_small = file.len()? <= Settings::AUTO_CHECK_LIMIT;
    let version = match settings.open_check {
        OpenCheck::Never => return look_at_length(file.as_ref()),
        OpenCheck::Auto if !is_small => return look_at_length(file.as_ref()),
        OpenCheck::Auto | OpenCheck::Always if is_small => match Image::take(file.as_ref())? {
            Some(image) => Some(verify(image.storage, path, settings, newest)?),
            None => None,
        },
        OpenCheck::Auto | OpenCheck::Always => look_through(file, path, settings, newest)?,
    };
    Ok(version.map(Found::Sound))
}

/// Refuses what was cut off; `None` if somebody wrote meanwhile.
fn look_at_length(file: &dyn StorageBackend) -> Result<Option<Found>, Fault> {
    let header = Header::read(file)?;
    let len = file.len()?;
    if Header::read(file)? != header {
        return Ok(None);
    }
    if u128::from(len) < header.least_len() {
        let detail = "the file is shorter than its header says";
        return Err(Fault::Damaged(detail.into()));
    }
    Ok(Some(Found::Unverified))
}

fn verify(
    copy: Arc<dyn StorageBackend>,
    path: Option<&Path>,
    settings: &Settings,
    newest: u32,
) -> Result<Version, Fault> {
    guarded(|| {
        let database = open_copy(copy, settings, true)?;
        version_of(&database.begin_read()?, path, newest)
    })
}

/// Verifies every page where it is; `None` if somebody wrote meanwhile.
fn look_through(
    file: &Arc<dyn StorageBackend>,
    path: Option<&Path>,
    settings: &Settings,
    newest: u32,
) -> Result<Option<Version>, Fault> {
    let header = Header::read(file.as_ref())?;
    let content = Overlay::over(Arc::clone(file))?;
    header.publish(&content)?;
    let version = verify(Arc::new(content), path, settings, newest);
    if Header::read(file.as_ref())? != header {
        return Ok(None);
    }
    version.map(Some)
}
