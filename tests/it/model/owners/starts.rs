//! Starts, and what is taken back of them.

use session_registry::{SessionId, Started, StartedHow, Timestamp};

use super::steps::{checked, row};
use super::{Hand, World};
use crate::shared::rules::Checked;
use crate::shared::rules::claims::Begun;
use crate::shared::rules::row::Row;
use crate::support::records::ids;

impl World {
    /// Resumes, and perhaps takes that back, with something in between.
    pub(super) fn resume(&mut self, handle: usize, id: SessionId) -> String {
        let takes_over = self.rng.u8(..4) == 0;
        let registry = self.handles[handle].clone();
        let started = if takes_over {
            registry.resume_taking_over(id)
        } else {
            registry.resume(id)
        };
        let expected = self.model.resume(handle, id, takes_over);
        let then = self.go_on(handle, checked(started), expected);
        format!("resume {id} by {handle}, taking over: {takes_over}, {then}")
    }

    /// Starts in a project, and perhaps takes that back, with something in between.
    pub(super) fn start(&mut self, handle: usize, id: SessionId, now: Timestamp) -> String {
        let given = self.given(id, now);
        let expected = self.model.start(handle, &Row::of(&given));
        let path = given.project_path().clone();
        let started = self.handles[handle].clone().start(given);
        let then = self.go_on(handle, checked(started), expected);
        format!("start {id} at {path} by {handle}, {then}")
    }

    /// Compares a start with what the model made of it, and keeps it or takes it back.
    fn go_on(
        &mut self,
        handle: usize,
        found: Checked<Started>,
        expected: Checked<Begun>,
    ) -> String {
        let registry = self.handles[handle].clone();
        let (started, begun) = match (found, expected) {
            (Ok(started), Ok(begun)) => (started, begun),
            (found, expected) => {
                let found = found.map(|started| Row::of(started.session()));
                self.agree("start", &found, &expected.map(|begun| begun.session));
                return "refused".to_owned();
            }
        };
        let (id, epoch) = (started.session().id(), started.claim().epoch());
        self.same(&Row::of(started.session()), &begun.session, "started");
        self.same(&epoch, &begun.epoch, "epoch");
        self.same(&ids(started.reaped()), &begun.reaped, "reaped");
        let how = match &begun.before {
            None => StartedHow::Registered,
            Some(before) if before.is_open() => StartedHow::Found,
            Some(_) => StartedHow::Reopened,
        };
        self.same(&started.how(), &how, "how");
        if self.rng.bool() {
            let (_, claim) = started.into_parts();
            self.hands.push(Hand {
                claim,
                handle,
                id,
                epoch,
            });
            return format!("{how} {id}, kept");
        }
        let between = match self.rng.u8(..6) {
            0 => self.change(&registry, id),
            1 => {
                self.tick();
                registry.touch(id).unwrap();
                self.model.touch(id).unwrap();
                "touch".to_owned()
            }
            2 => {
                let other = 1 - handle;
                self.claim(other, id)
            }
            3 => {
                registry.close_session(id).unwrap();
                self.model.close(handle, id).unwrap();
                "close".to_owned()
            }
            _ => "nothing".to_owned(),
        };
        let undone = self.model.undo(&begun);
        self.agree("undo", &checked(started.undo().map(row)), &undone);
        format!("{how} {id}, {between}, undo")
    }
}
