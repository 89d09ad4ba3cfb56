//! Claiming, and the ways in which a claim ends.

use session_registry::{Activity, CloseReason, SessionId};

use super::calls::check_valid;
use super::row::Row;
use super::{Checked, Model};
use crate::shared::refusal::Refusal;

/// What a start made of a session, and of what.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Begun {
    pub(crate) session: Row,
    pub(crate) epoch: u64,
    /// Who was closed to make room.
    pub(crate) reaped: Vec<SessionId>,
    /// `None` where it is new.
    pub(crate) before: Option<Row>,
    /// The claim of the dead owner that was replaced.
    pub(crate) dead: Option<u64>,
}

impl Model {
    /// As a reopening and a claim in one.
    pub(crate) fn resume(&mut self, by: usize, id: SessionId, takes_over: bool) -> Checked<Begun> {
        let before = self.known(id)?;
        let going = self.room_to_reopen(by, &before)?;
        let dead = self.content.claims.get(&id).copied();
        let dead = dead.filter(|_| self.is_dead(by, id));
        if !takes_over && dead.is_none() && self.content.claims.contains_key(&id) {
            return Err(Refusal::Other("already_claimed"));
        }
        self.reap(&going);
        if !before.is_open() {
            self.put_open(before.clone());
        }
        let epoch = self.claim(by, id, true)?;
        Ok(Begun {
            session: self.known(id)?,
            epoch,
            reaped: going,
            before: Some(before),
            dead,
        })
    }

    /// The most recently active session at the path that nobody alive drives; else a new one, if one more may be
    /// there.
    pub(crate) fn start(&mut self, by: usize, new: &Row) -> Checked<Begun> {
        check_valid(new)?;
        let there = self.content.all_at_path(&new.path);
        let is_free = |id| !self.content.claims.contains_key(&id) || self.is_dead(by, id);
        if let Some(id) = there.iter().map(|row| row.id).find(|id| is_free(*id)) {
            return self.resume(by, id, false);
        }
        if there.len() >= self.content.per_project as usize {
            return Err(Refusal::Other("already_claimed"));
        }
        let reaped = self.register(by, new)?;
        let epoch = self.claim(by, new.id, false)?;
        Ok(Begun {
            session: self.known(new.id)?,
            epoch,
            reaped,
            before: None,
            dead: None,
        })
    }

    /// Takes a start back, as long as nothing but activity came after it; ends the claim in any case.
    pub(crate) fn undo(&mut self, begun: &Begun) -> Checked<Row> {
        let Begun {
            session: made,
            epoch,
            before,
            dead,
            ..
        } = begun;
        let (id, stored) = (made.id, self.content.rows.get(&made.id).cloned());
        if let Some(stored) = &stored
            && self.holds(id, *epoch)
            && stored.revision != made.revision
        {
            self.release(id, *epoch)?;
            return Err(Refusal::Conflict {
                id,
                expected: made.revision,
                found: stored.revision,
            });
        }
        self.release(id, *epoch)?;
        let mut row = self.known(id)?;
        let Some(before) = before else {
            self.content.remove(id);
            return Ok(row);
        };
        if row.active == made.active {
            row.active = before.active;
        }
        if let Some(epoch) = dead {
            self.owners.bury(*epoch);
            self.content.claims.insert(id, *epoch);
        }
        if before.is_open() {
            self.content.rows.insert(id, row.clone());
            return Ok(row);
        }
        let closed = before.closed;
        Ok(self.put_next(Row { closed, ..row }))
    }

    /// Who was admitted by a call that waits has taken the dead out of the line.
    pub(crate) fn leave_the_line(&mut self, admitted: Checked<()>) -> Checked<()> {
        admitted.inspect(|()| self.content.line.clear())
    }

    /// Closes a session whatever may be unknown, or as the holder of a claim.
    pub(crate) fn close_with(
        &mut self,
        by: usize,
        id: SessionId,
        holder: Option<u64>,
    ) -> Checked<Row> {
        let Some(epoch) = holder else {
            return self.close(by, id);
        };
        let old = self.known(id)?;
        if !old.is_open() {
            return Ok(old);
        }
        if !self.holds(id, epoch) {
            return Err(Refusal::Other("ownership_lost"));
        }
        Ok(self.put_closed(old, CloseReason::Requested))
    }

    /// The epoch of the new claim.
    pub(crate) fn claim(&mut self, by: usize, id: SessionId, takes_over: bool) -> Checked<u64> {
        self.known_open(id)?;
        let claimed = self.content.claims.contains_key(&id);
        if !takes_over && claimed && !self.is_dead(by, id) {
            return Err(Refusal::Other("already_claimed"));
        }
        let epoch = self.next_epoch();
        self.owners.make(by, epoch);
        self.tidy(epoch);
        self.content.claims.insert(id, epoch);
        let mut row = self.known(id)?;
        row.active = row.active.max(self.now);
        self.content.rows.insert(id, row);
        Ok(epoch)
    }

    /// Says what the owner of a session does; `of` is the claim that is meant, if it is one alone.
    pub(crate) fn report(
        &mut self,
        id: SessionId,
        (activity, note): (Activity, Option<&str>),
        of: Option<u64>,
    ) -> Checked<()> {
        self.known_open(id)?;
        let Some(epoch) = self.content.claims.get(&id).copied() else {
            return Err(Refusal::Other("not_claimed"));
        };
        if of.is_some_and(|of| of != epoch) {
            return Err(Refusal::Other("ownership_lost"));
        }
        let mut since = self.now;
        if let Some((did, said, began)) = self.content.said(id) {
            if (*did, said.as_deref()) == (activity, note) {
                return Ok(());
            }
            if *did == activity {
                since = *began;
            }
        }
        let said = (activity, note.map(str::to_owned), since);
        self.content.said.insert(epoch, said);
        self.touch(id)
    }

    /// A claim by somebody who is dead already.
    pub(crate) fn claim_by_the_dead(&mut self, id: SessionId) {
        let epoch = self.next_epoch();
        self.content.claims.insert(id, epoch);
    }

    fn next_epoch(&mut self) -> u64 {
        self.content.claims_made += 1;
        self.content.claims_made
    }

    pub(crate) fn release(&mut self, id: SessionId, epoch: u64) -> Checked<()> {
        let released = if self.holds(id, epoch) {
            self.tidy(epoch);
            self.content.claims.remove(&id);
            Ok(())
        } else {
            Err(Refusal::Other("ownership_lost"))
        };
        self.owners.let_go(epoch);
        released
    }

    /// A claim ends while a peer writes.
    pub(crate) fn abandon(&mut self, id: SessionId, epoch: u64) {
        self.owners.abandon(id, epoch);
    }

    /// A handle ends with these claims in its hands.
    pub(crate) fn end(&mut self, handle: usize, claims: impl IntoIterator<Item = u64>) {
        for epoch in claims {
            self.owners.let_go(epoch);
        }
        self.owners.end(handle);
    }

    /// What a handle could not say earlier it says with its next claim or release.
    fn tidy(&mut self, epoch: u64) {
        for (id, epoch) in self.owners.take_abandoned(epoch) {
            if self.holds(id, epoch) {
                self.content.claims.remove(&id);
            }
        }
    }

    /// Nobody but its owner may end a session that somebody alive drives.
    pub(super) fn check_not_driven(&self, by: usize, id: SessionId) -> Checked<()> {
        let claim = self.content.claims.get(&id);
        let is_own = claim.is_some_and(|epoch| self.owners.is_own(by, *epoch));
        if claim.is_some() && !is_own && !self.is_dead(by, id) {
            return Err(Refusal::Other("already_claimed"));
        }
        Ok(())
    }
}
