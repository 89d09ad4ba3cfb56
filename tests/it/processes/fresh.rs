//! A change that one process was told of is what every other process sees from then on, whatever it has
//! read and kept before.

use session_registry::{Session, SessionConfig, SessionRegistry};

use super::{patient, session_at};
use crate::support::child::{Child, Parent};
use crate::support::soak;

#[test]
fn an_acknowledged_change_is_seen_at_once_in_another_process() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = patient().open(&file).unwrap();
    let mut session = registry.register(session_at("/fresh")).unwrap();
    let mut mirror = Child::start("mirror", &[&file.display(), &session.id()]);
    for turn in 1..=100 * u32::try_from(soak::factor()).unwrap() {
        // In turns: changed here and seen there, changed there and seen here.
        session.set_config(SessionConfig::new().max_tokens(2 * turn));
        session = registry.update(session).unwrap();
        mirror.say("look");
        mirror.expect(&told(&session));
        mirror.say(format!("change {}", 2 * turn + 1));
        let changed = mirror.line();
        let seen = look(&registry, &session);
        assert_eq!(told(&seen), changed);
        assert_eq!(seen.config().max_tokens, 2 * turn + 1);
        session = seen;
    }
    registry.unregister(session.id()).unwrap().unwrap();
    mirror.say("look for nothing");
    mirror.expect("nothing");
    mirror.finish();
}

/// The session, from every call that may have kept it.
fn look(registry: &SessionRegistry, known: &Session) -> Session {
    let found = registry.lookup(known.id()).unwrap().unwrap();
    let by_path = registry.lookup_by_path(known.project_path()).unwrap();
    assert_eq!(by_path.as_ref(), Some(&found));
    let by_name = registry.lookup_by_name(known.name().as_str()).unwrap();
    assert_eq!(by_name.as_ref(), Some(&found));
    assert_eq!(registry.list_all().unwrap(), std::slice::from_ref(&found));
    found
}

fn told(session: &Session) -> String {
    serde_json::to_string(session).unwrap()
}

/// Looks, and changes, when told.
pub(super) fn mirror(parent: &Parent) {
    let registry = patient().open(parent.argument(0)).unwrap();
    let id = parent.argument(1).parse().unwrap();
    let known = registry.lookup(id).unwrap().unwrap();
    while let Some(line) = parent.hear() {
        if line == "look" {
            parent.say(told(&look(&registry, &known)));
        } else if let Some(tokens) = line.strip_prefix("change ") {
            let config = SessionConfig::new().max_tokens(tokens.parse().unwrap());
            let change = |session: &mut Session| session.set_config(config.clone());
            parent.say(told(&registry.modify(id, change).unwrap()));
        } else {
            assert_eq!(registry.lookup(id).unwrap(), None);
            let by_path = registry.lookup_by_path(known.project_path());
            assert_eq!(by_path.unwrap(), None);
            assert!(registry.is_empty().unwrap());
            parent.say("nothing");
        }
    }
}
