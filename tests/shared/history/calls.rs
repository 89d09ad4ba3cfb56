//! Calls from small pools, and what they answer when nothing else happens meanwhile.

use session_registry::{
    ProjectPath, Registration, Result, Session, SessionId, SessionName, SessionRegistry, Timestamp,
};

/// A session, as far as these calls can tell two apart. Ids, paths and names are small numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) id: u8,
    pub(crate) path: u8,
    pub(crate) name: u8,
    pub(crate) note: u32,
    pub(crate) revision: u64,
    pub(crate) open: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Call {
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
pub(crate) enum Answer {
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
pub(crate) const LASTING: [u8; 2] = [6, 7];

impl Call {
    /// `lasting`: whether the sessions of [`LASTING`] are there, and stay.
    pub(crate) fn random(rng: &mut fastrand::Rng, lasting: bool) -> Self {
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

    pub(crate) fn make(&self, registry: &SessionRegistry) -> Answer {
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
