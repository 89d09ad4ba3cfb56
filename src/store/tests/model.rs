//! What a registry should hold, kept by code that knows neither tables nor transactions.

use std::collections::BTreeMap;

use super::raw::{self, Dump};
use super::{name, path};
use crate::error::{Error, Result};
use crate::registry::SessionRegistry;
use crate::session::{Session, SessionConfig, SessionId, Timestamp};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model {
    pub(super) schema: u32,
    pub(super) limit: u32,
    pub(super) default: Option<SessionId>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
}

impl Model {
    pub(super) fn fresh(schema: u32) -> Self {
        Self {
            schema,
            limit: 10,
            default: None,
            sessions: BTreeMap::new(),
        }
    }

    /// What `registry` holds, read through the public calls where there is one.
    pub(super) fn read(registry: &SessionRegistry) -> Result<Self> {
        let sessions = registry.list_all()?;
        let meta = raw::dump(registry)?["meta"].clone();
        let version = meta[b"schema_version".as_slice()].as_slice();
        let default = meta.get(b"default_session".as_slice());
        Ok(Self {
            schema: u32::from_be_bytes(version.try_into().unwrap()),
            limit: registry.max_sessions()?,
            default: default.map(|id| SessionId::from(uuid::Uuid::from_slice(id).unwrap())),
            sessions: sessions
                .into_iter()
                .map(|session| (session.id(), session))
                .collect(),
        })
    }

    /// As [`read`](Self::read); fails unless rows and indexes agree.
    pub(super) fn checked(registry: &SessionRegistry) -> Self {
        let content: Dump = raw::dump(registry).unwrap();
        raw::check_indexes(&content);
        Self::read(registry).unwrap()
    }
}

/// One call on the registry.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Register(Session),
    GetOrRegister(Session),
    Rename(SessionId, &'static str),
    Move(SessionId, &'static str),
    /// Updates the settings, and the metadata to so many bytes.
    Update(SessionId, usize),
    Unregister(SessionId),
    Clear,
    Limit(u32),
    Default(Option<SessionId>),
    /// Looks at everything.
    Read,
    Rebuild,
    Compact,
}

impl Call {
    pub(super) fn run(&self, registry: &SessionRegistry) -> Result<()> {
        match self {
            Self::Register(session) => registry.register(session.clone()).map(drop),
            Self::GetOrRegister(session) => registry.get_or_register(session.clone()).map(drop),
            Self::Rename(id, to) => registry.rename(*id, name(to)).map(drop),
            Self::Move(id, to) => registry
                .modify(*id, |session| session.set_project_path(path(to)))
                .map(drop),
            Self::Update(id, size) => {
                let mut session = registry.lookup(*id)?.ok_or(Error::Closed)?;
                grow(&mut session, *size);
                registry.update(session).map(drop)
            }
            Self::Unregister(id) => registry.unregister(*id).map(drop),
            Self::Clear => registry.clear().map(drop),
            Self::Limit(limit) => registry.set_max_sessions(*limit),
            Self::Default(id) => registry.set_default_session(*id),
            Self::Read => Model::read(registry).map(drop),
            Self::Rebuild => registry.rebuild_indexes().map(drop),
            Self::Compact => registry.compact(),
        }
    }

    /// What the call does at `now`, or the code of the rule that refuses it.
    pub(super) fn apply(&self, model: &mut Model, now: Timestamp) -> Result<(), &'static str> {
        match self {
            Self::Register(session) => model.register(session)?,
            Self::GetOrRegister(session) => {
                if model.holder(session).is_none() {
                    model.register(session)?;
                }
            }
            Self::Rename(id, to) => model.change(*id, now, |session| session.set_name(name(to)))?,
            Self::Move(id, to) => {
                model.change(*id, now, |session| session.set_project_path(path(to)))?;
            }
            Self::Update(id, size) => model.change(*id, now, |session| grow(session, *size))?,
            Self::Unregister(id) => {
                model.sessions.remove(id);
                model.default = model.default.filter(|default| default != id);
            }
            Self::Clear => {
                model.sessions.clear();
                model.default = None;
            }
            Self::Limit(limit) => model.limit = *limit,
            Self::Default(id) => model.default = *id,
            Self::Read | Self::Rebuild | Self::Compact => {}
        }
        Ok(())
    }
}

fn grow(session: &mut Session, size: usize) {
    session.set_config(SessionConfig::new().max_tokens(u32::try_from(size).unwrap().max(1)));
    session.metadata_mut().insert("log".into(), "l".repeat(size));
}

impl Model {
    fn holder(&self, of: &Session) -> Option<SessionId> {
        let holds = |session: &&Session| session.project_path() == of.project_path();
        self.sessions.values().find(holds).map(Session::id)
    }

    fn register(&mut self, session: &Session) -> Result<(), &'static str> {
        if self.sessions.len() >= self.limit as usize {
            return Err("session_limit_reached");
        }
        if self.sessions.contains_key(&session.id()) {
            return Err("session_exists");
        }
        if self.holder(session).is_some() {
            return Err("project_already_open");
        }
        self.sessions.insert(session.id(), session.clone());
        Ok(())
    }

    fn change(
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
}
