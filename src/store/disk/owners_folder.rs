//! The folder beside a registry in which its owners' locks are, and what makes it worth believing: a real
//! directory of the registry's owner (or of root), in which nobody else can put or remove a file. It and
//! what is in it belong to the registry's owner, also where root makes them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::directory::Directory;
use super::leftovers::{Making, Temporary};
use super::plain::{self, For};
use super::whose::Whose;
use crate::error::{Error, OwnersFolderError, OwnersFolderProblem, Result, StorageError};

/// How many files one sweep looks at, at most.
const SWEEP_LIMIT: usize = 256;
/// What the name of a lock file begins with until it is locked.
const UNNAMED: &str = ".new-";

/// The folder of one registry's owners' locks.
#[derive(Debug)]
pub(in crate::store) struct OwnersFolder {
    path: PathBuf,
    registry: PathBuf,
}

/// The folder as it was found.
enum Found {
    Nothing,
    Believable(Whose),
    Not(OwnersFolderProblem),
}

impl OwnersFolder {
    /// Of the registry at this canonical path.
    pub(in crate::store) fn beside(registry: &Path) -> Self {
        let mut path = registry.as_os_str().to_os_string();
        path.push(".owners");
        Self {
            path: path.into(),
            registry: registry.to_path_buf(),
        }
    }

    /// The lock file of an owner, if there is one that proves anything.
    pub(in crate::store) fn lock_of(&self, owner: Uuid) -> Option<File> {
        let registry = Whose::at(&self.registry).ok()?;
        match self.look(registry) {
            Ok(Found::Believable(_)) => self.open(&self.path_of(owner), registry),
            _ => None,
        }
    }

    /// The lock files that are there, each with its owner.
    pub(in crate::store) fn locks(&self) -> Vec<(Uuid, PathBuf, File)> {
        let Ok(registry) = Whose::at(&self.registry) else {
            return Vec::new();
        };
        let Ok(Found::Believable(_)) = self.look(registry) else {
            return Vec::new();
        };
        let Ok(entries) = fs::read_dir(&self.path) else {
            return Vec::new();
        };
        let mut locks = Vec::new();
        for entry in entries.flatten().take(SWEEP_LIMIT) {
            if let Some(owner) = owner_of(&entry.file_name())
                && let Some(file) = self.open(&entry.path(), registry)
            {
                locks.push((owner, entry.path(), file));
            }
        }
        locks
    }

    /// Removes the files that were left where a lock was being made.
    pub(in crate::store) fn sweep_unnamed(&self) {
        let registry = Whose::at(&self.registry);
        if let Ok(registry) = registry
            && let Ok(Found::Believable(_)) = self.look(registry)
        {
            unnamed().sweep(&self.path);
        }
    }

    /// Makes an owner's lock file, which appears under its name only once it is locked, and outlasts a
    /// power cut. Makes the folder where there is none. On an error there is no such file.
    pub(in crate::store) fn make_lock(&self, owner: Uuid) -> Result<(File, PathBuf)> {
        let failed = |error: io::Error| self.failed(error);
        let registry = Whose::at(&self.registry).map_err(failed)?;
        match self.look(registry).map_err(failed)? {
            Found::Not(problem) => return Err(self.refused(problem)),
            Found::Nothing => {
                self.check_may_claim(registry, registry)?;
                self.make(registry).map_err(failed)?;
            }
            Found::Believable(folder) => {
                self.check_may_claim(folder, registry)?;
                self.hand_over(folder, registry).map_err(failed)?;
            }
        }
        self.make_lock_file(&self.path_of(owner), registry)
            .map_err(failed)
    }

    fn path_of(&self, owner: Uuid) -> PathBuf {
        self.path.join(owner.simple().to_string())
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::Storage(StorageError::new(
            "make an owner's lock in",
            Some(&self.path),
            error,
        ))
    }

    fn refused(&self, problem: OwnersFolderProblem) -> Error {
        OwnersFolderError::new(&self.path, problem).into()
    }

    /// Opens a lock file: a plain and empty one that nobody else can have made.
    fn open(&self, path: &Path, registry: Whose) -> Option<File> {
        let file = plain::open(path, For::Reading).ok()??;
        let metadata = file.metadata().ok()?;
        let is_believable = metadata.len() == 0 && Whose::of(&metadata).is_trusted(registry);
        is_believable.then_some(file)
    }

    fn look(&self, registry: Whose) -> io::Result<Found> {
        let found = match fs::symlink_metadata(&self.path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
            Err(error) => return Err(error),
        };
        if !found.is_dir() {
            return Ok(Found::Not(OwnersFolderProblem::NotADirectory));
        }
        let folder = Whose::of(&found);
        Ok(match folder.problem(registry) {
            None => Found::Believable(folder),
            Some(problem) => Found::Not(problem),
        })
    }

    fn make_lock_file(&self, path: &Path, registry: Whose) -> io::Result<(File, PathBuf)> {
        let directory = Directory::open(&self.path)?;
        let made = unnamed().begin(&self.path)?;
        registry.receives(made.as_file())?;
        made.as_file().try_lock().map_err(io::Error::from)?;
        made.as_file().sync_all()?;
        let file = made.persist_noclobber(path).map_err(|error| error.error)?;
        if let Err(error) = directory.sync(&file) {
            let _ = fs::remove_file(path);
            return Err(error);
        }
        Ok((file, path.to_path_buf()))
    }
}

/// The name of a lock file while it is made.
fn unnamed() -> Temporary<'static> {
    Temporary {
        prefix: UNNAMED.as_ref(),
        suffix: "",
        making: Making::Lock,
    }
}

/// Whose lock file has this name: 32 hexadecimal digits in lower case, as this crate writes them.
fn owner_of(name: &std::ffi::OsStr) -> Option<Uuid> {
    let name = name.to_str()?;
    let id = Uuid::try_parse(name).ok()?;
    (id.simple().to_string() == name).then_some(id)
}

#[cfg(unix)]
impl OwnersFolder {
    /// Claims are for the registry's owner and root, and for whom the folder lets in.
    fn check_may_claim(&self, folder: Whose, registry: Whose) -> Result<()> {
        let user = rustix::process::geteuid().as_raw();
        if user == Whose::ROOT || (user == registry.user && user == folder.user) {
            return Ok(());
        }
        let owner = folder.user;
        Err(self.refused(OwnersFolderProblem::NotYours { owner, user }))
    }

    /// Makes the folder, for the registry's owner alone. On an error there is none.
    fn make(&self, registry: Whose) -> io::Result<()> {
        let parent = Directory::open(self.path.parent().unwrap_or(Path::new("/")))?;
        let mut builder = fs::DirBuilder::new();
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&self.path) {
            Ok(()) => {}
            // Another process was faster; it is looked at again.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return match self.look(registry)? {
                    Found::Believable(_) => Ok(()),
                    Found::Nothing | Found::Not(_) => Err(error),
                };
            }
            Err(error) => return Err(error),
        }
        let finished = self.open_folder().and_then(|made| {
            registry.receives(&made)?;
            parent.sync(&made)
        });
        if finished.is_err() {
            let _ = fs::remove_dir(&self.path);
        }
        finished
    }

    /// The folder itself, opened for what is done to it.
    fn open_folder(&self) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags};

        // A umask may have taken away its owner's own permissions.
        if !Whose::at(&self.path)?.is_open_to_its_owner() {
            let all = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(&self.path, all)?;
        }
        let flags = OFlags::RDONLY
            | OFlags::DIRECTORY
            | OFlags::NOFOLLOW
            | OFlags::NONBLOCK
            | OFlags::CLOEXEC;
        let _low = super::descriptors::LowDescriptors::taken();
        let folder = rustix::fs::open(&self.path, flags, Mode::empty())?;
        super::descriptors::off_the_standard_streams(folder.into())
    }

    /// Gives a folder that root has made, and the locks in it, to the registry's owner, who could claim
    /// nothing otherwise. Not one in which there is anything else: that may be a private one of root's,
    /// to which somebody gave this name.
    fn hand_over(&self, folder: Whose, registry: Whose) -> io::Result<()> {
        if !rustix::process::geteuid().is_root() || folder.user == registry.user {
            return Ok(());
        }
        let mut locks = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_ours = owner_of(&name).is_some() || unnamed().is(&name);
            match self.open(&entry.path(), registry) {
                Some(lock) if is_ours => locks.push(lock),
                _ => return Err(io::Error::other("it is root's, and holds more than locks")),
            }
        }
        for lock in &locks {
            registry.receives(lock)?;
        }
        registry.receives(&self.open_folder()?)
    }
}

#[cfg(not(unix))]
impl OwnersFolder {
    fn check_may_claim(&self, _: Whose, _: Whose) -> Result<()> {
        Ok(())
    }

    fn make(&self, _: Whose) -> io::Result<()> {
        match fs::create_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            made => made,
        }
    }

    fn hand_over(&self, _: Whose, _: Whose) -> io::Result<()> {
        Ok(())
    }
}
