//! One look at what has happened since.

use std::time::{Duration, Instant};

use super::{TICK, Watch};
use crate::error::{Error, Result};
use crate::session::{Change, ChangeKind, Changes};
use crate::store::{Call, Claims, Log, Wait};

/// When to look again where a peer was in the way.
const RETRY: Duration = Duration::from_millis(5);

impl Watch {
    /// Looks whether anything has happened, and takes no longer than `wait` allows, nor than any question.
    pub(super) fn look(&mut self, wait: Wait) -> Result<Option<Changes>> {
        // What comes from here on wakes again.
        let is_stirred = self.waking.drain();
        let registry = self.registry.clone();
        let call = registry.inner.store.call_within(wait);
        self.retry = None;
        match self.look_in(call, is_stirred) {
            Err(Error::Busy { .. }) => {
                self.retry = Some(Instant::now() + RETRY);
                Ok(None)
            }
            looked => looked,
        }
    }

    fn look_in(&mut self, call: Call<'_>, is_stirred: bool) -> Result<Option<Changes>> {
        let now = Instant::now();
        let is_tick = now >= self.tick;
        if is_tick {
            self.tick = now + TICK;
        }
        if is_tick || is_stirred || self.waking.listen_for_deaths() {
            self.deaths.suspect(now);
        }
        // Before the transaction: a commit in between is then news the next time.
        let glance = call.glance("watch")?;
        let is_news = match &self.seen {
            None => true,
            Some(seen) if is_tick => glance.differs(seen),
            Some(seen) => glance.shows_another(seen),
        };
        let mut happened = None;
        if is_news {
            happened = self.read(call, now)?;
            self.seen = Some(glance);
        }
        if happened.as_ref().is_some_and(|happened| happened.lost) {
            return Ok(happened);
        }
        let gone = self.find_gone(call, now)?;
        if gone.is_empty() {
            return Ok(happened);
        }
        let mut happened = happened.unwrap_or_else(|| Changes::told(self.position, Vec::new()));
        happened.changes.extend(gone);
        Ok(Some(happened))
    }

    /// Reads what was committed since.
    fn read(&mut self, call: Call<'_>, now: Instant) -> Result<Option<Changes>> {
        let (position, deaths) = (self.position, &self.deaths);
        let (changes, claims) = call.read("watch", |view| {
            let reads = view.reads();
            let changes = reads.changes_since(position)?;
            let claims = if deaths.are_outdated_by(&changes) {
                Some(reads.claims()?)
            } else {
                None
            };
            Ok((changes, claims))
        })?;
        if let Some(claims) = claims {
            self.deaths.learn(claims, &changes, now);
        }
        if !changes.lost && changes.changes.is_empty() {
            return Ok(None);
        }
        self.position = changes.revision;
        self.waking.note_change(now);
        Ok(Some(changes))
    }

    /// Finds the owners that are gone, and of whom nobody was told.
    fn find_gone(&mut self, call: Call<'_>, now: Instant) -> Result<Vec<Change>> {
        let dead = self.deaths.find(&self.registry.inner.owners, now);
        let mut gone = Vec::new();
        for (id, claim) in dead {
            // Who lets go of a claim may leave a lock that looks like a dead owner's: it is the claim that counts.
            let stands = call.read("watch", |view| view.reads().claim(id))?;
            if stands
                .is_some_and(|stands| (stands.epoch, stands.owner) == (claim.epoch, claim.owner))
            {
                self.deaths.tell(id, &claim);
                gone.push(Change::new(
                    self.position,
                    ChangeKind::OwnerGone,
                    Some(id),
                    None,
                ));
            }
        }
        Ok(gone)
    }

    /// Returns when to look again if nothing wakes.
    pub(super) fn next_look(&self) -> Instant {
        let others = [
            self.waking.next_look(Instant::now()),
            self.deaths.next(),
            self.retry,
        ];
        others.into_iter().flatten().fold(self.tick, Instant::min)
    }
}
