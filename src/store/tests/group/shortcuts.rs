//! Answers that cost no transaction: never older than what was acknowledged before the question.
//!
//! Tried by hand, each made at least one test here fail: `Cache::get` without the comparison of stamps
//! (7 tests); a stamp in the midst of a commit that is that of its end (2); `heal` that does not forget (1).

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::staged::staged;
use super::{BOTH, code, id, name, open_file, path, session};
use crate::error::{Error, Result};
use crate::registry::SessionRegistry;
use crate::session::{Session, SessionId};
use crate::shared::soak;
use crate::store::format::schema::STEPS;
use crate::store::tests::steps;
use crate::store::{LookupKey, Reads, Sharing};

/// Asked so often, a question is answered from memory at last: the second time the answer is kept.
pub(super) const OFTEN: usize = 3;

/// Every way to look for session `number`, which keeps its path and name.
pub(super) fn every_lookup(registry: &SessionRegistry, number: u8) -> [Result<Option<Session>>; 3] {
    [
        registry.lookup(id(number)),
        registry.lookup_by_path(session(number).project_path()),
        registry.lookup_by_name(session(number).name().as_str()),
    ]
}

/// Gives several sessions the same new metadata, in one transaction.
fn write_all(registry: &SessionRegistry, ids: &'static [SessionId], value: u64) -> Result<()> {
    registry.store().call().write("test", move |tx| {
        for id in ids {
            let old = tx.session(*id)?.ok_or(Error::NotFound { id: *id })?;
            let mut new = old.clone();
            new.metadata_mut().insert("n".into(), value.to_string());
            tx.replace(&old, &new)?;
        }
        Ok(())
    })
}

fn value(session: &Session) -> u64 {
    session.metadata()["n"].parse().unwrap()
}

static PAIR: std::sync::LazyLock<[SessionId; 2]> = std::sync::LazyLock::new(|| [id(1), id(2)]);

fn with_pair(registry: &SessionRegistry) {
    registry.register(session(1)).unwrap();
    registry.register(session(2)).unwrap();
    write_all(registry, &*PAIR, 0).unwrap();
}

/// The commit point had passed when the commit failed, and the failed engine still shows what was before.
#[test]
fn a_failed_engine_answered_and_after_the_reopening_its_answer_was_repeated() {
    for sharing in BOTH {
        // Whichever sync fails.
        for failing in 0..3 {
            let (registry, disk) = staged(sharing);
            let store = registry.store();
            registry.register(session(1)).unwrap();
            let wait = store.engine.start();
            let held = store.engine.hold(wait).unwrap();
            disk.fail_sync(failing);
            let _ = registry.rename(id(1), name("renamed"));
            disk.leave_alone();
            // A reader that took hold of the engine before it failed.
            let wanted = LookupKey::Id(id(1));
            for _ in 0..OFTEN {
                let _ = store.lookups.find_in(&store.engine, &held, wanted, wait);
            }
            drop(held);
            let listed = registry.list_all().unwrap();
            let found = registry.lookup(id(1)).unwrap();
            assert_eq!(
                found.as_ref(),
                listed.first(),
                "{sharing:?}, sync {failing}"
            );
            let found = registry.lookup_by_path(session(1).project_path()).unwrap();
            assert_eq!(
                found.as_ref(),
                listed.first(),
                "{sharing:?}, sync {failing}"
            );
        }
    }
}

#[test]
fn what_was_absent_is_found_once_it_is_registered_and_the_other_way_round() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        for _ in 0..20 {
            for _ in 0..OFTEN {
                for found in every_lookup(&registry, 1) {
                    assert_eq!(found.unwrap(), None);
                }
            }
            registry.register(session(1)).unwrap();
            for _ in 0..OFTEN {
                for found in every_lookup(&registry, 1) {
                    assert_eq!(found.unwrap(), Some(session(1)));
                }
            }
            registry.unregister(id(1)).unwrap();
        }
    }
}

#[test]
fn a_closed_session_is_found_by_id_only() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        registry.register(session(1)).unwrap();
        for round in 0..4 {
            let open = round % 2 == 0;
            for _ in 0..OFTEN {
                let [by_id, by_path, by_name] = every_lookup(&registry, 1).map(Result::unwrap);
                assert_eq!(by_id.unwrap().state().is_open(), open);
                assert_eq!((by_path.is_some(), by_name.is_some()), (open, open));
            }
            if open {
                registry.close_session(id(1)).unwrap();
            } else {
                registry.reopen(id(1)).unwrap();
            }
        }
    }
}

/// Stops a commit in each of its syncs, and reads meanwhile.
#[test]
fn during_a_commit_readers_see_old_or_new_and_never_go_back() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        with_pair(&registry);
        let (is_stopped, go) = disk.stop_at_syncs();
        let mut newest = 0;
        let mut look = || {
            for _ in 0..OFTEN {
                for number in [1, 2] {
                    for found in every_lookup(&registry, number) {
                        let found = value(&found.unwrap().unwrap());
                        assert!(found >= newest, "{sharing:?}: {found} after {newest}");
                        newest = found;
                    }
                }
                let snapshot = registry.snapshot().unwrap();
                let seen = snapshot.list_all().unwrap();
                assert_eq!(value(&seen[0]), value(&seen[1]));
                assert!(value(&seen[0]) >= newest);
            }
            newest
        };
        for round in 1..6 {
            let syncs = thread::scope(|scope| {
                let writer = scope.spawn(|| write_all(&registry, &*PAIR, round));
                let mut syncs = 0;
                while !writer.is_finished() {
                    if is_stopped.try_recv().is_ok() {
                        syncs += 1;
                        let seen = look();
                        assert!(seen == round - 1 || seen == round);
                        go.send(()).unwrap();
                    }
                    thread::yield_now();
                }
                writer.join().unwrap().unwrap();
                syncs
            });
            assert!(syncs >= 2);
            assert_eq!(look(), round, "acknowledged");
        }
        drop(go);
    }
}

/// Two sessions always change together; readers look at one and then at the other.
#[test]
fn of_two_lookups_the_second_is_never_older_than_the_first() {
    for sharing in BOTH {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let registry = open_file(&file, sharing, STEPS).unwrap();
        with_pair(&registry);
        let other = match sharing {
            Sharing::Shared => open_file(&file, sharing, STEPS).unwrap(),
            Sharing::Exclusive => registry.clone(),
        };
        let acknowledged = AtomicU64::new(0);
        let done = AtomicBool::new(false);
        let mut seeds = soak::rng("of_two_lookups_the_second_is_never_older_than_the_first");
        thread::scope(|scope| {
            for registry in [&registry, &registry, &other] {
                let (acknowledged, done) = (&acknowledged, &done);
                let mut rng = seeds.fork();
                scope.spawn(move || {
                    let (mut newest, mut looks) = (0, 0_u64);
                    while !done.load(Ordering::SeqCst) {
                        let least = acknowledged.load(Ordering::SeqCst).max(newest);
                        let number = rng.u8(1..3);
                        let session = session(number);
                        let found = match rng.u8(..3) {
                            0 => registry.lookup(id(number)),
                            1 => registry.lookup_by_path(session.project_path()),
                            _ => registry.lookup_by_name(session.name().as_str()),
                        };
                        newest = value(&found.unwrap().unwrap());
                        assert!(newest >= least, "{newest}, but {least} was there before");
                        looks += 1;
                    }
                    looks
                });
            }
            for value in 1..=300 * soak::factor() as u64 {
                let writer = if value % 2 == 0 { &registry } else { &other };
                write_all(writer, &*PAIR, value).unwrap();
                acknowledged.store(value, Ordering::SeqCst);
            }
            done.store(true, Ordering::SeqCst);
        });
    }
}

#[test]
fn after_a_migration_by_somebody_else_no_lookup_is_answered_from_memory() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = open_file(&file, Sharing::Shared, STEPS).unwrap();
    registry.register(session(1)).unwrap();
    for _ in 0..OFTEN {
        for number in [1, 2] {
            for found in every_lookup(&registry, number) {
                assert_eq!(found.unwrap().is_some(), number == 1);
            }
        }
    }
    let newer = open_file(&file, Sharing::Shared, &steps::NEXT).unwrap();
    assert_eq!(newer.open_report().migrated_from, Some(steps::BASE));
    for number in [1, 2] {
        assert_eq!(
            every_lookup(&registry, number).map(code),
            ["schema_too_new"; 3]
        );
    }
    assert_eq!(newer.lookup(id(1)).unwrap(), Some(session(1)));
}

#[test]
fn a_handle_that_goes_while_it_keeps_a_view_leaves_a_clean_file() {
    let directory = tempfile::tempdir().unwrap();
    let sizes = [true, false].map(|close| {
        let file = directory.path().join(close.to_string());
        let registry = open_file(&file, Sharing::Exclusive, STEPS).unwrap();
        registry.register(session(1)).unwrap();
        registry.lookup(id(1)).unwrap();
        registry.lookup_by_path(&path("/nowhere")).unwrap();
        if close {
            registry.close().unwrap();
        } else {
            drop(registry);
        }
        let registry = open_file(&file, Sharing::Exclusive, STEPS).unwrap();
        assert!(!registry.open_report().recovered);
        drop(registry);
        std::fs::metadata(&file).unwrap().len()
    });
    assert_eq!(sizes[0], sizes[1]);
}
