//! Answers that outlive commits: those of the same handle that did not touch them, and no others.

use super::shortcuts::OFTEN;
use super::{BOTH, code, id, name, open_file, session};
use crate::registry::SessionRegistry;
use crate::store::format::schema::STEPS;
use crate::store::{LookupKey, Sharing};

/// Whether the answer about session `number` by id costs no look into the tables.
fn is_known(registry: &SessionRegistry, number: u8) -> bool {
    let store = registry.store();
    let wait = store.engine.start();
    let held = store.engine.hold(wait).unwrap();
    let Some(present) = store.engine.stamp(&held) else {
        return false;
    };
    // What a lookup does first, here of a session that nobody keeps an answer about.
    let _ = store
        .lookups
        .find_in(&store.engine, &held, LookupKey::Id(id(number)), wait);
    let cache = store.lookups.cache();
    cache
        .get(LookupKey::Id(id(number)), |of| *of == present)
        .is_some()
}

fn ask_often(registry: &SessionRegistry, number: u8) {
    for _ in 0..OFTEN {
        assert_eq!(
            registry.lookup(id(number)).unwrap().unwrap().id(),
            id(number)
        );
    }
}

#[test]
fn an_answer_outlives_own_commits_that_do_not_touch_it_and_no_others() {
    for sharing in BOTH {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let registry = open_file(&file, sharing, STEPS).unwrap();
        for number in 1..=3 {
            registry.register(session(number)).unwrap();
        }
        ask_often(&registry, 1);
        ask_often(&registry, 2);
        // One own commit after the other, a refused call between them.
        registry.rename(id(3), name("new")).unwrap();
        assert_eq!(code(registry.register(session(3))), "session_exists");
        registry.register(session(4)).unwrap();
        assert!(
            is_known(&registry, 1) && is_known(&registry, 2),
            "{sharing:?}"
        );
        let renamed = registry.rename(id(1), name("one")).unwrap();
        assert!(is_known(&registry, 2), "{sharing:?}");
        assert_eq!(
            registry.lookup(id(1)).unwrap(),
            Some(renamed),
            "{sharing:?}"
        );
        ask_often(&registry, 1);
        registry.unregister(id(2)).unwrap();
        assert_eq!(registry.lookup(id(2)).unwrap(), None);
        assert!(is_known(&registry, 1), "{sharing:?}");
        registry.clear().unwrap();
        assert_eq!(registry.lookup(id(1)).unwrap(), None, "{sharing:?}");
    }
}

#[test]
fn a_commit_of_a_peer_between_own_ones_ends_every_answer() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = open_file(&file, Sharing::Shared, STEPS).unwrap();
    let peer = open_file(&file, Sharing::Shared, STEPS).unwrap();
    registry.register(session(1)).unwrap();
    registry.register(session(2)).unwrap();
    for (round, order) in [[0, 1, 1], [1, 0, 1], [1, 1, 0]].into_iter().enumerate() {
        ask_often(&registry, 1);
        for (step, own) in order.into_iter().enumerate() {
            let new = name(&format!("{round} {step}"));
            match own {
                1 => registry.rename(id(2), new).unwrap(),
                _ => peer.rename(id(1), new).unwrap(),
            };
        }
        let found = registry.lookup(id(1)).unwrap();
        assert_eq!(
            found,
            peer.list_all().unwrap().into_iter().next(),
            "{round}"
        );
        let own = order.iter().position(|own| *own == 0).unwrap();
        let expected = format!("{round} {own}");
        assert_eq!(found.unwrap().name().as_str(), expected);
    }
}
