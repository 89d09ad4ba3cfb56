//! Several calls that are made together or not at all: one after the other on a copy, which is kept if all pass.

use session_registry::{Batch, Session, SessionId, SessionName};

use super::calls::check_valid;
use super::row::Row;
use super::{Checked, Model};
use crate::shared::refusal::Refusal;

/// One operation of a batch.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Register(Session),
    Update(Session),
    Rename(SessionId, SessionName),
    Close(SessionId),
    Reopen(SessionId),
    Unregister(SessionId),
}

/// The batch of these operations.
pub(crate) fn batch(operations: &[Operation]) -> Batch {
    let add = |batch: Batch, operation: &Operation| match operation.clone() {
        Operation::Register(session) => batch.register(session),
        Operation::Update(session) => batch.update(session),
        Operation::Rename(id, name) => batch.rename(id, name),
        Operation::Close(id) => batch.close_session(id),
        Operation::Reopen(id) => batch.reopen(id),
        Operation::Unregister(id) => batch.unregister(id),
    };
    operations.iter().fold(Batch::new(), add)
}

impl Model {
    /// What each operation answers, or which one is refused and why.
    pub(crate) fn apply(
        &mut self,
        by: usize,
        operations: &[Operation],
    ) -> Checked<Vec<Option<Row>>> {
        let refused = |index, refusal| Refusal::Batch(index, Box::new(refusal));
        for (index, operation) in operations.iter().enumerate() {
            if let Operation::Register(session) | Operation::Update(session) = operation {
                check_valid(&Row::of(session)).map_err(|refusal| refused(index, refusal))?;
            }
        }
        let mut copy = self.clone();
        copy.reaps = false;
        let mut answers = Vec::new();
        for (index, operation) in operations.iter().enumerate() {
            let answer = copy.make(by, operation);
            answers.push(answer.map_err(|refusal| refused(index, refusal))?);
        }
        self.content = copy.content;
        Ok(answers)
    }

    fn make(&mut self, by: usize, operation: &Operation) -> Checked<Option<Row>> {
        match operation {
            Operation::Register(session) => {
                let new = Row::of(session);
                self.register(by, &new)?;
                Ok(Some(new))
            }
            Operation::Update(session) => self.update(Row::of(session)).map(Some),
            Operation::Rename(id, name) => {
                let renamed = self.change(*id, |row| row.rename(name.clone()));
                renamed.map(Some)
            }
            Operation::Close(id) => self.close(by, *id).map(Some),
            Operation::Reopen(id) => self.reopen(by, *id).map(Some),
            Operation::Unregister(id) => self.unregister(by, *id),
        }
    }
}
