//! What became of several sessions, of which some may be refused.

use std::process::ExitCode;

use serde_json::json;
use session_registry::Session;

use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::report::report;

/// Those for which it was done, and why it was not for the others.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    done: Vec<Done>,
    refused: Vec<Failure>,
}

/// A session before and after.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) before: Session,
    pub(crate) after: Session,
}

impl Outcome {
    /// Does it for each session once, in their order. A refusal keeps none of the others from being done.
    pub(crate) fn of_each(
        sessions: Vec<Session>,
        mut act: impl FnMut(&Session) -> Result<Session, Failure>,
    ) -> Self {
        let mut outcome = Self::default();
        let mut seen = Vec::new();
        for before in sessions {
            if seen.contains(&before.id()) {
                continue;
            }
            seen.push(before.id());
            match act(&before) {
                Ok(after) => outcome.done.push(Done { before, after }),
                Err(failure) => outcome.refused.push(failure),
            }
        }
        outcome
    }

    /// Answers with the sessions, and tells what was refused; if that is all there is, it is the failure.
    pub(crate) fn answer(
        mut self,
        locator: &Locator,
        output: &mut Output,
        line: impl Fn(&Done) -> String,
    ) -> Result<ExitCode, Failure> {
        if self.done.is_empty()
            && self.refused.len() == 1
            && let Some(failure) = self.refused.pop()
        {
            return Err(failure);
        }
        let sessions: Vec<_> = self.done.iter().map(|done| &done.after).collect();
        output.answer(&json!({ "sessions": sessions }), |out| {
            let mut done = self.done.iter();
            done.try_for_each(|done| writeln!(out, "{}", line(done)))
        })?;
        for failure in &self.refused {
            report(failure, locator);
        }
        Ok(ExitCode::from(u8::from(!self.refused.is_empty())))
    }
}
