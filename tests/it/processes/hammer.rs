//! A process that changes, closes, claims and lists until it is killed. Its workers, threads of one handle,
//! keep to their own paths and announce each call, so that others know what must be in the file.

use std::thread;

use serde_json::{Value, json};
use session_registry::{
    Error, ProjectPath, Reap, Session, SessionConfig, SessionId, SessionName, SessionRegistry,
    SessionState, Sharing, Timestamp,
};

use super::ledger::{Change, Sessions};
use super::{everything, patient};
use crate::support::child::Parent;
use crate::support::soak;

/// How many workers share the handle of one process.
pub(super) const WORKERS: usize = 2;
/// How many sessions one worker holds at most: fewer than fit, but all workers together want more.
const OWN: usize = 3;
const NOW: i64 = 1_700_000_000_000_000;

/// The paths of a worker begin with this.
pub(super) fn territory(worker: usize) -> String {
    format!("/hammer/{worker}/")
}

/// The sessions of `worker` among all of them.
pub(super) fn own(worker: usize, sessions: &[Session]) -> Sessions {
    let territory = territory(worker);
    sessions
        .iter()
        .filter(|session| session.project_path().as_str().starts_with(&territory))
        .map(|session| (session.id(), session.clone()))
        .collect()
}

pub(super) fn hammer(parent: &Parent) {
    let sharing = match parent.argument(1) {
        "exclusive" => Sharing::Exclusive,
        _ => Sharing::Shared,
    };
    let number: usize = parent.argument(2).parse().unwrap();
    let seed: u64 = parent.argument(3).parse().unwrap();
    let registry = patient()
        .sharing(sharing)
        // Its sessions are in the ledger: nobody else may close them.
        .reap(Reap::Never)
        .clock(|| Timestamp::from_micros(NOW))
        .open(parent.argument(0))
        .unwrap();
    thread::scope(|scope| {
        for worker in number * WORKERS..(number + 1) * WORKERS {
            let mut worker = Worker {
                parent,
                registry: &registry,
                number: worker,
                own: own(worker, &everything(&registry)),
                rng: soak::rng_of(seed + worker as u64),
            };
            scope.spawn(move || {
                loop {
                    worker.one_call();
                }
            });
        }
    });
}

struct Worker<'a> {
    parent: &'a Parent,
    registry: &'a SessionRegistry,
    number: usize,
    own: Sessions,
    rng: fastrand::Rng,
}

impl Worker<'_> {
    fn one_call(&mut self) {
        let mine = self
            .rng
            .choice(self.own.values().cloned().collect::<Vec<_>>());
        match (self.rng.u8(..8), mine) {
            (0 | 1, _) if self.own.len() < OWN => self.register(),
            (1, Some(session)) => self.update(session),
            (2, Some(session)) => self.rename(&session),
            (3, Some(session)) => self.unregister(session.id()),
            (4 | 5, Some(session)) if session.state().is_open() => self.close(&session),
            (4 | 5, Some(session)) => self.reopen(&session),
            (6, Some(session)) if session.state().is_open() => self.claim(&session),
            _ => self.list(),
        }
    }

    fn register(&mut self) {
        let created_at = Timestamp::from_micros(self.rng.i64(NOW - 9..NOW + 9));
        let session = Session::builder(self.free_path())
            .id(SessionId::from(uuid::Uuid::from_u128(self.rng.u128(..))))
            .name(self.name())
            .created_at(created_at)
            .build();
        let register = |registry: &SessionRegistry| registry.register(session.clone()).map(Some);
        self.call(Change::put(&session), Some(session.clone()), register);
    }

    fn update(&mut self, old: Session) {
        let mut new = old.clone();
        new.set_config(SessionConfig::new().max_tokens(self.rng.u32(1..)));
        if self.rng.bool() {
            new.set_project_path(self.free_path());
        }
        let stored = as_changed(&old, &new);
        let update = |registry: &SessionRegistry| registry.update(new.clone()).map(Some);
        self.call(Change::put(&stored), Some(stored.clone()), update);
    }

    fn rename(&mut self, old: &Session) {
        let (id, name) = (old.id(), self.name());
        let mut new = old.clone();
        new.set_name(name.clone());
        let stored = as_changed(old, &new);
        let rename = |registry: &SessionRegistry| registry.rename(id, name.clone()).map(Some);
        self.call(Change::put(&stored), Some(stored.clone()), rename);
    }

    fn unregister(&mut self, id: SessionId) {
        let gone = self.own.get(&id).cloned();
        self.call(Change::Drop(id), gone, |registry| registry.unregister(id));
    }

    fn close(&mut self, old: &Session) {
        let id = old.id();
        let state =
            json!({ "status": "closed", "at": self.closing_time(old), "reason": "requested" });
        let stored = as_stored(old, old, &[("state", state)]);
        let close = |registry: &SessionRegistry| registry.close_session(id).map(Some);
        self.call(Change::put(&stored), Some(stored.clone()), close);
    }

    /// After whatever happened to it, and after the others of its project.
    fn closing_time(&self, old: &Session) -> Timestamp {
        let others = self
            .own
            .values()
            .filter_map(|session| match session.state() {
                SessionState::Closed { at, .. } if session.project_path() == old.project_path() => {
                    Some(Timestamp::from_micros(at.as_micros() + 1))
                }
                _ => None,
            });
        let own = [
            Timestamp::from_micros(NOW),
            old.updated_at(),
            old.last_active_at(),
        ];
        others.chain(own).max().unwrap()
    }

    fn reopen(&mut self, old: &Session) {
        let id = old.id();
        let active = json!(old.last_active_at().max(Timestamp::from_micros(NOW)));
        let state = json!({ "status": "open" });
        let stored = as_stored(old, old, &[("state", state), ("last_active_at", active)]);
        let reopen = |registry: &SessionRegistry| registry.reopen(id).map(Some);
        self.call(Change::put(&stored), Some(stored.clone()), reopen);
    }

    /// Claims a session and lets it go again: what is left of that is when it was last active.
    fn claim(&mut self, old: &Session) {
        let id = old.id();
        let active = json!(old.last_active_at().max(Timestamp::from_micros(NOW)));
        let mut stored = serde_json::to_value(old).unwrap();
        stored["last_active_at"] = active;
        let stored: Session = serde_json::from_value(stored).unwrap();
        let claim = |registry: &SessionRegistry| {
            registry.claim(id)?.release()?;
            registry.lookup(id)
        };
        self.call(Change::put(&stored), Some(stored.clone()), claim);
    }

    fn list(&self) {
        let snapshot = self.registry.snapshot().unwrap();
        let sessions = snapshot.list_all().unwrap();
        let mut mine = own(self.number, &sessions);
        for (id, session) in &self.own {
            if !session.state().is_open() && snapshot.lookup(*id).unwrap().as_ref() == Some(session)
            {
                mine.insert(*id, session.clone());
            }
        }
        let count = snapshot.count().unwrap();
        let limit = snapshot.max_sessions().unwrap();
        if mine != self.own || count != sessions.len() as u64 || count > u64::from(limit) {
            self.say(format!("listed {sessions:?}, its own are {:?}", self.own));
        }
    }

    /// Announces a change, makes it, and tells how it went.
    fn call(
        &mut self,
        change: Change,
        expected: Option<Session>,
        make: impl FnOnce(&SessionRegistry) -> Result<Option<Session>, Error>,
    ) {
        self.say(&change);
        match make(self.registry) {
            Ok(answer) if answer == expected => {
                self.say("done");
                change.apply(&mut self.own);
            }
            Err(Error::LimitReached { .. }) => self.say("refused"),
            other => self.say(format!("an answer that is wrong: {other:?}")),
        }
    }

    fn say(&self, what: impl std::fmt::Display) {
        self.parent.say(format_args!("{} {what}", self.number));
    }

    fn name(&mut self) -> SessionName {
        SessionName::new(self.rng.choice(["red", "green", "blue"]).unwrap()).unwrap()
    }

    fn free_path(&mut self) -> ProjectPath {
        let territory = territory(self.number);
        let free: Vec<_> = (0..=OWN)
            .map(|number| ProjectPath::new(format!("{territory}{number}")).unwrap())
            .filter(|path| {
                self.own
                    .values()
                    .all(|session| session.project_path() != path)
            })
            .collect();
        self.rng.choice(free).unwrap()
    }
}

/// What the registry makes of a change from `old` to `new`.
fn as_changed(old: &Session, new: &Session) -> Session {
    if new == old {
        return old.clone();
    }
    as_stored(old, new, &[])
}

/// `new` with the next revision of `old`, and with the `fields` that only the registry sets.
fn as_stored(old: &Session, new: &Session, fields: &[(&str, Value)]) -> Session {
    let mut stored = serde_json::to_value(new).unwrap();
    stored["revision"] = json!(old.revision() + 1);
    stored["updated_at"] = json!(old.updated_at().max(Timestamp::from_micros(NOW)));
    for (field, value) in fields {
        stored[*field] = value.clone();
    }
    serde_json::from_value(stored).unwrap()
}
