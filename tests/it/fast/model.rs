//! Calls from small pools, and what they answer when nothing else happens meanwhile.

use std::collections::BTreeMap;

use session_registry::{
    ProjectPath, Registration, Result, Session, SessionId, SessionName, SessionRegistry, Timestamp,
};

/// A session, as far as these calls can tell two apart. Ids, paths and names are small numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Seen {
    id: u8,
    path: u8,
    name: u8,
    note: u32,
    revision: u64,
    open: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Call {
    Register { id: u8, path: u8, name: u8 },
    GetOrRegister { id: u8, path: u8, name: u8 },
    Rename { id: u8, name: u8 },
    Note { id: u8, note: u32 },
    Move { id: u8, path: u8 },
    Unregister { id: u8 },
    Close { id: u8 },
    Reopen { id: u8 },
    Clear,
    Limit(u32),
    ById(u8),
    ByPath(u8),
    ByName(u8),
    Contains(u8),
    Count,
    List,
    Snapshot,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    One(Option<Seen>),
    /// Whether it is new.
    Settled(bool, Seen),
    Ids(Vec<u8>),
    All(Vec<Seen>),
    Number(u64),
    Yes(bool),
    Done,
    Refused(&'static str),
}

/// Never unregistered by a call of [`Call::random`] with changes: a session of the same id that is
/// registered anew starts at revision 0 again, and could pass for the one a change was made for.
pub(super) const LASTING: [u8; 2] = [6, 7];

impl Call {
    /// `lasting`: whether the sessions of [`LASTING`] are there, and stay.
    pub(super) fn random(rng: &mut fastrand::Rng, lasting: bool) -> Self {
        let (path, name) = (rng.u8(1..5), rng.u8(1..4));
        let id = if lasting && rng.bool() {
            LASTING[rng.usize(..2)]
        } else {
            rng.u8(1..4)
        };
        let fleeting = rng.u8(1..4);
        match rng.u8(..40) {
            0..5 => Self::Register { id, path, name },
            5..7 => Self::GetOrRegister { id, path, name },
            7..9 => Self::Rename { id, name },
            9..13 if lasting => {
                let (id, note) = (LASTING[rng.usize(..2)], rng.u32(1..));
                match rng.bool() {
                    true => Self::Note { id, note },
                    false => Self::Move { id, path },
                }
            }
            9..13 => Self::Unregister { id },
            13..15 => Self::Unregister { id: fleeting },
            15..17 => Self::Close { id },
            17..19 => Self::Reopen { id },
            19 if !lasting => Self::Clear,
            19 | 20 => Self::Limit(rng.u32(2..5)),
            21..26 => Self::ById(id),
            26..31 => Self::ByPath(path),
            31..36 => Self::ByName(name),
            36 => Self::Contains(id),
            37 => Self::Count,
            38 => Self::List,
            _ => Self::Snapshot,
        }
    }

    pub(super) fn make(&self, registry: &SessionRegistry) -> Answer {
        self.ask(registry)
            .unwrap_or_else(|error| Answer::Refused(error.code()))
    }

    fn ask(&self, registry: &SessionRegistry) -> Result<Answer> {
        let one = |session: Session| Answer::One(Some(seen(&session)));
        let found = |session: Option<Session>| Answer::One(session.as_ref().map(seen));
        Ok(match *self {
            Self::Register { id, path, name } => one(registry.register(session(id, path, name))?),
            Self::GetOrRegister { id, path, name } => {
                let settled: Registration = registry.get_or_register(session(id, path, name))?;
                Answer::Settled(settled.is_new(), seen(settled.session()))
            }
            Self::Rename { id, name } => one(registry.rename(as_id(id), as_name(name))?),
            Self::Note { id, note } => one(registry.modify(as_id(id), |session| {
                session
                    .metadata_mut()
                    .insert("note".into(), note.to_string());
            })?),
            Self::Move { id, path } => {
                let there = as_path(path);
                one(registry.modify(as_id(id), |session| {
                    session.set_project_path(there.clone());
                })?)
            }
            Self::Unregister { id } => found(registry.unregister(as_id(id))?),
            Self::Close { id } => one(registry.close_session(as_id(id))?),
            Self::Reopen { id } => one(registry.reopen(as_id(id))?),
            Self::Clear => Answer::Number(registry.clear()?),
            Self::Limit(limit) => {
                registry.set_max_sessions(limit)?;
                Answer::Done
            }
            Self::ById(id) => found(registry.lookup(as_id(id))?),
            Self::ByPath(path) => found(registry.lookup_by_path(&as_path(path))?),
            Self::ByName(name) => found(registry.lookup_by_name(as_name(name).as_str())?),
            Self::Contains(id) => Answer::Yes(registry.contains(as_id(id))?),
            Self::Count => Answer::Number(registry.count()?),
            Self::List => {
                let ids = registry.list_ids()?;
                Answer::Ids(ids.iter().map(|id| number(id.as_uuid())).collect())
            }
            Self::Snapshot => {
                let snapshot = registry.snapshot()?;
                let all: Vec<_> = snapshot.list_all()?.iter().map(seen).collect();
                assert_eq!(snapshot.count()?, all.len() as u64);
                Answer::All(all)
            }
        })
    }
}

/// What a registry holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Model {
    limit: u32,
    sessions: BTreeMap<u8, Seen>,
}

impl Model {
    pub(super) fn empty(limit: u32) -> Self {
        Self {
            limit,
            sessions: BTreeMap::new(),
        }
    }

    /// Makes `registry` hold what a history begins with, and answers that.
    pub(super) fn prepare(registry: &SessionRegistry, limit: u32, lasting: bool) -> Self {
        registry.clear().unwrap();
        registry.set_max_sessions(limit).unwrap();
        let mut model = Self::empty(limit);
        if lasting {
            for id in LASTING {
                let (path, name) = (id, 1);
                let call = Call::Register { id, path, name };
                assert_eq!(call.make(registry), model.apply(&call));
            }
        }
        model
    }

    pub(super) fn apply(&mut self, call: &Call) -> Answer {
        self.decide(call).unwrap_or_else(Answer::Refused)
    }

    fn decide(&mut self, call: &Call) -> Result<Answer, &'static str> {
        let one = |seen: Seen| Ok(Answer::One(Some(seen)));
        match *call {
            Call::Register { id, path, name } => one(self.register(id, path, name)?),
            Call::GetOrRegister { id, path, name } => match self.holder(path) {
                Some(held) => Ok(Answer::Settled(false, held.clone())),
                None => Ok(Answer::Settled(true, self.register(id, path, name)?)),
            },
            Call::Rename { id, name } => one(self.change(id, |seen| seen.name = name)?),
            Call::Note { id, note } => one(self.change(id, |seen| seen.note = note)?),
            Call::Move { id, path } => {
                let is_open = self.sessions.get(&id).ok_or("not_found")?.open;
                if is_open && self.holder(path).is_some_and(|holder| holder.id != id) {
                    return Err("project_already_open");
                }
                one(self.change(id, |seen| seen.path = path)?)
            }
            Call::Unregister { id } => Ok(Answer::One(self.sessions.remove(&id))),
            Call::Close { id } => one(self.change(id, |seen| seen.open = false)?),
            Call::Reopen { id } => {
                let found = self.sessions.get(&id).ok_or("not_found")?.clone();
                if found.open {
                    return one(found);
                }
                self.check_room(found.path)?;
                one(self.change(id, |seen| seen.open = true)?)
            }
            Call::Clear => {
                let removed = self.sessions.len() as u64;
                self.sessions.clear();
                Ok(Answer::Number(removed))
            }
            Call::Limit(limit) => {
                self.limit = limit;
                Ok(Answer::Done)
            }
            Call::ById(id) => Ok(Answer::One(self.sessions.get(&id).cloned())),
            Call::ByPath(path) => Ok(Answer::One(self.holder(path).cloned())),
            // Ids are also the order in which sessions were created.
            Call::ByName(name) => {
                let oldest = self.open().find(|seen| seen.name == name);
                Ok(Answer::One(oldest.cloned()))
            }
            Call::Contains(id) => Ok(Answer::Yes(self.sessions.contains_key(&id))),
            Call::Count => Ok(Answer::Number(self.open().count() as u64)),
            Call::List => Ok(Answer::Ids(self.open().map(|seen| seen.id).collect())),
            Call::Snapshot => Ok(Answer::All(self.open().cloned().collect())),
        }
    }

    fn open(&self) -> impl Iterator<Item = &Seen> {
        self.sessions.values().filter(|seen| seen.open)
    }

    fn holder(&self, path: u8) -> Option<&Seen> {
        self.open().find(|seen| seen.path == path)
    }

    fn check_limit(&self) -> Result<(), &'static str> {
        if self.open().count() >= self.limit as usize {
            return Err("session_limit_reached");
        }
        Ok(())
    }

    fn check_path(&self, path: u8) -> Result<(), &'static str> {
        match self.holder(path) {
            Some(_) => Err("project_already_open"),
            None => Ok(()),
        }
    }

    fn check_room(&self, path: u8) -> Result<(), &'static str> {
        self.check_limit()?;
        self.check_path(path)
    }

    fn register(&mut self, id: u8, path: u8, name: u8) -> Result<Seen, &'static str> {
        self.check_limit()?;
        if self.sessions.contains_key(&id) {
            return Err("session_exists");
        }
        self.check_path(path)?;
        let new = Seen {
            id,
            path,
            name,
            note: 0,
            revision: 0,
            open: true,
        };
        self.sessions.insert(id, new.clone());
        Ok(new)
    }

    fn change(&mut self, id: u8, change: impl FnOnce(&mut Seen)) -> Result<Seen, &'static str> {
        let seen = self.sessions.get_mut(&id).ok_or("not_found")?;
        let before = seen.clone();
        change(seen);
        if *seen != before {
            seen.revision += 1;
        }
        Ok(seen.clone())
    }
}

fn session(id: u8, path: u8, name: u8) -> Session {
    Session::builder(as_path(path))
        .id(as_id(id))
        .name(as_name(name))
        .created_at(Timestamp::from_micros(id.into()))
        .build()
}

fn as_id(number: u8) -> SessionId {
    SessionId::from(uuid::Uuid::from_u128(number.into()))
}

fn as_path(number: u8) -> ProjectPath {
    ProjectPath::new(format!("/{number}")).unwrap()
}

fn as_name(number: u8) -> SessionName {
    SessionName::new(number.to_string()).unwrap()
}

fn number(id: &uuid::Uuid) -> u8 {
    u8::try_from(id.as_u128()).unwrap()
}

fn seen(session: &Session) -> Seen {
    let note = session.metadata().get("note");
    Seen {
        id: number(session.id().as_uuid()),
        path: session.project_path().as_str()[1..].parse().unwrap(),
        name: session.name().as_str().parse().unwrap(),
        note: note.map_or(0, |note| note.parse().unwrap()),
        revision: session.revision(),
        open: session.state().is_open(),
    }
}
