//! Every call, made on the model.

use super::answer::{Answer, Outcome};
use super::steps::Step;
use crate::shared::rules::Model;
use crate::shared::rules::row::Row;
use crate::support::values::{START, at};

/// The handles take turns, and without claims it makes no difference which one calls.
const EITHER: usize = 0;

pub(super) struct Expected {
    pub(super) model: Model,
    /// What calls handed out, the latest last.
    copies: Vec<Row>,
}

impl Expected {
    pub(super) fn new() -> Self {
        Self {
            model: Model::empty(at(START)),
            copies: Vec::new(),
        }
    }

    pub(super) fn apply(&mut self, step: &Step) -> Outcome {
        let outcome = self.decide(step);
        if let Ok(Answer::Session(row) | Answer::Registration { session: row, .. }) = &outcome {
            self.copies.push(row.clone());
        }
        outcome
    }

    fn decide(&mut self, step: &Step) -> Outcome {
        let model = &mut self.model;
        Ok(match step {
            Step::Register(session) => {
                let new = Row::of(session);
                model.register(EITHER, &new)?;
                Answer::Session(new)
            }
            Step::GetOrRegister(session) => {
                let settled = model.get_or_register(EITHER, &Row::of(session))?;
                Answer::Registration {
                    is_new: settled.is_new,
                    session: settled.session,
                    reaped: settled.reaped,
                }
            }
            Step::Update(ago, change) => {
                let position = self.copies.len().checked_sub(1 + ago);
                let Some(copy) = position.map(|position| &self.copies[position]) else {
                    return Ok(Answer::Done);
                };
                let mut wanted = copy.clone();
                change.apply_to_row(&mut wanted);
                model.update(wanted)?.into()
            }
            Step::Modify(id, meanwhile, change) => {
                if let Some(name) = meanwhile {
                    model.change(*id, |row| row.rename(name.clone()))?;
                }
                model.change(*id, |row| change.apply_to_row(row))?.into()
            }
            Step::Rename(id, name) => model.change(*id, |row| row.rename(name.clone()))?.into(),
            Step::CloseSession(id) => model.close(EITHER, *id)?.into(),
            Step::ReopenSession(id) => model.reopen(EITHER, *id)?.into(),
            Step::Unregister(id) => Answer::Removed(model.unregister(EITHER, *id)?),
            Step::Clear => model.clear().into(),
            Step::SetLimit(limit) => {
                model.content.limit = *limit;
                Answer::Done
            }
            Step::SetPerProject(limit) => {
                model.content.per_project = *limit;
                Answer::Done
            }
            Step::SetDefault(id) => model.set_default(*id)?.into(),
            Step::SetClock(micros) => {
                model.now = at(*micros);
                Answer::Done
            }
            Step::Reopen => Answer::Done,
        })
    }
}
