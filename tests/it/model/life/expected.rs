//! What there is: rows, claims, and the locks behind the claims.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use session_registry::{
    CloseReason, DEFAULT_MAX_SESSIONS, Liveness, Session, SessionId, Timestamp,
};

use crate::support::records::closing;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) active: Timestamp,
    pub(super) revision: u64,
    pub(super) closed: Option<(Timestamp, CloseReason)>,
}

impl Row {
    pub(super) fn of(session: &Session) -> Self {
        Self {
            name: session.name().as_str().to_owned(),
            path: session.project_path().as_str().to_owned(),
            created: session.created_at(),
            updated: session.updated_at(),
            active: session.last_active_at(),
            revision: session.revision(),
            closed: closing(session),
        }
    }

    /// The next revision of this row.
    pub(super) fn change(&mut self, now: Timestamp) {
        self.revision += 1;
        self.updated = self.updated.max(now);
    }
}

/// Which claim a row names: the lock behind it, and its epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) lock: usize,
    pub(super) epoch: u64,
}

/// A proof of life, which lives as long as any claim of its handle.
#[derive(Debug)]
pub(super) struct Lock {
    pub(super) handle: usize,
    /// How many claims there are in the hands of the test.
    pub(super) claims: usize,
    /// Those that ended while a peer was writing.
    pub(super) abandoned: Vec<(SessionId, u64)>,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) rows: BTreeMap<SessionId, Row>,
    pub(super) claims: BTreeMap<SessionId, Held>,
    pub(super) locks: Vec<Lock>,
    /// The living lock of each handle.
    pub(super) current: [Option<usize>; 2],
    pub(super) epochs: u64,
    pub(super) limit: u32,
    pub(super) default: Option<SessionId>,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            rows: BTreeMap::new(),
            claims: BTreeMap::new(),
            locks: Vec::new(),
            current: [None, None],
            epochs: 0,
            limit: DEFAULT_MAX_SESSIONS,
            default: None,
        }
    }

    pub(super) fn is_open(&self, id: SessionId) -> bool {
        self.rows.get(&id).is_some_and(|row| row.closed.is_none())
    }

    /// The open sessions, oldest first.
    pub(super) fn open(&self) -> Vec<SessionId> {
        let mut open: Vec<_> = self.rows.keys().copied().collect();
        open.retain(|id| self.is_open(*id));
        open.sort_by_key(|id| (self.rows[id].created, *id));
        open
    }

    pub(super) fn open_at(&self, path: &str) -> Option<SessionId> {
        let mut open = self.open().into_iter();
        open.find(|id| self.rows[id].path == path)
    }

    pub(super) fn default_session(&self) -> Option<SessionId> {
        let chosen = self.default.filter(|id| self.is_open(*id));
        chosen.or_else(|| self.open().first().copied())
    }

    pub(super) fn holds(&self, id: SessionId, held: Held) -> bool {
        self.claims.get(&id) == Some(&held)
    }

    /// Whether the owner of a session lives, as `viewer` sees it.
    pub(super) fn verdict(&self, viewer: usize, id: SessionId) -> Option<Liveness> {
        let held = self.claims.get(&id)?;
        let lock = &self.locks[held.lock];
        let abandoned = lock.handle == viewer && lock.abandoned.contains(&(id, held.epoch));
        Some(if lock.claims == 0 || abandoned {
            Liveness::Dead
        } else {
            Liveness::Alive
        })
    }

    pub(super) fn is_dead(&self, viewer: usize, id: SessionId) -> bool {
        self.verdict(viewer, id) == Some(Liveness::Dead)
    }

    /// Whether `handle` claims the session, or did and could not say that it no longer does.
    pub(super) fn is_own(&self, handle: usize, id: SessionId) -> bool {
        let held = self.claims.get(&id);
        held.is_some_and(|held| self.current[handle] == Some(held.lock))
    }

    pub(super) fn interrupted(&self, viewer: usize) -> Vec<SessionId> {
        let died = |id: &SessionId| match self.rows[id].closed {
            None => self.is_dead(viewer, *id),
            Some((_, reason)) => reason == CloseReason::OwnerDied,
        };
        let mut found: Vec<_> = self.rows.keys().copied().filter(died).collect();
        found.sort_by_key(|id| Reverse((self.rows[id].active, *id)));
        found
    }

    /// A claim left the hands of the test; the last one takes its lock with it.
    pub(super) fn let_go(&mut self, held: Held) {
        let lock = &mut self.locks[held.lock];
        lock.claims -= 1;
        if lock.claims == 0 {
            let handle = lock.handle;
            if self.current[handle] == Some(held.lock) {
                self.current[handle] = None;
            }
        }
    }

    /// What a handle could not say earlier it says with its next claim or release.
    pub(super) fn tidy(&mut self, lock: usize) {
        for (id, epoch) in std::mem::take(&mut self.locks[lock].abandoned) {
            if self.holds(id, Held { lock, epoch }) {
                self.claims.remove(&id);
            }
        }
    }
}
