//! Callers who wait too long, or until the registry is closed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use super::shortcuts::OFTEN;
use super::staged::{staged, staged_with, until_waiting};
use super::{BOTH, code, id, open_file, path, session, settings};
use crate::error::Error;
use crate::registry::SessionRegistry;
use crate::session::Session;
use crate::store::format::schema::STEPS;
use crate::store::{Settings, Sharing};

#[test]
fn a_call_that_was_busy_never_ran() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        let store = registry.store();
        let ran = AtomicUsize::new(0);
        let ran: &'static AtomicUsize = Box::leak(Box::new(ran));
        let (held, transaction) = store.engine.begin_write(store.engine.start()).unwrap();
        let hasty = || {
            store.call_at_once().write("test", |tx| {
                ran.fetch_add(1, Ordering::SeqCst);
                tx.insert(&session(9))
            })
        };
        // As a leader, and behind one.
        assert_eq!(code(hasty()), "busy");
        thread::scope(|scope| {
            let leader = scope.spawn(|| registry.register(session(1)));
            until_waiting(&registry, 1);
            assert_eq!(code(hasty()), "busy");
            until_waiting(&registry, 1);
            transaction.abort().unwrap();
            drop(held);
            leader.join().unwrap().unwrap();
        });
        assert_eq!(ran.load(Ordering::SeqCst), 0);
        assert_eq!(registry.list_all().unwrap(), [session(1)]);
        hasty().unwrap();
        assert_eq!(ran.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn without_patience_a_call_is_made_at_once_or_not_at_all() {
    for sharing in BOTH {
        let (registry, _) = staged_with(Settings {
            busy_timeout: Duration::ZERO,
            ..settings(sharing)
        });
        registry.set_max_sessions(10_000).unwrap();
        let made: Vec<Session> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|thread| {
                    let registry = &registry;
                    scope.spawn(move || {
                        let mut made = Vec::new();
                        for number in 0..50 {
                            let path = path(&format!("/work/{thread}/{number}"));
                            match registry.register(Session::builder(path).build()) {
                                Ok(session) => made.push(session),
                                Err(Error::Busy { .. }) => {}
                                Err(other) => panic!("{other:?}"),
                            }
                        }
                        made
                    })
                })
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        eprintln!("{sharing:?}: {} of 400 calls were made", made.len());
        assert!(!made.is_empty());
        assert_eq!(registry.count().unwrap(), made.len() as u64);
        for session in made {
            assert_eq!(registry.lookup(session.id()).unwrap(), Some(session));
        }
    }
}

/// A peer holds the write lock, and nobody here gets anywhere.
#[test]
fn close_answers_everybody_who_waits() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = open_file(&file, Sharing::Shared, STEPS).unwrap();
    let peer = open_file(&file, Sharing::Shared, STEPS).unwrap();
    let engine = &peer.store().engine;
    let (held, transaction) = engine.begin_write(engine.start()).unwrap();
    thread::scope(|scope| {
        let waiting: Vec<_> = (1..9)
            .map(|number| {
                let registry = &registry;
                scope.spawn(move || registry.register(session(number)))
            })
            .collect();
        until_waiting(&registry, 8);
        registry.clone().close().unwrap();
        for call in waiting {
            assert_eq!(code(call.join().unwrap()), "closed");
        }
    });
    transaction.abort().unwrap();
    drop(held);
    assert_eq!(peer.count().unwrap(), 0);
}

#[test]
fn close_in_the_midst_of_calls_loses_none_that_was_acknowledged() {
    for sharing in BOTH {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        for round in 0..5_u8 {
            let registry = open_file(&file, sharing, STEPS).unwrap();
            registry.set_max_sessions(10_000).unwrap();
            let before = registry.count().unwrap();
            let acknowledged = AtomicUsize::new(0);
            let register_until_closed = |registry: &SessionRegistry, thread: usize| {
                for number in 0.. {
                    let path = path(&format!("/{round}/{thread}/{number}"));
                    match registry.register(Session::builder(path).build()) {
                        Ok(_) => acknowledged.fetch_add(1, Ordering::SeqCst),
                        Err(Error::Closed) => return,
                        Err(other) => panic!("{other:?}"),
                    };
                }
            };
            thread::scope(|scope| {
                for thread in 0..6 {
                    let (registry, register) = (&registry, &register_until_closed);
                    scope.spawn(move || register(registry, thread));
                }
                super::staged::until(|| acknowledged.load(Ordering::SeqCst) > 20);
                registry.clone().close().unwrap();
            });
            let registry = open_file(&file, sharing, STEPS).unwrap();
            assert!(!registry.open_report().recovered);
            let added = registry.count().unwrap() - before;
            assert_eq!(added, acknowledged.into_inner() as u64);
            registry.close().unwrap();
        }
    }
}

#[test]
fn after_close_every_lookup_is_refused_also_one_that_was_answered_before() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        registry.register(session(1)).unwrap();
        let look = || {
            [
                registry.lookup(id(1)),
                registry.lookup(id(2)),
                registry.lookup_by_path(session(1).project_path()),
                registry.lookup_by_path(&path("/nowhere")),
                registry.lookup_by_name(session(1).name().as_str()),
                registry.lookup_by_name("nobody"),
            ]
        };
        for _ in 0..OFTEN {
            let found = look().map(|found| found.unwrap().is_some());
            assert_eq!(found, [true, false, true, false, true, false]);
        }
        registry.clone().close().unwrap();
        assert_eq!(look().map(code), ["closed"; 6]);
    }
}
