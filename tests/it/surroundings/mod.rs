//! Everything beside the file, made by whoever may: names, links, kinds, owners, modes and lengths; and
//! what a process is: its descriptors, its forks, its umask.

mod counters;
#[cfg(unix)]
pub(crate) mod descriptors;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
pub(crate) mod forks;
#[cfg(unix)]
mod leftovers;
#[cfg(unix)]
pub(crate) mod length;
#[cfg(unix)]
mod links;
#[cfg(unix)]
mod pipes;
#[cfg(target_os = "linux")]
mod shared_folder;
mod tables;
#[cfg(unix)]
mod unlisted;
#[cfg(unix)]
mod users;

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use session_registry::{SessionId, SessionRegistry};
use tempfile::TempDir;
use uuid::Uuid;

#[cfg(unix)]
use crate::support::system::make_pipe;
use crate::world::session_at;

/// A registry of one session, in a directory that others may enter.
struct Place {
    file: PathBuf,
    id: SessionId,
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        #[cfg(unix)]
        set_mode(directory.path(), 0o755);
        let file = directory.path().join("sessions.redb");
        let registry = SessionRegistry::open(&file).unwrap();
        let id = registry.register(session_at("/surroundings")).unwrap().id();
        registry.close().unwrap();
        Self {
            file,
            id,
            directory,
        }
    }

    /// One that belongs to `user`, with its directory.
    #[cfg(unix)]
    fn of(user: u32) -> Self {
        let place = Self::new();
        give(&place.file, user);
        give(place.directory.path(), user);
        place
    }

    fn open(&self) -> SessionRegistry {
        SessionRegistry::open(&self.file).unwrap()
    }

    fn folder(&self) -> PathBuf {
        let mut folder = self.file.clone().into_os_string();
        folder.push(".owners");
        folder.into()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The names beside the registry, in order.
    fn names(&self) -> Vec<String> {
        names_in(self.directory.path())
    }

    /// The lock file of the one owner there is.
    fn only_lock(&self) -> PathBuf {
        let names = names_in(&self.folder());
        assert_eq!(names.len(), 1, "{names:?}");
        self.folder().join(&names[0])
    }

    /// Leaves a claim whose owner is gone without a word; answers its lock file.
    fn leave_dead_owner(&self) -> PathBuf {
        let registry = self.open();
        let claim = registry.claim(self.id).unwrap();
        registry.close().unwrap();
        drop(claim);
        self.only_lock()
    }
}

fn names_in(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[cfg(unix)]
fn give(path: &Path, user: u32) {
    std::os::unix::fs::chown(path, Some(user), Some(user)).unwrap();
}

#[cfg(unix)]
fn owner_of(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::uid(&fs::symlink_metadata(path).unwrap())
}

/// The name of a lock file of nobody.
fn some_lock_name() -> String {
    Uuid::new_v4().simple().to_string()
}
