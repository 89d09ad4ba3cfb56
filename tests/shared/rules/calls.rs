//! What every other call does: the order of the checks, and what is changed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use session_registry::{Alias, CloseReason, SessionId, Timestamp};

use super::row::Row;
use super::{Checked, Model};
use crate::shared::refusal::Refusal;

const SECOND: i64 = 1_000_000;

/// How a path came to have an open session.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Settled {
    pub(crate) is_new: bool,
    pub(crate) session: Row,
    /// Who was closed to make room.
    pub(crate) reaped: Vec<SessionId>,
}

impl Model {
    pub(super) fn known(&self, id: SessionId) -> Checked<Row> {
        let row = self.content.rows.get(&id);
        row.cloned().ok_or(Refusal::NotFound(id))
    }

    pub(super) fn known_open(&self, id: SessionId) -> Checked<Row> {
        let row = self.known(id)?;
        if !row.is_open() {
            return Err(Refusal::Closed(id));
        }
        Ok(row)
    }

    /// Nobody but `own` has any of the aliases.
    fn check_aliases(&self, own: SessionId, aliases: &BTreeSet<Alias>) -> Checked<()> {
        for alias in aliases {
            if let Some(holder) = self.content.called(alias).filter(|row| row.id != own) {
                return Err(Refusal::AliasTaken {
                    alias: alias.clone(),
                    holder: holder.id,
                });
            }
        }
        Ok(())
    }

    pub(super) fn reap(&mut self, going: &[SessionId]) {
        for id in going {
            let row = self.content.rows[id].clone();
            self.put_closed(row, CloseReason::OwnerDied);
        }
    }

    /// Stores a changed row as the next revision.
    pub(super) fn put_next(&mut self, row: Row) -> Row {
        let next = Row {
            revision: row.revision + 1,
            updated: row.updated.max(self.now),
            ..row
        };
        self.content.rows.insert(next.id, next.clone());
        next
    }

    /// Now, but not before its own last times, and after all others on its path.
    fn closing_time(&self, row: &Row) -> Timestamp {
        let rows = self.content.rows.values();
        let on_path = rows.filter(|other| other.path == row.path);
        let newest = on_path.filter_map(|other| Some(other.closed?.0)).max();
        let after = newest.map(|at| at.saturating_add(Duration::from_micros(1)));
        let own = self.now.max(row.updated).max(row.active);
        after.map_or(own, |after| own.max(after))
    }

    pub(super) fn put_closed(&mut self, row: Row, reason: CloseReason) -> Row {
        self.content.claims.remove(&row.id);
        let closed = Some((self.closing_time(&row), reason));
        self.put_next(Row { closed, ..row })
    }

    /// Who was closed to make room.
    pub(crate) fn register(&mut self, by: usize, new: &Row) -> Checked<Vec<SessionId>> {
        check_valid(new)?;
        let going = self.room(by, &new.path)?;
        if self.content.rows.contains_key(&new.id) {
            return Err(Refusal::Exists(new.id));
        }
        self.check_path(&new.path, &going)?;
        self.check_aliases(new.id, &new.aliases)?;
        self.reap(&going);
        self.content.rows.insert(new.id, new.clone());
        Ok(going)
    }

    /// An open session at the path is the answer, whoever drives it.
    pub(crate) fn get_or_register(&mut self, by: usize, new: &Row) -> Checked<Settled> {
        check_valid(new)?;
        if let Some(holder) = self.content.at_path(&new.path) {
            return Ok(Settled {
                is_new: false,
                session: holder.clone(),
                reaped: Vec::new(),
            });
        }
        Ok(Settled {
            is_new: true,
            reaped: self.register(by, new)?,
            session: new.clone(),
        })
    }

    /// Stores the content of `wanted`, if its revision is the stored one.
    pub(crate) fn update(&mut self, wanted: Row) -> Checked<Row> {
        check_valid(&wanted)?;
        let id = wanted.id;
        let old = self.known(id)?;
        if wanted.revision != old.revision {
            return Err(Refusal::Conflict {
                id,
                expected: wanted.revision,
                found: old.revision,
            });
        }
        if old.is_open() && wanted.path != old.path {
            self.check_path(&wanted.path, &[])?;
        }
        self.check_aliases(id, &wanted.aliases)?;
        if wanted.content() == old.content() {
            return Ok(old);
        }
        Ok(self.put_next(Row {
            name: wanted.name,
            origin: wanted.origin,
            path: wanted.path,
            config: wanted.config,
            metadata: wanted.metadata,
            aliases: wanted.aliases,
            tags: wanted.tags,
            pinned: wanted.pinned,
            ..old
        }))
    }

    /// As `modify` and `rename` do.
    pub(crate) fn change(&mut self, id: SessionId, change: impl FnOnce(&mut Row)) -> Checked<Row> {
        let mut wanted = self.known(id)?;
        change(&mut wanted);
        self.update(wanted)
    }

    pub(crate) fn close(&mut self, by: usize, id: SessionId) -> Checked<Row> {
        let old = self.known(id)?;
        if !old.is_open() {
            return Ok(old);
        }
        self.check_not_driven(by, id)?;
        Ok(self.put_closed(old, CloseReason::Requested))
    }

    pub(crate) fn reopen(&mut self, by: usize, id: SessionId) -> Checked<Row> {
        let old = self.known(id)?;
        if old.is_open() {
            return Ok(old);
        }
        let going = self.room_to_reopen(by, &old)?;
        self.reap(&going);
        Ok(self.put_open(old))
    }

    /// Who must go so that a session can be open: the limit first, then the path.
    pub(super) fn room_to_reopen(&self, by: usize, row: &Row) -> Checked<Vec<SessionId>> {
        if row.is_open() {
            return Ok(Vec::new());
        }
        let going = self.room(by, &row.path)?;
        self.check_path(&row.path, &going)?;
        Ok(going)
    }

    pub(super) fn put_open(&mut self, old: Row) -> Row {
        self.put_next(Row {
            closed: None,
            active: old.active.max(self.now),
            ..old
        })
    }

    /// Moves the last activity, and nothing else, a second or more at a time.
    pub(crate) fn touch(&mut self, id: SessionId) -> Checked<()> {
        let mut row = self.known_open(id)?;
        if self.now.as_micros() - row.active.as_micros() >= SECOND {
            row.active = self.now;
        }
        self.content.rows.insert(id, row);
        Ok(())
    }

    pub(crate) fn unregister(&mut self, by: usize, id: SessionId) -> Checked<Option<Row>> {
        if self.content.rows.contains_key(&id) {
            self.check_not_driven(by, id)?;
        }
        Ok(self.content.remove(id))
    }

    pub(crate) fn clear(&mut self) -> u64 {
        let removed = self.content.rows.len() as u64;
        self.content.rows.clear();
        self.content.claims.clear();
        self.content.chosen = None;
        removed
    }

    pub(crate) fn set_default(&mut self, id: Option<SessionId>) -> Checked<()> {
        if let Some(id) = id {
            self.known_open(id)?;
        }
        self.content.chosen = id;
        Ok(())
    }

    /// Removes all but the last `keep` closed on each path, the longest closed first, and none that is pinned.
    pub(crate) fn prune(&mut self, keep: usize) -> Vec<SessionId> {
        let mut closed = BTreeMap::<_, Vec<_>>::new();
        for row in self.content.rows.values() {
            if let Some((at, _)) = row.closed {
                closed
                    .entry(row.path.as_str())
                    .or_default()
                    .push((at, row.id));
            }
        }
        let mut pruned = Vec::new();
        for mut on_path in closed.into_values() {
            on_path.sort();
            on_path.truncate(on_path.len().saturating_sub(keep));
            let ids = on_path.into_iter().map(|(_, id)| id);
            pruned.extend(ids.filter(|id| !self.content.rows[id].pinned));
        }
        for id in &pruned {
            self.content.remove(*id);
        }
        pruned
    }
}

pub(super) fn check_valid(row: &Row) -> Checked<()> {
    if row.config.max_tokens == 0 {
        return Err(Refusal::spoiled());
    }
    Ok(())
}
