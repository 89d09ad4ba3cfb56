//! One call of a user, which may take several steps.

use std::time::Duration;

use super::Store;
use super::engine::PinnedView;
use super::fault::Fault;
use super::group;
use super::rows::view::{View, Wanted};
use super::rows::write::WriteTx;
use super::wait::Wait;
use crate::error::Result;
use crate::session::Session;

/// A call that has begun. All its steps together wait until one deadline, and no longer.
#[derive(Clone, Copy)]
pub(crate) struct Call<'s> {
    store: &'s Store,
    wait: Wait,
}

impl<'s> Call<'s> {
    pub(super) fn new(store: &'s Store, wait: Wait) -> Self {
        Self { store, wait }
    }

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

    /// Returns the one session that is wanted. Costs no transaction when it was asked before and nobody has
    /// committed anything since.
    pub(crate) fn find(&self, wanted: Wanted<'_>) -> Result<Option<Session>> {
        self.store
            .lookups
            .find(&self.store.engine, wanted, self.wait)
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
        let engine = &self.store.engine;
        let context = engine.context(action, self.wait);
        group::write(engine, &self.store.queue, context, operation)
    }

    /// Verifies the checksum of every page.
    pub(super) fn check_pages(&self, action: &'static str) -> Result<()> {
        let engine = &self.store.engine;
        let checked = engine.check_pages(self.wait);
        checked.map_err(|fault| fault.into_error(engine.context(action, self.wait)))
    }
}
