//! Reading: one short transaction per call, or one that is pinned for as long as a snapshot lives.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::error::{Error, Result};
use crate::session::Session;
use crate::store::Store;
use crate::store::disk::admission::too_new;
use crate::store::engine::open::Opened;
use crate::store::engine::pinned::Pinned;
use crate::store::engine::stamp::Stamp;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema;
use crate::store::format::tables::{ReadTables, Tables};
use crate::store::rows::view::{View, Wanted};
use crate::store::settings::{Sharing, Wait};

impl Store {
    /// Runs `question` in one read transaction; a second time if the engine had to be reopened.
    pub(crate) fn read<T>(
        &self,
        action: &'static str,
        question: impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T> {
        self.read_within(action, self.begin_call(), question)
    }

    /// As [`read`](Self::read), in a call that began before.
    pub(crate) fn read_within<T>(
        &self,
        action: &'static str,
        wait: Wait,
        question: impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T> {
        self.with_open(action, wait, |held| self.ask(held, wait, &question))
    }

    /// The one session that is wanted. Costs no transaction when it was asked before and nobody has
    /// committed anything since.
    pub(crate) fn find(&self, wanted: Wanted<'_>, wait: Wait) -> Result<Option<Session>> {
        self.with_open("read", wait, |held| self.find_in(held, wait, wanted))
    }

    pub(in crate::store) fn find_in(
        &self,
        held: &Opened,
        wait: Wait,
        wanted: Wanted<'_>,
    ) -> Result<Option<Session>, Fault> {
        let now = || self.engine.stamp(held);
        let mut before = None;
        let is_present = |of: &Stamp| {
            before = now();
            before.as_ref() == Some(of)
        };
        if let Some(answer) = self.cache.get(wanted, is_present) {
            return Ok(answer);
        }
        let ask = || self.ask(held, wait, &|view: &View| view.find(wanted));
        if !self.cache.asked_before(wanted) {
            return ask();
        }
        let before = before.or_else(now);
        let answer = ask()?;
        if let Some(stamp) = before
            && now().as_ref() == Some(&stamp)
        {
            self.cache.turn_to(&stamp);
            self.cache.put(wanted, answer.as_ref(), &stamp);
        }
        Ok(answer)
    }

    /// Asks the view of the present state, kept or new.
    fn ask<T>(
        &self,
        held: &Opened,
        wait: Wait,
        question: &impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if self.engine.settings.sharing == Sharing::Shared {
            let view = self.begin(held, wait)?;
            return guarded(|| question(&view));
        }
        let before = self.engine.stamp(held);
        if let Some(view) = before.as_ref().and_then(|stamp| self.engine.kept(stamp)) {
            return guarded(|| question(&view));
        }
        let view = Arc::new(self.begin(held, wait)?);
        if let Some(stamp) = before
            && self.engine.stamp(held).as_ref() == Some(&stamp)
        {
            self.engine.keep(stamp, &view);
        }
        guarded(|| question(&view))
    }

    /// Takes a view and keeps it.
    pub(crate) fn pin(&self) -> Result<Pinned> {
        let wait = self.engine.settings.start();
        self.with_open("read", wait, |held| {
            let generation = self.engine.generation();
            let before = self.engine.stamp(held);
            let view = self.begin(held, wait)?;
            let stamp = before.filter(|stamp| self.engine.stamp(held).as_ref() == Some(stamp));
            if let Some(stamp) = &stamp {
                self.cache.turn_to(stamp);
            }
            self.engine.pinned.fetch_add(1, Ordering::AcqRel);
            let engine = Arc::clone(&self.engine);
            Ok(Pinned {
                view: Arc::new(view),
                stamp,
                generation,
                engine,
            })
        })
    }

    /// As [`find`](Self::find), in the state that a pinned view sees.
    pub(crate) fn find_pinned(
        &self,
        pinned: &Pinned,
        wanted: Wanted<'_>,
    ) -> Result<Option<Session>> {
        if let Some(stamp) = &pinned.stamp
            && self.engine.generation() == pinned.generation
            && let Some(answer) = self.cache.get(wanted, |of| of == stamp)
        {
            return Ok(answer);
        }
        self.read_pinned(pinned, "read", |view| {
            let answer = view.find(wanted)?;
            if let Some(stamp) = &pinned.stamp
                && self.cache.asked_before(wanted)
            {
                self.cache.put(wanted, answer.as_ref(), stamp);
            }
            Ok(answer)
        })
    }

    /// Runs `question` on a pinned view.
    pub(crate) fn read_pinned<T>(
        &self,
        pinned: &Pinned,
        action: &'static str,
        question: impl Fn(&View) -> Result<T, Fault>,
    ) -> Result<T> {
        let answer = if self.engine.generation() == pinned.generation {
            self.engine
                .check_process_now_and_then()
                .and_then(|_| guarded(|| question(&pinned.view)))
        } else {
            Err(Error::SnapshotLost.into())
        };
        answer.map_err(|fault| {
            let wait = self.engine.settings.start();
            self.engine.note(&fault);
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

    /// Does `work` on the open database; a second time if that had to be reopened.
    fn with_open<T>(
        &self,
        action: &'static str,
        wait: Wait,
        work: impl Fn(&Opened) -> Result<T, Fault>,
    ) -> Result<T> {
        let attempt = || {
            self.engine.check_place()?;
            let held = self.engine.hold(wait)?;
            work(&held)
        };
        let mut outcome = attempt();
        if outcome.as_ref().is_err_and(Fault::is_stale_engine) {
            self.engine.note_broken();
            outcome = attempt();
        }
        outcome.map_err(|fault| {
            self.engine.note(&fault);
            fault.into_error(self.engine.context(action, wait))
        })
    }

    fn begin(&self, held: &Opened, wait: Wait) -> Result<View, Fault> {
        let transaction = self.engine.begin_read(&held.database, wait)?;
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
        Ok(View::of(tables))
    }
}
