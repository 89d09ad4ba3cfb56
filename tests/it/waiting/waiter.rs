//! A process that waits for a slot as it is told, and tells when it has one.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use session_registry::{ProjectPath, SessionRegistry};

use crate::support::child::{Child, HANG, Parent};

/// The waiter, seen by its parent.
pub(super) struct Waiter(pub(super) Child);

impl Waiter {
    pub(super) fn start(file: &Path) -> Self {
        let waiter = Child::start("waiter", &[&file.display()]);
        waiter.expect("open");
        Self(waiter)
    }

    /// Has it begin to wait for a session of a project.
    pub(super) fn waits(&mut self, project: impl Display) {
        self.0.say(format!("start {project}"));
    }

    /// Has it close its session.
    pub(super) fn closes(&mut self) {
        self.0.say("close");
        self.0.expect("closed");
    }
}

/// The role. It says the epoch of its claim once it has one.
pub(crate) fn waiter(parent: &Parent) {
    let options = SessionRegistry::options().busy_timeout(HANG);
    let registry = options.open(parent.argument(0)).unwrap();
    let mut started = None;
    parent.say("open");
    while let Some(told) = parent.hear() {
        match told.split_once(' ') {
            Some(("start", project)) => {
                let session = registry.session(ProjectPath::new(project).unwrap());
                let patience = Duration::MAX;
                match registry.start_when_free(session.build(), patience) {
                    Ok(ours) => {
                        parent.say(format!("started {}", ours.claim().epoch()));
                        started = Some(ours);
                    }
                    Err(error) => parent.say(format!("refused: {error:?}")),
                }
            }
            None if told == "close" => {
                let (session, claim) = started.take().expect("a session").into_parts();
                registry.close_session(session.id()).unwrap();
                drop(claim);
                parent.say("closed");
            }
            other => panic!("cannot {other:?}"),
        }
    }
}
