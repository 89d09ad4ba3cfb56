//! What every call does to the model: the order of the checks, and what is changed.

use session_registry::{CloseReason, SessionId, Timestamp};

use super::expected::{Held, Lock, Model, Row};

/// What a call answers, or the code of its error.
pub(super) type Answer<T> = Result<T, &'static str>;

const SECOND: i64 = 1_000_000;

impl Model {
    fn row(&mut self, id: SessionId) -> Answer<&mut Row> {
        self.rows.get_mut(&id).ok_or("not_found")
    }

    fn open_row(&mut self, id: SessionId) -> Answer<&mut Row> {
        let row = self.row(id)?;
        if row.closed.is_some() {
            return Err("session_closed");
        }
        Ok(row)
    }

    /// Who must go so that `path` can be opened, if that makes enough room.
    fn room(&self, handle: usize, path: &str) -> Answer<Vec<SessionId>> {
        let open = self.open();
        let mut going: Vec<_> = self
            .open_at(path)
            .filter(|holder| self.is_dead(handle, *holder))
            .into_iter()
            .collect();
        let mut others: Vec<_> = open
            .iter()
            .copied()
            .filter(|id| self.rows[id].path != path && self.is_dead(handle, *id))
            .collect();
        others.sort_by_key(|id| (self.rows[id].active, *id));
        let limit = self.limit as usize;
        for id in others {
            if open.len() - going.len() < limit {
                break;
            }
            going.push(id);
        }
        if limit == 0 || open.len() - going.len() >= limit {
            return Err("session_limit_reached");
        }
        Ok(going)
    }

    fn check_path(&self, handle: usize, path: &str) -> Answer<()> {
        let holder = self.open_at(path);
        if holder.is_some_and(|holder| !self.is_dead(handle, holder)) {
            return Err("project_already_open");
        }
        Ok(())
    }

    fn reap(&mut self, going: &[SessionId], now: Timestamp) {
        for id in going {
            let row = self.rows.get_mut(id).unwrap();
            row.change(now);
            row.closed = Some((now, CloseReason::OwnerDied));
            self.claims.remove(id);
        }
    }

    pub(super) fn register(
        &mut self,
        handle: usize,
        id: SessionId,
        row: Row,
        now: Timestamp,
    ) -> Answer<Vec<SessionId>> {
        let going = self.room(handle, &row.path)?;
        if self.rows.contains_key(&id) {
            return Err("session_exists");
        }
        self.check_path(handle, &row.path)?;
        self.reap(&going, now);
        self.rows.insert(id, row);
        Ok(going)
    }

    pub(super) fn reopen(&mut self, handle: usize, id: SessionId, now: Timestamp) -> Answer<()> {
        let path = self.row(id)?.path.clone();
        if self.is_open(id) {
            return Ok(());
        }
        let going = self.room(handle, &path)?;
        self.check_path(handle, &path)?;
        self.reap(&going, now);
        let row = self.row(id)?;
        row.change(now);
        row.closed = None;
        row.active = row.active.max(now);
        Ok(())
    }

    fn check_not_driven(&self, handle: usize, id: SessionId) -> Answer<()> {
        let driven = self.claims.contains_key(&id);
        if driven && !self.is_own(handle, id) && !self.is_dead(handle, id) {
            return Err("already_claimed");
        }
        Ok(())
    }

    pub(super) fn close(&mut self, handle: usize, id: SessionId, now: Timestamp) -> Answer<()> {
        self.row(id)?;
        if self.is_open(id) {
            self.check_not_driven(handle, id)?;
            let row = self.row(id)?;
            row.change(now);
            row.closed = Some((now, CloseReason::Requested));
            self.claims.remove(&id);
        }
        Ok(())
    }

    pub(super) fn unregister(&mut self, handle: usize, id: SessionId) -> Answer<bool> {
        if !self.rows.contains_key(&id) {
            return Ok(false);
        }
        self.check_not_driven(handle, id)?;
        self.remove(id);
        Ok(true)
    }

    pub(super) fn remove(&mut self, id: SessionId) {
        self.rows.remove(&id);
        self.claims.remove(&id);
        self.default = self.default.filter(|default| *default != id);
    }

    pub(super) fn clear(&mut self) -> u64 {
        let removed = self.rows.len() as u64;
        self.rows.clear();
        self.claims.clear();
        self.default = None;
        removed
    }

    pub(super) fn set_default(&mut self, id: Option<SessionId>) -> Answer<()> {
        if let Some(id) = id {
            self.open_row(id)?;
        }
        self.default = id;
        Ok(())
    }

    pub(super) fn touch(&mut self, id: SessionId, now: Timestamp) -> Answer<()> {
        let row = self.open_row(id)?;
        if now.as_micros() - row.active.as_micros() >= SECOND {
            row.active = now;
        }
        Ok(())
    }

    pub(super) fn set(
        &mut self,
        id: SessionId,
        name: Option<&str>,
        path: Option<&str>,
        now: Timestamp,
    ) -> Answer<()> {
        let old = self.row(id)?.clone();
        let mut new = old.clone();
        new.name = name.map_or(new.name, str::to_owned);
        new.path = path.map_or(new.path, str::to_owned);
        let holder = self.open_at(&new.path);
        if old.closed.is_none() && holder.is_some_and(|holder| holder != id) {
            return Err("project_already_open");
        }
        if new != old {
            new.change(now);
            self.rows.insert(id, new);
        }
        Ok(())
    }

    pub(super) fn claim(
        &mut self,
        handle: usize,
        id: SessionId,
        takes_over: bool,
        now: Timestamp,
    ) -> Answer<Held> {
        self.open_row(id)?;
        if !takes_over && self.claims.contains_key(&id) && !self.is_dead(handle, id) {
            return Err("already_claimed");
        }
        let lock = self.current[handle].unwrap_or_else(|| {
            self.locks.push(Lock {
                handle,
                claims: 0,
                abandoned: Vec::new(),
            });
            self.locks.len() - 1
        });
        self.current[handle] = Some(lock);
        self.locks[lock].claims += 1;
        self.tidy(lock);
        self.epochs += 1;
        let held = Held {
            lock,
            epoch: self.epochs,
        };
        self.claims.insert(id, held);
        let row = self.open_row(id)?;
        row.active = row.active.max(now);
        Ok(held)
    }

    pub(super) fn release(&mut self, id: SessionId, held: Held) -> Answer<()> {
        let released = if self.holds(id, held) {
            self.tidy(held.lock);
            self.claims.remove(&id);
            Ok(())
        } else {
            Err("ownership_lost")
        };
        self.let_go(held);
        released
    }

    /// All but the last `keep` closed on each path, the longest closed first.
    pub(super) fn prune(&mut self, keep: usize) -> Vec<SessionId> {
        let mut closed: Vec<_> = self
            .rows
            .iter()
            .filter_map(|(id, row)| Some((row.path.clone(), row.closed?.0, *id)))
            .collect();
        closed.sort();
        let on = |path: &str| closed.iter().filter(|(of, ..)| of == path).count();
        let mut seen = std::collections::BTreeMap::<String, usize>::new();
        let mut pruned = Vec::new();
        for (path, _, id) in &closed {
            let before = seen.entry(path.clone()).or_default();
            if *before + keep < on(path) {
                pruned.push(*id);
            }
            *before += 1;
        }
        for id in &pruned {
            self.remove(*id);
        }
        pruned
    }
}
