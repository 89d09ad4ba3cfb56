//! Snapshots share the answers that are kept with everybody who looks at the same state, and with nobody
//! else.
//!
//! Tried by hand, each made a test here fail: `find_pinned` that asks the cache without its stamp; `put`
//! without the comparison of stamps; `pin` and `find_in` that look at the stamp before and not after too.

use std::thread;

use super::shortcuts::OFTEN;
use super::staged::staged;
use super::{BOTH, id, make_room, name, session};
use crate::registry::{SessionRegistry, Snapshot};
use crate::session::Session;
use crate::store::{LookupKey, Sharing};

/// What a snapshot finds, whichever way and however often it is asked.
fn seen_by(snapshot: &Snapshot, number: u8) -> Option<Session> {
    let first = snapshot.lookup(id(number)).unwrap();
    for _ in 0..OFTEN {
        assert_eq!(snapshot.lookup(id(number)).unwrap(), first);
        let path = session(number).project_path().clone();
        assert_eq!(snapshot.lookup_by_path(&path).unwrap(), first);
        let nobody = snapshot.lookup_by_name("nobody").unwrap();
        assert_eq!(nobody, None);
    }
    first
}

/// What a call finds, however often it is made.
fn found_by(registry: &SessionRegistry, number: u8) -> Option<Session> {
    let first = registry.lookup(id(number)).unwrap();
    for _ in 0..OFTEN {
        assert_eq!(registry.lookup(id(number)).unwrap(), first);
    }
    first
}

fn called(found: Option<&Session>) -> Option<&str> {
    found.map(|session| session.name().as_str())
}

#[test]
fn each_snapshot_answers_from_its_own_state() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        let empty = registry.snapshot().unwrap();
        registry.register(session(1)).unwrap();
        let before = registry.snapshot().unwrap();
        registry.rename(id(1), name("later")).unwrap();
        let after = registry.snapshot().unwrap();
        // Whoever is asked last has filled the memory with what it sees.
        for _ in 0..3 {
            assert_eq!(seen_by(&empty, 1), None);
            assert_eq!(called(seen_by(&before, 1).as_ref()), Some("1"));
            assert_eq!(called(found_by(&registry, 1).as_ref()), Some("later"));
            assert_eq!(called(seen_by(&after, 1).as_ref()), Some("later"));
        }
        registry.unregister(id(1)).unwrap();
        for _ in 0..3 {
            assert_eq!(called(seen_by(&after, 1).as_ref()), Some("later"));
            assert_eq!(found_by(&registry, 1), None);
            assert_eq!(called(seen_by(&before, 1).as_ref()), Some("1"));
        }
    }
}

#[test]
fn a_snapshot_of_the_present_state_shares_what_calls_have_found() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        registry.register(session(1)).unwrap();
        found_by(&registry, 1);
        let snapshot = registry.snapshot().unwrap();
        let kept = |wanted| {
            let cache = registry.store().lookups.cache();
            cache.get(wanted, |_| true).is_some()
        };
        assert!(kept(LookupKey::Id(id(1))), "taking a snapshot forgot it");
        // And the other way round.
        assert!(!kept(LookupKey::Id(id(2))));
        assert_eq!(seen_by(&snapshot, 2), None);
        assert!(kept(LookupKey::Id(id(2))));
        // Of a state that is past, nothing is kept.
        registry.register(session(3)).unwrap();
        assert!(found_by(&registry, 3).is_some());
        assert_eq!(seen_by(&snapshot, 3), None);
        assert!(found_by(&registry, 3).is_some());
    }
}

/// Stops a commit in each of its syncs, and takes snapshots meanwhile.
#[test]
fn a_snapshot_that_is_taken_during_a_commit_sees_one_state() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        make_room(&registry);
        registry.register(session(1)).unwrap();
        let (is_stopped, go) = disk.stop_at_syncs();
        let renamed = name("renamed");
        thread::scope(|scope| {
            let writer = scope.spawn(|| registry.rename(id(1), renamed.clone()));
            let mut snapshots = Vec::new();
            while !writer.is_finished() {
                if is_stopped.try_recv().is_ok() {
                    let snapshot = registry.snapshot().unwrap();
                    let seen = seen_by(&snapshot, 1);
                    snapshots.push((snapshot, seen));
                    go.send(()).unwrap();
                }
                thread::yield_now();
            }
            writer.join().unwrap().unwrap();
            drop(go);
            assert!(snapshots.len() >= 2);
            assert_eq!(called(found_by(&registry, 1).as_ref()), Some("renamed"));
            for (snapshot, seen) in snapshots {
                assert_eq!(seen_by(&snapshot, 1), seen);
                assert_eq!(snapshot.list_all().unwrap().first(), seen.as_ref());
            }
        });
    }
}

/// Shared, because there the stamp is read from the disk, where a commit can come right after it.
#[test]
fn a_snapshot_that_a_commit_came_before_keeps_its_own_answers() {
    let (registry, disk) = staged(Sharing::Shared);
    registry.register(session(1)).unwrap();
    let before = registry.snapshot().unwrap();
    assert_eq!(called(seen_by(&before, 1).as_ref()), Some("1"));
    let other = registry.clone();
    disk.after_header(move || drop(other.rename(id(1), name("later")).unwrap()));
    let after = registry.snapshot().unwrap();
    let listed = after.list_all().unwrap();
    assert_eq!(called(listed.first()), Some("later"));
    assert_eq!(seen_by(&after, 1), listed.first().cloned());
    assert_eq!(called(seen_by(&before, 1).as_ref()), Some("1"));
}

#[test]
fn a_lookup_that_a_commit_came_before_leaves_nothing_for_older_snapshots() {
    let (registry, disk) = staged(Sharing::Shared);
    registry.register(session(1)).unwrap();
    let before = registry.snapshot().unwrap();
    assert_eq!(called(registry.lookup(id(1)).unwrap().as_ref()), Some("1"));
    let other = registry.clone();
    disk.after_header(move || drop(other.rename(id(1), name("later")).unwrap()));
    let found = registry.lookup(id(1)).unwrap();
    assert_eq!(called(found.as_ref()), Some("later"));
    assert_eq!(called(seen_by(&before, 1).as_ref()), Some("1"));
}
