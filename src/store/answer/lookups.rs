//! Looking up one session: from the cache where nobody has committed anything since, else from the file.

use std::sync::Arc;

use super::cache::Cache;
use crate::error::Result;
use crate::session::Session;
use crate::store::engine::{Engine, OpenDatabase, PinnedView, Stamp};
use crate::store::fault::Fault;
use crate::store::rows::view::{LookupKey, View};
use crate::store::wait::Wait;

/// The lookups of one open registry, and what is remembered of their answers.
#[derive(Default)]
pub(in crate::store) struct Lookups {
    cache: Cache,
}

impl Lookups {
    /// Returns the one session that is looked up. Costs no transaction when it was asked before and nobody has
    /// committed anything since.
    pub(in crate::store) fn find(
        &self,
        engine: &Engine,
        key: LookupKey<'_>,
        wait: Wait,
    ) -> Result<Option<Session>> {
        engine.with_open("read", wait, |held| self.find_in(engine, held, key, wait))
    }

    pub(in crate::store) fn find_in(
        &self,
        engine: &Engine,
        held: &OpenDatabase,
        key: LookupKey<'_>,
        wait: Wait,
    ) -> Result<Option<Session>, Fault> {
        let now = || engine.stamp(held);
        let mut before = None;
        // Reading the stamp costs more than looking into the cache, so it is read only for an answer.
        let is_present = |of: &Stamp| {
            before = now();
            before.as_ref() == Some(of)
        };
        if let Some(answer) = self.cache.get(key, is_present) {
            return Ok(answer);
        }
        if let Some(present) = &before
            && self.go_on(engine, present)
            && let Some(answer) = self.cache.get(key, |of| of == present)
        {
            return Ok(answer);
        }
        let ask = || engine.ask(held, wait, &|view: &View| view.find(key));
        if !self.cache.asked_before(key) {
            return ask();
        }
        // The same before and after: no commit came between, so the answer belongs to that state.
        let before = before.or_else(now);
        let answer = ask()?;
        if let Some(stamp) = before
            && now().as_ref() == Some(&stamp)
        {
            self.go_on(engine, &stamp);
            self.cache.put(key, answer.as_ref(), &stamp);
        }
        Ok(answer)
    }

    /// Makes the cache one of the present state; returns whether it kept answers. What own commits did not touch is
    /// as it was.
    fn go_on(&self, engine: &Engine, present: &Stamp) -> bool {
        if self.cache.is_of(present) {
            return true;
        }
        let carried = self
            .cache
            .carry(present, |of| engine.touched_between(of, present));
        if !carried {
            self.cache.turn_to(present);
        }
        carried
    }

    /// Takes a view and keeps it.
    pub(in crate::store) fn pin(&self, engine: &Arc<Engine>, wait: Wait) -> Result<PinnedView> {
        engine.with_open("read", wait, |held| {
            let pinned = PinnedView::of(engine, held, wait)?;
            if let Some(stamp) = pinned.stamp() {
                self.go_on(engine, stamp);
            }
            Ok(pinned)
        })
    }

    /// As [`find`](Self::find), in the state that a pinned view sees.
    pub(in crate::store) fn find_pinned(
        &self,
        pinned: &PinnedView,
        key: LookupKey<'_>,
    ) -> Result<Option<Session>> {
        if let Some(stamp) = pinned.stamp()
            && !pinned.is_lost()
            && let Some(answer) = self.cache.get(key, |of| of == stamp)
        {
            return Ok(answer);
        }
        pinned.read("read", |view| {
            let answer = view.find(key)?;
            if let Some(stamp) = pinned.stamp()
                && self.cache.asked_before(key)
            {
                self.cache.put(key, answer.as_ref(), stamp);
            }
            Ok(answer)
        })
    }

    #[cfg(test)]
    pub(in crate::store) fn cache(&self) -> &Cache {
        &self.cache
    }
}
