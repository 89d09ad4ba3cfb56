//! The rules once more, on a map.

use std::collections::BTreeMap;

use session_registry::{
    CloseReason, DEFAULT_MAX_SESSIONS, ProjectPath, Session, SessionId, Timestamp,
};

use super::row::{Answer, Outcome, Row};
use super::steps::Step;
use crate::support::refusal::Refusal;
use crate::support::values::{START, at};

type Checked<T> = Result<T, Refusal>;

pub(super) struct Model {
    pub(super) rows: BTreeMap<SessionId, Row>,
    pub(super) limit: u32,
    chosen: Option<SessionId>,
    now: Timestamp,
    /// What calls handed out, the latest last.
    copies: Vec<Row>,
}

impl Model {
    pub(super) fn new() -> Self {
        Self {
            rows: BTreeMap::new(),
            limit: DEFAULT_MAX_SESSIONS,
            chosen: None,
            now: at(START),
            copies: Vec::new(),
        }
    }

    /// The open sessions, oldest first.
    pub(super) fn open(&self) -> Vec<&Row> {
        let open = self.rows.values().filter(|row| row.closed.is_none());
        let mut open: Vec<_> = open.collect();
        open.sort_by_key(|row| (row.created, row.id));
        open
    }

    pub(super) fn at_path(&self, path: &ProjectPath) -> Option<&Row> {
        self.open().into_iter().find(|row| row.path == *path)
    }

    pub(super) fn default(&self) -> Option<SessionId> {
        let open = self.open();
        let is_open = |id: &SessionId| open.iter().any(|row| row.id == *id);
        let oldest = open.first().map(|row| row.id);
        self.chosen.filter(is_open).or(oldest)
    }

    pub(super) fn apply(&mut self, step: &Step) -> Outcome {
        let outcome = self.decide(step);
        if let Ok(Answer::Session(row) | Answer::Registration { session: row, .. }) = &outcome {
            self.copies.push(row.clone());
        }
        outcome
    }

    fn decide(&mut self, step: &Step) -> Outcome {
        match step {
            Step::Register(session) => self.register(session),
            Step::GetOrRegister(session) => self.get_or_register(session),
            Step::Update(ago, change) => {
                let position = self.copies.len().checked_sub(1 + ago);
                let Some(copy) = position.map(|position| &self.copies[position]) else {
                    return Ok(Answer::Done);
                };
                let mut wanted = copy.clone();
                change.apply_to_row(&mut wanted);
                self.store(wanted)
            }
            Step::Modify(id, meanwhile, change) => {
                if let Some(name) = meanwhile {
                    let mut renamed = self.known(*id)?;
                    renamed.name = name.clone();
                    self.store(renamed)?;
                }
                let mut wanted = self.known(*id)?;
                change.apply_to_row(&mut wanted);
                self.store(wanted)
            }
            Step::Rename(id, name) => {
                let mut renamed = self.known(*id)?;
                renamed.name = name.clone();
                self.store(renamed)
            }
            Step::CloseSession(id) => self.close(*id),
            Step::ReopenSession(id) => self.reopen(*id),
            Step::Unregister(id) => {
                self.chosen = self.chosen.filter(|chosen| chosen != id);
                Ok(Answer::Removed(self.rows.remove(id)))
            }
            Step::Clear => {
                self.chosen = None;
                Ok(Answer::Count(std::mem::take(&mut self.rows).len() as u64))
            }
            Step::SetLimit(limit) => {
                self.limit = *limit;
                Ok(Answer::Done)
            }
            Step::SetDefault(id) => self.set_default(*id),
            Step::SetClock(micros) => {
                self.now = at(*micros);
                Ok(Answer::Done)
            }
            Step::Reopen => Ok(Answer::Done),
        }
    }

    fn known(&self, id: SessionId) -> Checked<Row> {
        self.rows.get(&id).cloned().ok_or(Refusal::NotFound(id))
    }

    fn check_limit(&self) -> Checked<()> {
        let open = self.open().len() as u64;
        if open < u64::from(self.limit) {
            return Ok(());
        }
        let max_sessions = self.limit;
        Err(Refusal::Limit { max_sessions, open })
    }

    fn check_path(&self, path: &ProjectPath, own: SessionId) -> Checked<()> {
        match self.at_path(path) {
            Some(holder) if holder.id != own => Err(Refusal::PathTaken {
                project_path: path.clone(),
                holder: holder.id,
            }),
            _ => Ok(()),
        }
    }

    fn register(&mut self, session: &Session) -> Outcome {
        let row = Row::of(session);
        check_valid(&row)?;
        self.check_limit()?;
        if self.rows.contains_key(&row.id) {
            return Err(Refusal::Exists(row.id));
        }
        self.check_path(&row.path, row.id)?;
        self.rows.insert(row.id, row.clone());
        Ok(Answer::Session(row))
    }

    fn get_or_register(&mut self, session: &Session) -> Outcome {
        let row = Row::of(session);
        check_valid(&row)?;
        let holder = self.at_path(&row.path).cloned();
        let is_new = holder.is_none();
        let session = match holder {
            Some(holder) => holder,
            None => {
                self.register(session)?;
                row
            }
        };
        Ok(Answer::Registration { is_new, session })
    }

    /// Stores the content of `wanted`, if its revision is the stored one.
    fn store(&mut self, wanted: Row) -> Outcome {
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
        if old.closed.is_none() {
            self.check_path(&wanted.path, id)?;
        }
        if wanted.content() == old.content() {
            return Ok(Answer::Session(old));
        }
        Ok(self.put_next(Row {
            name: wanted.name,
            path: wanted.path,
            config: wanted.config,
            metadata: wanted.metadata,
            ..old
        }))
    }

    fn close(&mut self, id: SessionId) -> Outcome {
        let old = self.known(id)?;
        if old.closed.is_some() {
            return Ok(Answer::Session(old));
        }
        Ok(self.put_next(Row {
            closed: Some((self.now, CloseReason::Requested)),
            ..old
        }))
    }

    fn reopen(&mut self, id: SessionId) -> Outcome {
        let old = self.known(id)?;
        if old.closed.is_none() {
            return Ok(Answer::Session(old));
        }
        self.check_limit()?;
        self.check_path(&old.path, id)?;
        Ok(self.put_next(Row {
            closed: None,
            active: old.active.max(self.now),
            ..old
        }))
    }

    fn set_default(&mut self, id: Option<SessionId>) -> Outcome {
        if let Some(id) = id
            && self.known(id)?.closed.is_some()
        {
            return Err(Refusal::Closed(id));
        }
        self.chosen = id;
        Ok(Answer::Done)
    }

    fn put_next(&mut self, row: Row) -> Answer {
        let next = Row {
            revision: row.revision + 1,
            updated: row.updated.max(self.now),
            ..row
        };
        self.rows.insert(next.id, next.clone());
        Answer::Session(next)
    }
}

fn check_valid(row: &Row) -> Checked<()> {
    if row.config.max_tokens == 0 {
        return Err(Refusal::spoiled());
    }
    Ok(())
}
