//! What one process registered, the next one finds, whatever became of the first.

use std::path::Path;

use session_registry::{ProjectPath, Session, SessionConfig, SessionName, SessionRegistry};

use super::{assert_in_step, patient};
use crate::support::child::{Child, Parent};

#[test]
fn a_killed_process_leaves_everything_to_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let mut first = Child::start("registrar", &[&file.display()]);
    let mut said: Vec<_> = (0..7).map(|_| first.line()).collect();
    first.expect("done");
    first.kill();

    let next = Child::start("reader", &[&file.display()]);
    next.expect("recovered true");
    said.sort();
    let mut found: Vec<_> = (0..said.len()).map(|_| next.line()).collect();
    found.sort();
    assert_eq!(found, said);
    next.finish();
}

/// Changes all there is to change, tells what it left, and waits to be killed.
pub(super) fn registrar(parent: &Parent) {
    let registry = patient().open(parent.argument(0)).unwrap();
    registry.set_max_sessions(25).unwrap();
    let mut sessions: Vec<_> = (0..6).map(rich_session).collect();
    for session in &mut sessions {
        *session = registry.register(session.clone()).unwrap();
    }
    let gone = sessions.pop().unwrap();
    registry.unregister(gone.id()).unwrap().unwrap();
    let name = SessionName::new("renamed").unwrap();
    sessions[1] = registry.rename(sessions[1].id(), name).unwrap();
    let moved = registry.modify(sessions[2].id(), |session| {
        session.set_project_path(ProjectPath::new("/survival/moved").unwrap());
    });
    sessions[2] = moved.unwrap();
    let default = sessions[3].id();
    registry.set_default_session(Some(default)).unwrap();
    for session in &sessions {
        parent.say(serde_json::to_string(session).unwrap());
    }
    parent.say(format!("default {default}"));
    parent.say("limit 25");
    parent.say("done");
    parent.stay();
}

fn rich_session(number: u32) -> Session {
    let path = ProjectPath::new(format!("/survival/{number}")).unwrap();
    let config = SessionConfig::new()
        .provider("anthropic")
        .model("opus")
        .temperature(0.1 + f64::from(number) / 7.0)
        .max_tokens(1000 + number);
    Session::builder(path)
        .name(SessionName::new("the same name").unwrap())
        .config(config)
        .metadata("branch", format!("feature/{number}"))
        .build()
}

/// Tells what it finds.
pub(super) fn reader(parent: &Parent) {
    let file: &Path = parent.argument(0).as_ref();
    let registry = SessionRegistry::open(file).unwrap();
    parent.say(format!("recovered {}", registry.open_report().recovered));
    for session in assert_in_step(&registry) {
        parent.say(serde_json::to_string(&session).unwrap());
    }
    let default = registry.default_session_id().unwrap().unwrap();
    parent.say(format!("default {default}"));
    parent.say(format!("limit {}", registry.max_sessions().unwrap()));
}
