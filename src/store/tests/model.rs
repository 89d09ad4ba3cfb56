//! What a registry should hold, kept by code that knows neither tables nor transactions.

use std::collections::{BTreeMap, BTreeSet};

use super::raw::{self, Dump};
use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::session::{CloseReason, Session, SessionId, SessionState, Timestamp};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model {
    pub(super) limit: u32,
    pub(super) default: Option<SessionId>,
    /// Open and closed.
    pub(super) sessions: BTreeMap<SessionId, Session>,
    /// Claimed by owners that are dead.
    pub(super) claimed: BTreeSet<SessionId>,
}

fn id(bytes: &[u8]) -> SessionId {
    SessionId::from(uuid::Uuid::from_slice(bytes).unwrap())
}

impl Model {
    pub(super) fn fresh() -> Self {
        Self {
            limit: 10,
            default: None,
            sessions: BTreeMap::new(),
            claimed: BTreeSet::new(),
        }
    }

    /// What the tables of a registry say.
    pub(super) fn of(dump: &Dump) -> Self {
        let meta = |name: &str| dump["meta"].get(name.as_bytes());
        let limit = meta("max_sessions").unwrap().as_slice();
        Self {
            limit: u32::from_be_bytes(limit.try_into().unwrap()),
            default: meta("default_session").map(|bytes| id(bytes)),
            sessions: raw::sessions(dump)
                .map(|session| (session.id(), session))
                .collect(),
            claimed: dump["claims"].keys().map(|bytes| id(bytes)).collect(),
        }
    }

    /// Asks every question; fails unless the answers are those of this model.
    pub(super) fn compare(&self, registry: &SessionRegistry) -> Result<()> {
        let open = self.open();
        let ids: Vec<_> = open.iter().map(Session::id).collect();
        assert_eq!(registry.list_all()?, open);
        assert_eq!(registry.list_ids()?, ids);
        assert_eq!(registry.count()?, open.len() as u64);
        assert_eq!(registry.max_sessions()?, self.limit);
        let chosen = self.default.filter(|id| ids.contains(id));
        let default = chosen.or(ids.first().copied());
        assert_eq!(registry.default_session_id()?, default);
        for session in self.sessions.values() {
            assert_eq!(registry.lookup(session.id())?.as_ref(), Some(session));
            let holder = open
                .iter()
                .find(|open| open.project_path() == session.project_path());
            let found = registry.lookup_by_path(session.project_path())?;
            assert_eq!(found.as_ref(), holder);
            let oldest = open.iter().find(|open| open.name() == session.name());
            let found = registry.lookup_by_name(session.name().as_str())?;
            assert_eq!(found.as_ref(), oldest);
        }
        Ok(())
    }

    /// Oldest first.
    fn open(&self) -> Vec<Session> {
        let mut open: Vec<_> = self
            .sessions
            .values()
            .filter(|session| session.state().is_open())
            .cloned()
            .collect();
        open.sort_by_key(|session| (session.created_at(), session.id()));
        open
    }

    pub(super) fn holder(&self, of: &Session) -> Option<SessionId> {
        let holds = |session: &&Session| session.project_path() == of.project_path();
        self.open().iter().find(holds).map(Session::id)
    }

    pub(super) fn register(&mut self, new: &Session, now: Timestamp) -> Result<(), &'static str> {
        let victims = self.victims()?;
        if self.sessions.contains_key(&new.id()) {
            return Err("session_exists");
        }
        if self.holder(new).is_some() {
            return Err("project_already_open");
        }
        for victim in victims {
            self.close(victim, CloseReason::OwnerDied, now);
        }
        self.sessions.insert(new.id(), new.clone());
        Ok(())
    }

    /// Who must make room for one more; none of the workload's registers wants a dead owner's path.
    fn victims(&self) -> Result<Vec<SessionId>, &'static str> {
        let open = self.open();
        let needed = (open.len() + 1).saturating_sub(self.limit as usize);
        let mut dead: Vec<_> = open
            .iter()
            .filter(|session| self.claimed.contains(&session.id()))
            .collect();
        dead.sort_by_key(|session| (session.last_active_at(), session.id()));
        if dead.len() < needed {
            return Err("session_limit_reached");
        }
        Ok(dead[..needed].iter().map(|session| session.id()).collect())
    }

    pub(super) fn change(
        &mut self,
        id: SessionId,
        now: Timestamp,
        change: impl FnOnce(&mut Session),
    ) -> Result<(), &'static str> {
        let old = self.sessions.get(&id).ok_or("not_found")?;
        let mut new = old.clone();
        change(&mut new);
        if self.holder(&new).is_some_and(|holder| holder != id) {
            return Err("project_already_open");
        }
        new.set_revision(old.revision() + 1);
        new.set_updated_at(now.max(old.updated_at()));
        self.sessions.insert(id, new);
        Ok(())
    }

    pub(super) fn close(&mut self, id: SessionId, reason: CloseReason, now: Timestamp) {
        let state = SessionState::Closed { at: now, reason };
        self.change(id, now, |session| session.set_state(state))
            .unwrap();
        self.claimed.remove(&id);
    }

    pub(super) fn reopen(&mut self, id: SessionId, now: Timestamp) -> Result<(), &'static str> {
        self.victims()?;
        let wanted = &self.sessions[&id];
        if self.holder(wanted).is_some() {
            return Err("project_already_open");
        }
        self.change(id, now, |session| {
            session.set_state(SessionState::Open);
            session.set_last_active_at(now.max(session.last_active_at()));
        })
    }

    pub(super) fn remove(&mut self, id: SessionId) {
        self.sessions.remove(&id);
        self.claimed.remove(&id);
        self.default = self.default.filter(|default| *default != id);
    }
}
