//! What a killed process of this crate left behind under a temporary name. Only that goes: by the exact
//! form of its name, its kind and its length, when it is a day old and nobody has it locked.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::header::{MAGIC, PAGE};
use super::plain::{self, For};

/// How many directory entries a sweep looks at, at most.
const SWEEP_LIMIT: usize = 1024;
/// A leftover may go when it is this old.
const AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// How many letters and digits make a temporary name.
const RANDOM: usize = 6;

/// What was being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Making {
    /// A file that proves who lives: it is empty.
    Lock,
    /// A registry: the engine's pages, in whatever state.
    Registry,
}

/// The temporary names of one thing that is made.
#[derive(Debug)]
pub(in crate::store) struct Temporary<'a> {
    pub(in crate::store) prefix: &'a OsStr,
    pub(in crate::store) suffix: &'a str,
    pub(in crate::store) making: Making,
}

impl Temporary<'_> {
    /// Whether it is `name` that the thing may have while it is made.
    pub(in crate::store) fn is(&self, name: &OsStr) -> bool {
        let random = name
            .as_encoded_bytes()
            .strip_prefix(self.prefix.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(self.suffix.as_bytes()));
        random.is_some_and(|random| {
            random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric)
        })
    }

    /// How a file is begun that is to get its name when it is whole: for its owner alone, whatever the
    /// umask, and on no standard stream.
    pub(in crate::store) fn begin(&self, directory: &Path) -> io::Result<tempfile::NamedTempFile> {
        let _low = super::descriptors::LowDescriptors::taken();
        let made = tempfile::Builder::new()
            .prefix(self.prefix)
            .suffix(self.suffix)
            .rand_bytes(RANDOM)
            .tempfile_in(directory)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            made.as_file()
                .set_permissions(PermissionsExt::from_mode(0o600))?;
        }
        Ok(made)
    }

    /// Removes what killed processes left in `directory`. A tidy-up, not a duty: failures are ignored.
    pub(in crate::store) fn sweep(&self, directory: &Path) {
        let Ok(entries) = fs::read_dir(directory) else {
            return;
        };
        for entry in entries.flatten().take(SWEEP_LIMIT) {
            let path = entry.path();
            if self.is(&entry.file_name()) && self.making.was_left(&path).unwrap_or(false) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

impl Making {
    fn was_left(self, path: &Path) -> io::Result<bool> {
        let Some(file) = plain::open(path, For::Reading)? else {
            return Ok(false);
        };
        let metadata = file.metadata()?;
        let age = SystemTime::now().duration_since(metadata.modified()?);
        Ok(age.is_ok_and(|age| age > AGE)
            && is_of_this_user(&metadata)
            && self.is_content(&file, metadata.len())?
            && file.try_lock().is_ok())
    }

    /// Whether this crate can have left the file so.
    fn is_content(self, mut file: &File, length: u64) -> io::Result<bool> {
        match self {
            Self::Lock => Ok(length == 0),
            Self::Registry if length == 0 => Ok(true),
            Self::Registry => {
                let mut start = [0; MAGIC.len()];
                if !length.is_multiple_of(PAGE) {
                    return Ok(false);
                }
                file.read_exact(&mut start)?;
                Ok(start == [0; MAGIC.len()] || start == *MAGIC)
            }
        }
    }
}

/// Root's leftovers may be of any user: it makes files that belong to others.
#[cfg(unix)]
fn is_of_this_user(metadata: &fs::Metadata) -> bool {
    let user = rustix::process::geteuid();
    user.is_root() || user.as_raw() == std::os::unix::fs::MetadataExt::uid(metadata)
}

#[cfg(not(unix))]
fn is_of_this_user(_: &fs::Metadata) -> bool {
    true
}
