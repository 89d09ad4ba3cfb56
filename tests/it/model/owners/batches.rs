//! Batches of random operations.

use session_registry::{Alias, Timestamp};

use super::World;
use super::steps::{ALIASES, checked};
use crate::shared::rules::batch::{Operation, batch};
use crate::shared::rules::row::Row;
use crate::support::records::records;
use crate::support::values::{name, path};

const MOST: usize = 6;

impl World {
    /// Makes several calls at once.
    pub(super) fn apply(&mut self, handle: usize, now: Timestamp) -> String {
        let count = self.rng.usize(..=MOST);
        let operations: Vec<_> = (0..count).map(|_| self.operation(now)).collect();
        let found = self.handles[handle].apply(batch(&operations));
        let found = checked(found).map(|answers| {
            let rows = answers.iter().map(|answer| answer.as_ref().map(Row::of));
            rows.collect::<Vec<_>>()
        });
        let expected = self.model.apply(handle, &operations);
        self.agree("apply", &found, &expected);
        format!("apply {operations:?} by {handle}")
    }

    fn operation(&mut self, now: Timestamp) -> Operation {
        let id = self.id();
        match self.rng.u8(..12) {
            0..=3 => Operation::Register(self.given(id, now)),
            4..=5 => self.update(now),
            6 => Operation::Rename(id, name(self.name())),
            7..=8 => Operation::Close(id),
            9..=10 => Operation::Reopen(id),
            _ => Operation::Unregister(id),
        }
    }

    /// An update of one of the sessions, from the revision that is stored now, as it may be no more when its turn
    /// comes.
    fn update(&mut self, now: Timestamp) -> Operation {
        let all = records(&self.handles[0]);
        if all.is_empty() {
            let id = self.id();
            return Operation::Update(self.given(id, now));
        }
        let mut session = all[self.rng.usize(..all.len())].clone();
        if self.rng.bool() {
            session.set_project_path(path(self.path()));
        }
        let alias: Alias = ALIASES[self.rng.usize(..ALIASES.len())].parse().unwrap();
        if !session.aliases_mut().remove(&alias) && self.rng.bool() {
            session.aliases_mut().insert(alias);
        }
        if self.rng.u8(..8) == 0 {
            session.set_config(session.config().clone().max_tokens(0));
        }
        Operation::Update(session)
    }
}
