//! Panics below the calls: the next caller leads, and nobody is acknowledged for nothing, or hangs.

use super::staged::{Call, staged, together};
use super::{BOTH, code, id, session};
use crate::error::{Error, Result};
use crate::registry::SessionRegistry;
use crate::session::Session;
use crate::store::Fault;
use crate::store::group::Batch;

fn registering<'a>(registry: &'a SessionRegistry, number: u8) -> Call<'a, Result<Session>> {
    Box::new(move || registry.register(session(number)))
}

fn panicking<'a>(registry: &'a SessionRegistry, after_a_change: bool) -> Call<'a, Result<Session>> {
    Box::new(move || {
        registry
            .store()
            .call()
            .write("test", move |tx| -> Result<Session, Fault> {
                if after_a_change {
                    tx.insert(&session(100))?;
                }
                panic!("an operation with a bug");
            })
    })
}

#[test]
fn a_call_that_panics_fails_alone() {
    for sharing in BOTH {
        for leads in [true, false] {
            for after_a_change in [true, false] {
                let (registry, _) = staged(sharing);
                let mut calls = vec![registering(&registry, 1), registering(&registry, 2)];
                let place = if leads { 0 } else { 1 };
                calls.insert(place, panicking(&registry, after_a_change));
                let mut answers = together(&registry, calls);
                assert_eq!(code(answers.remove(place)), "corrupted");
                let stored: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
                assert_eq!(stored, [session(1), session(2)]);
                assert_eq!(registry.list_all().unwrap(), stored);
                assert!(registry.verify().unwrap().is_clean());
            }
        }
    }
}

#[test]
fn a_panic_in_the_commit_leaves_nobody_hanging() {
    for sharing in BOTH {
        for panicking in 0..2 {
            let (registry, disk) = staged(sharing);
            let mut syncs = 0;
            disk.at_sync(move || {
                syncs += 1;
                assert_ne!(syncs, panicking + 1, "a disk with a bug");
                Ok(())
            });
            let calls = vec![
                registering(&registry, 1),
                registering(&registry, 2),
                registering(&registry, 1),
            ];
            let answers = together(&registry, calls);
            disk.leave_alone();
            let stored = registry.list_all().unwrap();
            for answer in &answers[..2] {
                let in_doubt = matches!(answer, Err(Error::OutcomeUnknown(_)));
                let undone = matches!(answer, Err(Error::Corrupted { .. }));
                assert!(
                    in_doubt || (undone && stored.len() < 2),
                    "{answer:?} {stored:?}"
                );
            }
            // The third was decided again, after the others.
            match &answers[2] {
                Ok(stored) => assert_eq!(registry.lookup(id(1)).unwrap().as_ref(), Some(stored)),
                other => assert!(
                    matches!(other, Err(Error::SessionExists { .. })),
                    "{other:?}"
                ),
            }
            registry.register(session(3)).unwrap();
            assert!(registry.verify().unwrap().is_clean());
        }
    }
}

/// The lead itself panics: nothing was committed, so the others are decided by the next leader.
#[test]
fn a_leader_that_panics_before_the_commit_spoils_nobody_elses() {
    let (registry, _) = staged(crate::store::Sharing::Exclusive);
    let store = registry.store();
    let (held, transaction) = store.engine.begin_write(store.engine.start()).unwrap();
    std::thread::scope(|scope| {
        let leader = scope.spawn(|| {
            let call =
                crate::store::group::Operation::new(|_: &mut crate::store::WriteTx<'_>| Ok(()));
            let wait = store.engine.start();
            store.queue.run(call, wait, |queue| {
                super::staged::until(|| queue.waiting() == 3);
                let _batch = Batch::take(queue);
                panic!("a leader with a bug");
            })
        });
        super::staged::until_waiting(&registry, 1);
        let others = [1, 2].map(|number| {
            let registry = &registry;
            scope.spawn(move || registry.register(session(number)))
        });
        assert!(leader.join().is_err());
        transaction.abort().unwrap();
        drop(held);
        for other in others {
            other.join().unwrap().unwrap();
        }
    });
    assert_eq!(registry.count().unwrap(), 2);
}
