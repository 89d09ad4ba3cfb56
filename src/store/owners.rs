//! The proof of life: every handle that claims sessions keeps one exclusively locked file beside the
//! registry, named after a random id. The operating system drops the lock when the owner dies, however it
//! dies. Everybody else tries the lock shared, so that two who look never take each other for the owner.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use uuid::Uuid;

use super::disk::create::{is_leftover, sync_directory};
use super::format::claim_row::ClaimRow;
use crate::error::{Error, Result, StorageError};
use crate::session::{Liveness, Owner, SessionId, Timestamp};

/// How many files one sweep looks at, at most.
const SWEEP_LIMIT: usize = 256;
/// What the name of a lock file begins with until it is locked.
const UNNAMED: &str = ".new-";

/// The owners of one registry's sessions, as this handle sees them.
#[derive(Debug)]
pub(crate) struct Owners {
    /// `None` for a registry in memory, whose only owner is this handle.
    directory: Option<PathBuf>,
    own: Mutex<Weak<OwnLock>>,
    machine: String,
    boot: Option<String>,
    host: String,
}

/// This handle's own proof of life, shared by its claims; gone with the last of them.
#[derive(Debug)]
pub(crate) struct OwnLock {
    id: Uuid,
    kept: Option<(File, PathBuf)>,
    /// Claims of this handle that ended, but whose rows could not be removed.
    abandoned: Mutex<Vec<(SessionId, u64)>>,
}

impl Owners {
    pub(crate) fn of(registry: Option<&Path>) -> Self {
        Self {
            directory: registry.map(|path| {
                let mut name = path.as_os_str().to_os_string();
                name.push(".owners");
                PathBuf::from(name)
            }),
            own: Mutex::new(Weak::new()),
            machine: machine_id(),
            boot: boot_id(),
            host: gethostname::gethostname().to_string_lossy().into_owned(),
        }
    }

    /// Returns this handle's proof of life, made if there is none.
    pub(crate) fn acquire(&self) -> Result<Arc<OwnLock>> {
        let mut own = self.own.lock();
        if let Some(lock) = own.upgrade() {
            return Ok(lock);
        }
        let lock = Arc::new(self.make_lock()?);
        *own = Arc::downgrade(&lock);
        Ok(lock)
    }

    /// The proof of life of an owner that is nobody: its claims are a dead owner's once it is dropped, if
    /// any was noted as abandoned.
    pub(crate) fn stillborn(&self) -> Result<OwnLock> {
        self.make_lock()
    }

    fn make_lock(&self) -> Result<OwnLock> {
        let id = Uuid::new_v4();
        let kept = match &self.directory {
            None => None,
            Some(directory) => {
                let made = make_lock(directory, id);
                let failed =
                    |error| StorageError::new("make an owner's lock in", Some(directory), error);
                Some(made.map_err(|error| Error::Storage(failed(error)))?)
            }
        };
        let abandoned = Mutex::new(Vec::new());
        Ok(OwnLock {
            id,
            kept,
            abandoned,
        })
    }

    /// Returns the row of a claim by `lock`.
    pub(crate) fn claim_row(&self, lock: &OwnLock, epoch: u64, now: Timestamp) -> ClaimRow {
        ClaimRow {
            epoch,
            owner: *lock.id.as_bytes(),
            machine: Some(self.machine.clone()),
            boot: self.boot.clone(),
            host: self.host.clone(),
            pid: std::process::id(),
            driver: None,
            program: None,
            claimed_at: now.as_micros(),
            activity: None,
        }
    }

    /// Whether the claim is by this handle.
    pub(crate) fn is_own(&self, claim: &ClaimRow) -> bool {
        self.own
            .lock()
            .upgrade()
            .is_some_and(|lock| lock.owns(claim))
    }

    pub(crate) fn owner(&self, id: SessionId, claim: &ClaimRow) -> Owner {
        let liveness = self.liveness(id, claim);
        Owner::new(claim.pid, claim.host.clone(), claim.claimed_at(), liveness)
    }

    pub(crate) fn liveness(&self, id: SessionId, claim: &ClaimRow) -> Liveness {
        if let Some(lock) = self.own.lock().upgrade()
            && lock.owns(claim)
        {
            let abandoned = lock.abandoned.lock().contains(&(id, claim.epoch));
            return if abandoned {
                Liveness::Dead
            } else {
                Liveness::Alive
            };
        }
        let Some(directory) = &self.directory else {
            // In memory there is no other handle: that owner was this one, and let go.
            return Liveness::Dead;
        };
        let path = directory.join(Uuid::from_bytes(claim.owner).simple().to_string());
        let Ok(file) = File::open(path) else {
            return Liveness::Unknown;
        };
        match file.try_lock_shared() {
            Ok(()) if claim.machine.as_ref() == Some(&self.machine) => Liveness::Dead,
            Err(TryLockError::WouldBlock) => Liveness::Alive,
            Ok(()) | Err(TryLockError::Error(_)) => Liveness::Unknown,
        }
    }

    /// Removes the files of dead owners that no claim names any more, and what was left behind where one
    /// was being made; `claims` is asked once, after the dead were found. A tidy-up, not a duty: failures
    /// are ignored.
    pub(crate) fn sweep(&self, claims: impl FnOnce() -> Result<Vec<(SessionId, ClaimRow)>>) {
        let Some(directory) = &self.directory else {
            return;
        };
        let Ok(entries) = fs::read_dir(directory) else {
            return;
        };
        let dead: Vec<(Uuid, PathBuf, File)> = entries
            .flatten()
            .take(SWEEP_LIMIT)
            .filter_map(|entry| {
                let name = entry.file_name();
                let name = name.to_str()?;
                if name.starts_with(UNNAMED) && is_leftover(&entry.path()) {
                    let _ = fs::remove_file(entry.path());
                }
                let id = Uuid::try_parse(name).ok()?;
                let file = File::open(entry.path()).ok()?;
                file.try_lock_shared().ok()?;
                Some((id, entry.path(), file))
            })
            .collect();
        if dead.is_empty() {
            return;
        }
        let Ok(claims) = claims() else {
            return;
        };
        for (id, path, _held) in &dead {
            if !claims
                .iter()
                .any(|(_, claim)| claim.owner == *id.as_bytes())
            {
                let _ = fs::remove_file(path);
            }
        }
    }
}

impl OwnLock {
    /// The name of its file.
    pub(crate) fn id(&self) -> [u8; 16] {
        *self.id.as_bytes()
    }

    pub(crate) fn owns(&self, claim: &ClaimRow) -> bool {
        claim.owner == *self.id.as_bytes()
    }

    /// Notes that a claim ended although its row is still there.
    pub(crate) fn abandon(&self, id: SessionId, epoch: u64) {
        self.abandoned.lock().push((id, epoch));
    }

    /// The claims that were noted so.
    pub(crate) fn abandoned(&self) -> Vec<(SessionId, u64)> {
        self.abandoned.lock().clone()
    }

    /// Strikes claims whose rows are gone.
    pub(crate) fn forget(&self, ended: &[(SessionId, u64)]) {
        self.abandoned.lock().retain(|claim| !ended.contains(claim));
    }
}

impl Drop for OwnLock {
    fn drop(&mut self) {
        let Some((locked, path)) = &self.kept else {
            return;
        };
        // A row that is left behind needs the file, to tell that its owner is dead.
        if self.abandoned.lock().is_empty() {
            let _ = fs::remove_file(path);
        }
        // Closing would leave the lock to a program that another thread is starting just now, until
        // that has begun.
        let _ = locked.unlock();
    }
}

/// Makes a locked file that appears under its name only once it is locked, and outlasts a power cut.
fn make_lock(directory: &Path, id: Uuid) -> io::Result<(File, PathBuf)> {
    make_directory(directory)?;
    let file = tempfile::Builder::new()
        .prefix(UNNAMED)
        .tempfile_in(directory)?;
    file.as_file().try_lock().map_err(io::Error::from)?;
    let path = directory.join(id.simple().to_string());
    let file = file.persist_noclobber(&path).map_err(|error| error.error)?;
    file.sync_all()?;
    sync_directory(directory)?;
    Ok((file, path))
}

/// Makes the directory, for its owner only.
fn make_directory(directory: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(directory) {
        Ok(()) => directory.parent().map_or(Ok(()), sync_directory),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// What tells this machine from others that may see the same files. Where the system has no machine id,
/// the host's name stands in.
fn machine_id() -> String {
    ["/etc/machine-id", "/var/lib/dbus/machine-id"]
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .map(|text| text.trim().to_owned())
        .find(|id| !id.is_empty())
        .unwrap_or_else(|| gethostname::gethostname().to_string_lossy().into_owned())
}

/// What tells this start of the machine from others; `None` where the system has no such id.
fn boot_id() -> Option<String> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let id = text.trim();
    (!id.is_empty()).then(|| id.to_owned())
}
