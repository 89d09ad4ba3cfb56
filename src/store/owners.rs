//! The proof of life: every handle that claims sessions, or waits to, keeps one exclusively locked file beside the
//! registry, named after a random id. The operating system drops the lock when the owner dies, however it
//! dies. Everybody else tries the lock shared, so that two who look never take each other for the owner.

mod probe;
mod waiting;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
#[cfg(unix)]
use std::process::Command;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use uuid::Uuid;

pub(crate) use probe::Probe;

use super::disk::host::Host;
use super::disk::owners_folder::OwnersFolder;
use super::disk::process::Process;
use super::format::claim_row::ClaimRow;
use crate::error::Result;
#[cfg(unix)]
use crate::error::{Error, StorageError};
use crate::session::{Liveness, Owner, SessionId, Timestamp, program_of_file};

/// The owners of one registry's sessions, as this handle sees them.
#[derive(Debug)]
pub(crate) struct Owners {
    /// `None` for a registry in memory, whose only owner is this handle.
    folder: Option<OwnersFolder>,
    own: Mutex<Weak<OwnLock>>,
    host: Host,
    /// What this handle's program calls itself.
    program: Option<String>,
}

/// This handle's own proof of life, shared by its claims and its waits; gone with the last of them.
#[derive(Debug)]
pub(crate) struct OwnLock {
    id: Uuid,
    kept: Option<Kept>,
    /// Claims of this handle that ended, but whose rows could not be removed.
    abandoned: Mutex<Vec<(SessionId, u64)>>,
    /// The numbers under which somebody waited here, and whose rows could not be removed.
    waits_abandoned: Mutex<Vec<u64>>,
}

/// A locked file, which goes with the process that locked it: a fork neither unlocks nor removes it.
#[derive(Debug)]
struct Kept {
    file: File,
    path: PathBuf,
    process: Process,
}

impl Owners {
    /// `program` is what the program calls itself; `None`: as its file is called.
    pub(crate) fn of(registry: Option<&Path>, program: Option<String>) -> Self {
        Self {
            folder: registry.map(OwnersFolder::beside),
            own: Mutex::new(Weak::new()),
            host: Host::this(),
            program: program.or_else(executable),
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
        let kept = match &self.folder {
            None => None,
            Some(folder) => {
                let (file, path) = folder.make_lock(id)?;
                Some(Kept {
                    file,
                    path,
                    process: Process::this(),
                })
            }
        };
        Ok(OwnLock {
            id,
            kept,
            abandoned: Mutex::default(),
            waits_abandoned: Mutex::default(),
        })
    }

    /// Returns the row of a claim by `lock`.
    pub(crate) fn claim_row(&self, lock: &OwnLock, epoch: u64, now: Timestamp) -> ClaimRow {
        ClaimRow {
            epoch,
            owner: *lock.id.as_bytes(),
            machine: Some(self.host.machine.clone()),
            boot: self.host.boot.clone(),
            host: self.host.name.clone(),
            pid: std::process::id(),
            pid_namespace: self.host.pid_namespace,
            driver: None,
            program: self.program.clone(),
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
        self.probe().owner(id, claim)
    }

    pub(crate) fn liveness(&self, id: SessionId, claim: &ClaimRow) -> Liveness {
        self.probe().liveness(id, claim)
    }

    /// One look at the owners of several claims.
    pub(crate) fn probe(&self) -> Probe<'_> {
        Probe::new(self)
    }

    /// Removes the files of dead owners that no row names any more, and what was left behind where one
    /// was being made; who is `named` is asked once, after the dead were found. A tidy-up, not a duty: failures
    /// are ignored.
    pub(crate) fn sweep(&self, named: impl FnOnce() -> Result<Vec<[u8; 16]>>) {
        let Some(folder) = &self.folder else {
            return;
        };
        folder.sweep_unnamed();
        let mut dead = folder.locks();
        dead.retain(|(_, _, file)| file.try_lock_shared().is_ok());
        if dead.is_empty() {
            return;
        }
        let Ok(named) = named() else {
            return;
        };
        for (id, path, _held) in &dead {
            if !named.contains(id.as_bytes()) {
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

    /// Gives the lock to the programs that `command` will start, beside this process. It is on the open file,
    /// and lives until all of its descriptors are closed, or one of them unlocks it.
    #[cfg(unix)]
    pub(crate) fn inherit(&self, command: &mut Command) -> Result<()> {
        use command_fds::CommandFdExt;

        let Some(kept) = &self.kept else {
            return Ok(());
        };
        let failed = |error| StorageError::new("copy the descriptor of", Some(&kept.path), error);
        let copy = kept.file.try_clone();
        let copy = copy.map_err(|error| Error::Storage(failed(error)))?;
        // Kept open only between fork and exec of these programs: no other that is started meanwhile gets it.
        command.preserved_fds(vec![copy.into()]);
        Ok(())
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
        let Some(kept) = &self.kept else {
            return;
        };
        if kept.process.is_another() {
            return;
        }
        // A row that is left behind needs the file, to tell that its owner is dead.
        if self.abandoned.lock().is_empty() && self.waits_abandoned.lock().is_empty() {
            let _ = fs::remove_file(&kept.path);
        }
        // Closing would leave the lock to a program that another thread is starting just now, until
        // that has begun.
        let _ = kept.file.unlock();
    }
}

/// What the file is called that this program runs from.
fn executable() -> Option<String> {
    let file = std::env::current_exe().ok()?;
    program_of_file(&file.file_name()?.to_string_lossy())
}
