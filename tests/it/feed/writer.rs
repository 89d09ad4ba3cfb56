//! A process that changes its own sessions until it is killed, and tells what was acknowledged.

use std::path::Path;

use session_registry::{
    ProjectPath, Query, Session, SessionId, SessionName, SessionRegistry, StateFilter,
};

use super::kills::open;
use crate::support::child::Parent;
use crate::support::soak;

/// So many calls it makes before it asks whether it may go on: no watcher is to be lost.
const BURST: usize = 60;

/// The role.
pub(crate) fn writer(parent: &Parent) {
    let registry = open(Path::new(parent.argument(0)));
    let territory = format!("/feed/{}/", parent.argument(1));
    let seed: u64 = parent.argument(2).parse().unwrap();
    let mut writer = Writer {
        parent,
        registry,
        rng: soak::rng_of(seed),
        own: Vec::new(),
        calls: 0,
    };
    // What the one before it left, claimed or not.
    let query = Query::new().state(StateFilter::Any).limit(Query::MAX_LIMIT);
    for session in writer.registry.list(&query).unwrap().items {
        if session.project_path().as_str().starts_with(&territory) {
            writer.unregister(session.id());
        }
    }
    loop {
        writer.one_call(&territory);
    }
}

struct Writer<'a> {
    parent: &'a Parent,
    registry: SessionRegistry,
    rng: fastrand::Rng,
    own: Vec<Session>,
    calls: usize,
}

impl Writer<'_> {
    fn done(&mut self, kind: &str, id: SessionId, revision: i64) {
        self.parent.say(format_args!("{kind} {id} {revision}"));
        self.calls += 1;
        if self.calls.is_multiple_of(BURST) {
            self.parent.say("may I");
            if self.parent.hear().is_none() {
                std::process::exit(0);
            }
        }
    }

    fn one_call(&mut self, territory: &str) {
        if self.own.len() < 3 {
            return self.register(territory);
        }
        let number = self.rng.usize(..self.own.len());
        let session = self.own[number].clone();
        let id = session.id();
        let stored = match self.rng.u8(..6) {
            0 => {
                self.own.remove(number);
                return self.unregister(id);
            }
            1 if session.state().is_open() => {
                let closed = self.registry.close_session(id).unwrap();
                self.told("closed", closed)
            }
            1 => {
                let opened = self.registry.reopen(id).unwrap();
                self.told("reopened", opened)
            }
            2 if session.state().is_open() => {
                let revision = i64::try_from(session.revision()).unwrap();
                let claim = self.registry.claim(id).unwrap();
                self.done("claimed", id, revision);
                claim.release().unwrap();
                self.done("released", id, revision);
                session
            }
            _ => {
                let name = SessionName::new(self.rng.u32(..).to_string()).unwrap();
                let renamed = self.registry.rename(id, name).unwrap();
                self.told("updated", renamed)
            }
        };
        self.own[number] = stored;
    }

    fn told(&mut self, kind: &str, session: Session) -> Session {
        let revision = i64::try_from(session.revision()).unwrap();
        self.done(kind, session.id(), revision);
        session
    }

    fn register(&mut self, territory: &str) {
        let id = SessionId::from(uuid::Uuid::from_u128(self.rng.u128(..)));
        let path = ProjectPath::new(format!("{territory}{id}")).unwrap();
        let new = Session::builder(path).id(id).build();
        let session = self.registry.register(new).unwrap();
        let session = self.told("registered", session);
        self.own.push(session);
    }

    fn unregister(&mut self, id: SessionId) {
        assert!(self.registry.unregister(id).unwrap().is_some());
        self.done("removed", id, -1);
    }
}
