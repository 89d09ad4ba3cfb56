//! How a registry is kept: the only code, with the migrations, that knows the engine and the bytes.

mod answer;
mod care;
mod disk;
mod engine;
mod fault;
mod format;
mod group;
mod open_settings;
mod opening;
mod owners;
mod rows;
mod spool;
#[cfg(test)]
mod tests;
mod wait;
mod watch;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use care::Stats;
pub(crate) use engine::PinnedView;
pub(crate) use fault::Fault;
pub(crate) use format::claim_row::ClaimRow;
pub(crate) use format::head::Head;
pub(crate) use format::waiter_row::{Aim, WaiterRow};
pub(crate) use open_settings::Settings;
pub use open_settings::{Access, OpenCheck, OpenReport, Sharing};
pub(crate) use owners::{OwnLock, Owners};
pub(crate) use rows::claims::Claims;
pub(crate) use rows::closed::{ClosedEntry, ClosedInOrder, ClosedPlace};
pub(crate) use rows::lists::Lists;
pub(crate) use rows::log::Log;
pub(crate) use rows::order::{SortKey, Walk, Within};
pub(crate) use rows::read::Reads;
pub(crate) use rows::resolve::{Finds, Matches, StateKind};
pub(crate) use rows::scan::Scans;
pub use rows::verification::{Inconsistency, Verification};
pub(crate) use rows::view::{LookupKey, View};
pub(crate) use rows::waiters::Waiters;
pub(crate) use rows::walk::{Walks, place_by_creation};
pub(crate) use rows::write::WriteTx;
pub(crate) use rows::writes::Writes;
pub(crate) use spool::Spool;
pub(crate) use wait::Wait;
#[cfg(target_os = "linux")]
pub(crate) use watch::Readiness;
pub(crate) use watch::{Glance, Means, Waking};

use answer::Lookups;
use engine::Engine;
use group::Queue;

use crate::error::{Error, Result};
use crate::session::Session;

/// One open registry file, shared by every clone of a handle.
pub(crate) struct Store {
    engine: Arc<Engine>,
    queue: Queue,
    lookups: Lookups,
}

impl Store {
    pub(crate) fn path(&self) -> Option<&Path> {
        self.engine.path()
    }

    /// Whether this process is a fork of the one that opened the file.
    pub(crate) fn is_forked(&self) -> bool {
        self.engine.is_forked()
    }

    /// Begins to listen for commits of whichever process.
    pub(crate) fn waking(&self, means: Means) -> Waking {
        Waking::of(&self.engine, means)
    }

    /// Begins a call: whatever it waits for, it waits for until one deadline.
    pub(crate) fn call(&self) -> Call<'_> {
        Call {
            store: self,
            wait: self.engine.start(),
        }
    }

    /// Begins a call that waits for nothing.
    pub(crate) fn call_at_once(&self) -> Call<'_> {
        Call {
            store: self,
            wait: Wait::of(Duration::ZERO),
        }
    }

    /// Begins a call that waits no longer than `wait`, nor than any other.
    pub(crate) fn call_within(&self, wait: Wait) -> Call<'_> {
        Call {
            store: self,
            wait: wait.at_most(self.engine.patience()),
        }
    }

    /// Goes on with a call that began before the store was there.
    pub(crate) fn call_until(&self, wait: Wait) -> Call<'_> {
        Call { store: self, wait }
    }

    /// As [`Call::find`], in the state that a pinned view sees.
    pub(crate) fn find_pinned(
        &self,
        pinned: &PinnedView,
        key: LookupKey<'_>,
    ) -> Result<Option<Session>> {
        self.lookups.find_pinned(pinned, key)
    }

    /// Fails in a handle that only reads. Calls that will write ask first of all, before they read anything.
    pub(crate) fn check_access(&self) -> Result<()> {
        match self.engine.access() {
            Access::ReadWrite => Ok(()),
            Access::ReadOnly => Err(Error::ReadOnly),
        }
    }

    /// Closes the file for every clone; later calls get [`Error::Closed`].
    pub(crate) fn close(&self) -> Result<()> {
        let wait = self.engine.start();
        self.engine
            .close(wait)
            .map_err(|fault| fault.into_error(self.engine.context("close", wait)))
    }
}

/// A call that has begun. All its steps together wait until one deadline, and no longer.
#[derive(Clone, Copy)]
pub(crate) struct Call<'s> {
    store: &'s Store,
    wait: Wait,
}

impl Call<'_> {
    /// Whether the deadline has passed.
    pub(crate) fn is_over(&self) -> bool {
        self.wait.is_over()
    }

    /// Returns how long the call has taken so far.
    pub(crate) fn waited(&self) -> Duration {
        self.wait.waited()
    }

    /// Runs `question` in one read transaction; a second time if the engine had to be reopened.
    pub(crate) fn read<T>(
        &self,
        action: &'static str,
        question: impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T> {
        let engine = &self.store.engine;
        engine.with_open(action, self.wait, |held| {
            engine.ask(held, self.wait, &question)
        })
    }

    /// Returns the one session that is looked up. Costs no transaction when it was asked before and nobody has
    /// committed anything since.
    pub(crate) fn find(&self, key: LookupKey<'_>) -> Result<Option<Session>> {
        self.store.lookups.find(&self.store.engine, key, self.wait)
    }

    /// Looks which state the file is in, without a transaction.
    pub(crate) fn glance(&self, action: &'static str) -> Result<Glance> {
        Glance::at(&self.store.engine, action, self.wait)
    }

    /// Takes a view of the present state that outlives the call.
    pub(crate) fn pin(&self) -> Result<PinnedView> {
        self.store.lookups.pin(&self.store.engine, self.wait)
    }

    /// Runs `operation` in a write transaction, perhaps together with other callers' and perhaps more than
    /// once; `Ok` means committed and synced. The operation checks first and writes then.
    pub(crate) fn write<T, F>(&self, action: &'static str, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.write_in(action, group::Operation::new(operation))
    }

    /// As [`write`](Self::write), for an operation that takes so long that nobody may have to wait for it because
    /// they share its transaction.
    pub(crate) fn write_alone<T, F>(&self, action: &'static str, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.write_in(action, group::Operation::alone(operation))
    }

    fn write_in<T, F>(
        &self,
        action: &'static str,
        operation: Arc<group::Operation<T, F>>,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.store.check_access()?;
        let engine = &self.store.engine;
        let context = engine.context(action, self.wait);
        group::write(engine, &self.store.queue, context, operation)
    }

    /// Verifies the checksum of every page; `false` where this handle may not keep writers out.
    fn check_pages(&self, action: &'static str) -> Result<bool> {
        let engine = &self.store.engine;
        let checked = engine.check_pages(self.wait);
        checked.map_err(|fault| fault.into_error(engine.context(action, self.wait)))
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("engine", &self.engine)
            .finish_non_exhaustive()
    }
}
