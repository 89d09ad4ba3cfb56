//! The one owner of redb's `Database`: opens it, closes it, and opens it again when an error made it
//! refuse further work.

mod asking;
mod base;
mod bell;
mod closing;
mod commit_failure;
mod migration;
mod opener;
mod opening;
mod own_changes;
mod pinned_view;
mod place;
mod present_view;
mod reading;
mod slot;
mod stamp;
mod transactions;
mod turn;
mod upkeep;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use parking_lot::Mutex;

#[cfg(target_os = "linux")]
pub(in crate::store) use bell::{Bell, Hears};
pub(in crate::store) use opening::OpenDatabase;
pub(crate) use pinned_view::PinnedView;
pub(in crate::store) use slot::DatabaseGuard;
pub(in crate::store) use stamp::Stamp;

#[cfg(not(target_os = "linux"))]
use bell::Bell;
use opener::Opener;
use opening::Opening;
use own_changes::OwnChanges;
use place::Place;
use present_view::PresentView;
use slot::Slot;
use stamp::CommitCount;
use turn::Turn;

use crate::error::{Error, Result};
use crate::store::disk::admission::Admission;
use crate::store::disk::backend::CommitPoint;
use crate::store::disk::medium::Medium;
use crate::store::fault::{Context, Fault, guarded};
use crate::store::format::schema::Step;
use crate::store::open_settings::{Access, Settings, Sharing};
use crate::store::wait::Wait;

pub(in crate::store) struct Engine {
    opening: Opening,
    opener: Opener,
    place: Place,
    turn: Turn,
    own_changes: OwnChanges,
    commits: CommitCount,
    bell: Bell,
    /// Before `slot`, so that it goes first: it must not outlive the database.
    present_view: PresentView,
    slot: Slot,
    /// Lets one thread at a time wait for the header lock, with its own deadline; redb's own mutex in
    /// front of that lock knows none.
    header_gate: Mutex<()>,
    /// How many views outlive the call that made them.
    pins: AtomicUsize,
}

impl Engine {
    /// Opens storage that holds a registry of any version up to the newest of `steps`.
    pub(in crate::store) fn open(
        medium: Medium,
        settings: Settings,
        steps: &'static [Step],
        wait: Wait,
    ) -> Result<(Self, Admission), Fault> {
        let opening = Opening {
            medium,
            settings,
            steps,
            commit_point: Arc::<CommitPoint>::default(),
        };
        let (database, admission) = opening.open(wait)?;
        let engine = Self {
            opener: Opener::of(&opening.medium),
            opening,
            place: Place::of_opened(),
            turn: Turn::default(),
            own_changes: OwnChanges::default(),
            commits: CommitCount::default(),
            bell: Bell::default(),
            present_view: PresentView::default(),
            slot: Slot::new(database),
            header_gate: Mutex::new(()),
            pins: AtomicUsize::new(0),
        };
        Ok((engine, admission))
    }

    pub(in crate::store) fn path(&self) -> Option<&Path> {
        self.opening.path()
    }

    /// Returns the schema version that this program writes.
    pub(in crate::store) fn newest(&self) -> u32 {
        self.opening.newest()
    }

    /// Returns what this handle may do to the file.
    pub(in crate::store) fn access(&self) -> Access {
        self.opening.settings.access
    }

    /// Returns the size of the file, or of the memory, in bytes.
    pub(in crate::store) fn file_bytes(&self) -> Result<u64, Fault> {
        Ok(self.opening.medium.open()?.len()?)
    }

    /// Returns how long a call waits at most.
    pub(in crate::store) fn patience(&self) -> std::time::Duration {
        self.opening.settings.patience()
    }

    /// Returns the deadline of a call that begins now.
    pub(in crate::store) fn start(&self) -> Wait {
        self.opening.settings.start()
    }

    pub(in crate::store) fn context(&self, action: &'static str, wait: Wait) -> Context<'_> {
        Context {
            action,
            path: self.path(),
            wait,
        }
    }

    /// Whether other processes may commit to the file.
    pub(in crate::store) fn is_shared(&self) -> bool {
        self.opening.settings.sharing == Sharing::Shared
    }

    /// Whether this process is a fork of the one that opened the file.
    pub(in crate::store) fn is_forked(&self) -> bool {
        self.opener.is_another()
    }

    /// Fails in a fork of the process that opened the file.
    pub(in crate::store) fn check_process(&self) -> Result<(), Fault> {
        self.opener.check()
    }

    /// Notes it if the fault is one after which the database may refuse further work.
    pub(in crate::store) fn note(&self, fault: &Fault) {
        if fault.breaks_engine() {
            self.note_broken();
        }
    }

    /// Notes that the database may refuse further work; the next call reopens it.
    pub(in crate::store) fn note_broken(&self) {
        self.slot.note_broken();
    }

    /// Returns the database, reopened first if it needs that.
    pub(in crate::store) fn hold(&self, wait: Wait) -> Result<DatabaseGuard<'_>, Fault> {
        loop {
            if let Some(held) = self.slot.hold(wait)? {
                return Ok(held);
            }
            self.heal(wait)?;
        }
    }

    /// Closes the failed database and opens the same storage again, admission and all.
    fn heal(&self, wait: Wait) -> Result<(), Fault> {
        self.opener.check()?;
        // Everybody who still holds the database is waited for: it is closed under nobody.
        let mut seizure = self.slot.seize(wait)?;
        if !seizure.needs_reopening() {
            return Ok(());
        }
        // What the failed engine answered need not be what is in the file: no answer of it is used again.
        self.present_view.let_go();
        self.own_changes.forget();
        drop(self.commits.begin());
        if let Some(opened) = seizure.take() {
            // It failed, so its closing may fail too, and there is nothing to be done about that.
            let _ = guarded(|| opened.database.close());
        }
        // Another file at the path must not be taken for ours.
        self.check_place_now()?;
        // A failure leaves the slot empty and broken, and the next call tries again.
        let (database, _) = self.opening.open(wait).map_err(was_a_registry)?;
        seizure.put(database);
        Ok(())
    }

    fn check_place_now(&self) -> Result<(), Fault> {
        self.place.check(&self.opening.medium)
    }

    /// Returns the stamp of the state that a read would see now; `None` when that cannot be told.
    pub(in crate::store) fn stamp(&self, held: &OpenDatabase) -> Option<Stamp> {
        match self.opening.settings.sharing {
            Sharing::Shared => Stamp::of_header(&held.storage),
            Sharing::Exclusive => self.commits.stamp(),
        }
    }

    #[cfg(test)]
    pub(in crate::store) fn commit_stamp(&self) -> Option<Stamp> {
        self.commits.stamp()
    }

    #[cfg(test)]
    pub(in crate::store) fn commit_point(&self) -> Arc<CommitPoint> {
        Arc::clone(&self.opening.commit_point)
    }
}

/// In a fork the database is left as it is: closing it would write to the file, and unlock what the other
/// process has locked.
impl Drop for Engine {
    fn drop(&mut self) {
        if self.is_forked() {
            self.present_view.leak();
            self.slot.leak();
        }
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine")
            .field("medium", &self.opening.medium)
            .field("settings", &self.opening.settings)
            .finish_non_exhaustive()
    }
}

/// The file was a registry when it was opened, and it is the same file: if it is none now, it is damaged.
fn was_a_registry(fault: Fault) -> Fault {
    match fault {
        Fault::Rule(Error::NotARegistry { .. }) => {
            Fault::Damaged("the file is no longer a session registry".into())
        }
        fault => fault,
    }
}
