//! Starts, and what is taken back of them.

use session_registry::SessionId;

use super::steps::{checked, row};
use super::{Hand, World};
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
        let (started, resumed) = match (checked(started), expected) {
            (Ok(started), Ok(resumed)) => (started, resumed),
            (found, expected) => {
                let found = found.map(|started| Row::of(started.session()));
                self.agree("resume", &found, &expected.map(|resumed| resumed.session));
                return format!("resume {id} by {handle}, refused");
            }
        };
        let epoch = started.claim().epoch();
        self.same(&Row::of(started.session()), &resumed.session, "resumed");
        self.same(&epoch, &resumed.epoch, "epoch");
        self.same(&ids(started.reaped()), &resumed.reaped, "reaped");
        if self.rng.bool() {
            let (_, claim) = started.into_parts();
            self.hands.push(Hand {
                claim,
                handle,
                id,
                epoch,
            });
            return format!("resume {id} by {handle}, taking over: {takes_over}");
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
        let undone = self.model.undo(&resumed);
        self.agree("undo", &checked(started.undo().map(row)), &undone);
        format!("resume {id} by {handle}, {between}, undo")
    }
}
