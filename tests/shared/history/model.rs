//! What calls answer when they are made one after another.

use std::collections::BTreeMap;

use session_registry::SessionRegistry;

use super::calls::{Answer, Call, LASTING, Seen};

/// What a registry holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Model {
    limit: u32,
    sessions: BTreeMap<u8, Seen>,
}

impl Model {
    pub(crate) fn empty(limit: u32) -> Self {
        Self {
            limit,
            sessions: BTreeMap::new(),
        }
    }

    /// Makes `registry` hold what a history begins with, and answers that.
    pub(crate) fn prepare(registry: &SessionRegistry, limit: u32, lasting: bool) -> Self {
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

    pub(crate) fn apply(&mut self, call: &Call) -> Answer {
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
