//! Metadata up to the limit, and what touches it.

use session_registry::Session;

use crate::support::place::{Place, in_every_registry};
use crate::support::records::assert_clean;
use crate::support::values::{id, second, session, with};

in_every_registry![metadata_of_every_size_is_kept_by_every_call];

fn sized(bytes: usize) -> Session {
    with(&session(1), |session| {
        session.metadata_mut().clear();
        session
            .metadata_mut()
            .insert("k".into(), "v".repeat(bytes - 1));
    })
}

fn metadata_of_every_size_is_kept_by_every_call(mut place: Place) {
    // Around what still lies in the row, and up to the limit.
    for bytes in [1, 1024, 1025, Session::MAX_METADATA_BYTES] {
        let registry = place.registry.clone();
        let expected = sized(bytes).metadata().clone();
        registry.register(sized(bytes)).unwrap();
        let kept = |what: &str| {
            let stored = registry.lookup(id(1)).unwrap().unwrap();
            assert!(*stored.metadata() == expected, "{bytes} bytes after {what}");
        };
        kept("register");
        place.clock.set(second(10));
        registry.touch(id(1)).unwrap();
        kept("touch");
        let claim = registry.claim(id(1)).unwrap();
        kept("claim");
        place.clock.set(second(20));
        claim.touch().unwrap();
        claim.release().unwrap();
        kept("release");
        registry.rename(id(1), "renamed".parse().unwrap()).unwrap();
        kept("rename");
        let closed = registry.close_session(id(1)).unwrap();
        assert!(*closed.metadata() == expected);
        kept("close");
        registry.reopen(id(1)).unwrap();
        kept("reopen");
        for other in [1, 2_000, 1_000, bytes] {
            let change = |session: &mut Session| {
                *session.metadata_mut() = sized(other).metadata().clone();
            };
            registry.modify(id(1), change).unwrap();
            let stored = registry.lookup(id(1)).unwrap().unwrap();
            assert!(stored.metadata() == sized(other).metadata());
            assert_clean(&registry);
        }
        place.reopen();
        let registry = place.registry.clone();
        let stored = registry.list_all().unwrap().remove(0);
        assert!(*stored.metadata() == expected);
        assert_eq!(registry.unregister(id(1)).unwrap(), Some(stored));
        assert_clean(&registry);
    }
}
