//! The one owner of redb's `Database`: opens it, closes it, and opens it again when an error made it
//! refuse further work.

pub(in crate::store) mod kept;
pub(in crate::store) mod open;
pub(in crate::store) mod outcome;
pub(in crate::store) mod pinned;
pub(in crate::store) mod stamp;
pub(in crate::store) mod upkeep;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use parking_lot::{Mutex, RwLock, RwLockReadGuard};
use redb::{Database, ReadTransaction, ReadableDatabase, TransactionError, WriteTransaction};

use crate::error::Error;
use crate::store::disk::admission::Admitted;
use crate::store::disk::backend::{CommitPoint, bounded};
use crate::store::disk::medium::Medium;
use crate::store::disk::process::Process;
use crate::store::fault::{Context, Fault, guarded};
use crate::store::format::schema::{self, Step};
use crate::store::rows::view::View;
use crate::store::settings::{Pause, Settings, Sharing, Wait};
use open::{Opened, open_database};
use stamp::{Commits, Stamp};

/// How often, at most, reads ask whether the file is still in its place.
const PLACE_CHECK_MILLIS: u64 = 100;

pub(in crate::store) struct Engine {
    pub(in crate::store) medium: Medium,
    pub(in crate::store) settings: Settings,
    pub(in crate::store) steps: &'static [Step],
    pub(in crate::store) commit_point: Arc<CommitPoint>,
    /// The view of the present state, where nobody else can commit: kept until the next commit begins.
    /// Before `slot`, so that it goes first: it must not outlive the database.
    pub(in crate::store) kept: Mutex<Option<(Stamp, Arc<View>)>>,
    pub(in crate::store) slot: RwLock<Slot>,
    /// Raised by each reopening and by the closing: older snapshots are lost.
    pub(in crate::store) generation: AtomicU64,
    broken: AtomicBool,
    pub(in crate::store) commits: Commits,
    replaced: AtomicBool,
    /// Lets one thread at a time wait for the header lock, with its own deadline; redb's own mutex in
    /// front of that lock knows none.
    header_gate: Mutex<()>,
    /// How many views outlive the call that made them.
    pub(in crate::store) pinned: AtomicUsize,
    /// Which process opened the file; memory is each fork's own.
    process: Option<Process>,
    opened: Instant,
    /// Milliseconds after `opened` at which it was last asked which process this is.
    process_checked: AtomicU64,
    /// Milliseconds after `opened` at which the place of the file was last checked.
    place_checked: AtomicU64,
}

pub(in crate::store) enum Slot {
    Open(Opened),
    /// The engine failed, and could not be reopened so far.
    Shut,
    Closed,
}

/// The open database, held in place until this is dropped.
pub(in crate::store) type Held<'a> = parking_lot::MappedRwLockReadGuard<'a, Opened>;

impl Engine {
    /// Opens storage that holds a registry of any version up to the newest of `steps`.
    pub(in crate::store) fn open(
        medium: Medium,
        settings: Settings,
        steps: &'static [Step],
        wait: Wait,
    ) -> Result<(Self, Admitted), Fault> {
        let commit_point = Arc::<CommitPoint>::default();
        let (opened, admitted) = open_database(&medium, &settings, steps, &commit_point, wait)?;
        let engine = Self {
            process: medium.path().map(|_| Process::this()),
            process_checked: AtomicU64::new(0),
            medium,
            settings,
            steps,
            commit_point,
            slot: RwLock::new(Slot::Open(opened)),
            commits: Commits::default(),
            kept: Mutex::new(None),
            generation: AtomicU64::new(0),
            broken: AtomicBool::new(false),
            replaced: AtomicBool::new(false),
            header_gate: Mutex::new(()),
            pinned: AtomicUsize::new(0),
            opened: Instant::now(),
            place_checked: AtomicU64::new(0),
        };
        Ok((engine, admitted))
    }

    pub(in crate::store) fn context(&self, action: &'static str, wait: Wait) -> Context<'_> {
        Context {
            action,
            path: self.medium.path(),
            wait,
        }
    }

    pub(in crate::store) fn newest(&self) -> u32 {
        schema::latest(self.steps)
    }

    /// Closes the database for every clone; waits for calls under way.
    pub(in crate::store) fn close(&self, wait: Wait) -> Result<(), Fault> {
        self.check_process()?;
        let mut slot = self
            .slot
            .try_write_until(wait.deadline)
            .ok_or(Fault::TimedOut)?;
        self.let_go();
        let before = std::mem::replace(&mut *slot, Slot::Closed);
        self.generation.fetch_add(1, Ordering::AcqRel);
        match before {
            Slot::Open(opened) if self.broken.load(Ordering::Acquire) => {
                let _ = guarded(|| Ok(opened.database.close()?));
                Ok(())
            }
            Slot::Open(opened) => guarded(|| Ok(opened.database.close()?)),
            Slot::Shut | Slot::Closed => Ok(()),
        }
    }

    /// Notes it if the fault is one after which the database may refuse further work.
    pub(in crate::store) fn note(&self, fault: &Fault) {
        if fault.breaks_engine() {
            self.note_broken();
        }
    }

    /// Notes that the database may refuse further work; the next call reopens it.
    pub(in crate::store) fn note_broken(&self) {
        self.broken.store(true, Ordering::Release);
    }

    pub(in crate::store) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    pub(in crate::store) fn is_closed(&self, wait: Wait) -> bool {
        self.slot
            .try_read_until(wait.deadline)
            .is_some_and(|slot| matches!(*slot, Slot::Closed))
    }

    /// The database, reopened first if it needs that.
    pub(in crate::store) fn hold(&self, wait: Wait) -> Result<Held<'_>, Fault> {
        loop {
            if !self.broken.load(Ordering::Acquire) {
                let slot = self
                    .slot
                    .try_read_until(wait.deadline)
                    .ok_or(Fault::TimedOut)?;
                match &*slot {
                    Slot::Closed => return Err(Error::Closed.into()),
                    Slot::Open(_) => {
                        if let Ok(held) = RwLockReadGuard::try_map(slot, |slot| match slot {
                            Slot::Open(opened) => Some(opened),
                            Slot::Shut | Slot::Closed => None,
                        }) {
                            return Ok(held);
                        }
                    }
                    Slot::Shut => self.note_broken(),
                }
            }
            self.heal(wait)?;
        }
    }

    /// Closes the failed database and opens the same storage again, admission and all.
    fn heal(&self, wait: Wait) -> Result<(), Fault> {
        self.check_process()?;
        let mut slot = self
            .slot
            .try_write_until(wait.deadline)
            .ok_or(Fault::TimedOut)?;
        if !self.broken.load(Ordering::Acquire) || matches!(*slot, Slot::Closed) {
            self.broken.store(false, Ordering::Release);
            return Ok(());
        }
        self.forget();
        if let Slot::Open(opened) = std::mem::replace(&mut *slot, Slot::Shut) {
            self.generation.fetch_add(1, Ordering::AcqRel);
            let _ = guarded(|| Ok(opened.database.close()?));
        }
        self.check_place_now()?;
        let opened = open_database(
            &self.medium,
            &self.settings,
            self.steps,
            &self.commit_point,
            wait,
        );
        let (opened, _) = opened.map_err(was_a_registry)?;
        *slot = Slot::Open(opened);
        self.broken.store(false, Ordering::Release);
        Ok(())
    }

    /// Fails unless the file at the path is the one that was opened; once it is not, for ever.
    pub(in crate::store) fn check_place_now(&self) -> Result<(), Fault> {
        if !self.replaced.load(Ordering::Acquire) {
            match self.medium.check_in_place() {
                Err(Fault::Rule(Error::FileReplaced { .. })) => {
                    self.replaced.store(true, Ordering::Release);
                }
                other => return other,
            }
        }
        let path = self.medium.given().map(std::path::Path::to_path_buf);
        Err(Error::FileReplaced {
            path: path.unwrap_or_default(),
        }
        .into())
    }

    /// As [`check_place_now`](Self::check_place_now), but looks only now and then.
    pub(in crate::store) fn check_place(&self) -> Result<(), Fault> {
        let now = self.check_process_now_and_then()?;
        let last = self.place_checked.load(Ordering::Relaxed);
        let due = now.saturating_sub(last) >= PLACE_CHECK_MILLIS;
        if !due && !self.replaced.load(Ordering::Acquire) {
            return Ok(());
        }
        self.place_checked.store(now, Ordering::Relaxed);
        self.check_place_now()
    }

    /// Whether this process is a fork of the one that opened the file: then nothing here may touch it, or
    /// let go of a lock that both have.
    pub(in crate::store) fn is_forked(&self) -> bool {
        self.process.is_some_and(Process::is_another)
    }

    /// Fails in a fork.
    pub(in crate::store) fn check_process(&self) -> Result<(), Fault> {
        self.process.map_or(Ok(()), Process::check)
    }

    /// As [`check_process`](Self::check_process), but at most once a millisecond: asking costs as much as
    /// a short answer. Returns the milliseconds since the opening.
    pub(in crate::store) fn check_process_now_and_then(&self) -> Result<u64, Fault> {
        let now = u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX);
        if self.process_checked.load(Ordering::Relaxed) != now {
            self.check_process()?;
            self.process_checked.store(now, Ordering::Relaxed);
        }
        Ok(now)
    }

    pub(in crate::store) fn begin_read(
        &self,
        database: &Database,
        wait: Wait,
    ) -> Result<ReadTransaction, Fault> {
        self.check_process()?;
        let _gate = match self.settings.sharing {
            Sharing::Exclusive => None,
            Sharing::Shared => {
                let gate = self.header_gate.try_lock_until(wait.deadline);
                Some(gate.ok_or(Fault::TimedOut)?)
            }
        };
        guarded(|| Ok(bounded(wait, || database.begin_read())?))
    }

    /// Takes the engine's write lock, waiting for peers without holding anything meanwhile.
    pub(in crate::store) fn begin_write(
        &self,
        wait: Wait,
    ) -> Result<(Held<'_>, WriteTransaction), Fault> {
        self.check_process()?;
        let mut pause = Pause::new();
        let mut healed = false;
        loop {
            let held = self.hold(wait)?;
            let begun = guarded(|| match bounded(wait, || held.database.try_begin_write()) {
                Ok(mut transaction) => {
                    transaction.set_two_phase_commit(true);
                    let is_large = held.storage.len()? >= self.settings.quick_repair_from;
                    transaction.set_quick_repair(is_large);
                    Ok(Some(transaction))
                }
                Err(TransactionError::WouldBlock) => Ok(None),
                Err(error) => Err(error.into()),
            });
            match begun {
                Ok(Some(transaction)) => {
                    self.check_place_now()?;
                    return Ok((held, transaction));
                }
                Ok(None) => {}
                Err(fault) => {
                    self.note(&fault);
                    if healed || !fault.is_stale_engine() {
                        return Err(fault);
                    }
                    healed = true;
                    continue;
                }
            }
            drop(held);
            if !wait.pause(&mut pause) {
                return Err(Fault::TimedOut);
            }
        }
    }
}

/// In a fork the database is left as it is: closing it would write to the file, and unlock what the other
/// process has locked.
impl Drop for Engine {
    fn drop(&mut self) {
        if self.is_forked() {
            std::mem::forget(self.kept.get_mut().take());
            std::mem::forget(std::mem::replace(self.slot.get_mut(), Slot::Closed));
        }
    }
}

/// The file was a registry when it was opened, and it is the same file: if it is none now, it is damaged.
pub(in crate::store) fn was_a_registry(fault: Fault) -> Fault {
    match fault {
        Fault::Rule(Error::NotARegistry { .. }) => {
            Fault::Damaged("the file is no longer a session registry".into())
        }
        fault => fault,
    }
}
