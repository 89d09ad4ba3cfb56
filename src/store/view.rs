//! Reading: one short transaction per call, or one that is pinned for as long as a snapshot lives.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::admission::too_new;
use super::engine::Engine;
use super::fault::{Fault, guarded};
use super::schema;
use super::settings::{Sharing, Wait};
use super::tables::{ReadTables, Tables};
use super::{Reads, Store};
use crate::error::{Error, Result};

/// What one read transaction sees.
pub(crate) struct View(ReadTables);

impl View {
    pub(crate) fn reads(&self) -> &impl Reads {
        &self.0
    }

    pub(super) fn tables(&self) -> &ReadTables {
        &self.0
    }
}

/// A view that outlives the call that made it, until its engine is reopened or closed.
pub(crate) struct Pinned {
    view: View,
    generation: u64,
    engine: Arc<Engine>,
}

impl Pinned {
    pub(super) fn view(&self) -> &View {
        &self.view
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        self.engine.pinned.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Store {
    /// Runs `question` in one read transaction; a second time if the engine had to be reopened.
    pub(crate) fn read<T>(
        &self,
        action: &'static str,
        question: impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T> {
        let wait = self.engine.settings.start();
        let attempt = || {
            self.engine.check_place()?;
            let held = self.engine.hold(wait)?;
            let view = self.begin(&held, wait)?;
            guarded(|| question(&view))
        };
        self.retried(attempt)
            .map_err(|fault| fault.into_error(self.engine.context(action, wait)))
    }

    /// Takes a view and keeps it.
    pub(crate) fn pin(&self) -> Result<Pinned> {
        let wait = self.engine.settings.start();
        let attempt = || {
            self.engine.check_place()?;
            let held = self.engine.hold(wait)?;
            let generation = self.engine.generation();
            let view = self.begin(&held, wait)?;
            self.engine.pinned.fetch_add(1, Ordering::AcqRel);
            let engine = Arc::clone(&self.engine);
            Ok(Pinned {
                view,
                generation,
                engine,
            })
        };
        self.retried(attempt)
            .map_err(|fault| fault.into_error(self.engine.context("read", wait)))
    }

    /// Runs `question` on a pinned view.
    pub(crate) fn read_pinned<T>(
        &self,
        pinned: &Pinned,
        action: &'static str,
        question: impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T> {
        let wait = self.engine.settings.start();
        let answer = if self.engine.generation() == pinned.generation {
            guarded(|| question(&pinned.view))
        } else {
            Err(Error::SnapshotLost.into())
        };
        answer.map_err(|fault| {
            if fault.breaks_engine() {
                self.engine.note_broken();
            }
            // Also when it went while the question was asked, or is about to: an engine that only repeats
            // an earlier failure is reopened by the next call.
            if self.engine.generation() != pinned.generation || fault.is_stale_engine() {
                return if self.engine.is_closed(wait) {
                    Error::Closed
                } else {
                    Error::SnapshotLost
                };
            }
            fault.into_error(self.engine.context(action, wait))
        })
    }

    fn retried<T>(&self, attempt: impl Fn() -> Result<T, Fault>) -> Result<T, Fault> {
        let mut outcome = attempt();
        if outcome.as_ref().is_err_and(Fault::is_stale_engine) {
            self.engine.note_broken();
            outcome = attempt();
        }
        if outcome.as_ref().is_err_and(Fault::breaks_engine) {
            self.engine.note_broken();
        }
        outcome
    }

    fn begin(&self, database: &redb::Database, wait: Wait) -> Result<View, Fault> {
        let transaction = self.engine.begin_read(database, wait)?;
        let tables = ReadTables::new(transaction);
        if self.engine.settings.sharing == Sharing::Shared {
            guarded(|| {
                let version = schema::read_version(tables.meta()?)?;
                if version.min_reader <= self.engine.newest() {
                    return Ok(());
                }
                let path = self.engine.medium.path();
                Err(too_new(path, version, self.engine.newest()))
            })?;
        }
        Ok(View(tables))
    }
}
