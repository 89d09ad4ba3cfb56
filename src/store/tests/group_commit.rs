//! Calls that wait together share one commit, and each still gets its own answer.

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use super::disk::{Disk, Fails, Loss, Operations, Trouble};
use super::recording::{create, open};
use super::{BOTH, code, id, session};
use crate::error::{Error, Result};
use crate::registry::SessionRegistry;
use crate::store::schema::STEPS;
use crate::store::{Fault, Reads, Sharing, Store};

fn registry(sharing: Sharing) -> (Arc<Disk>, SessionRegistry) {
    let disk = Arc::new(Disk::default());
    create(&disk);
    let registry = open(&disk, sharing, STEPS).unwrap();
    registry.set_max_sessions(1_000).unwrap();
    (disk, registry)
}

/// What a caller does while it waits in line.
type Caller<'a> = Box<dyn FnOnce() -> Result<(), &'static str> + Send + 'a>;

fn caller<'a, T>(call: impl FnOnce() -> Result<T> + Send + 'a) -> Caller<'a> {
    Box::new(|| call().map(drop).map_err(|error| error.code()))
}

/// Lets `callers` line up, in their order, behind a call that is being decided; answers their answers.
/// `meanwhile` runs when all of them wait.
fn together<'a>(
    store: &'a Store,
    callers: Vec<Caller<'a>>,
    meanwhile: impl FnOnce(),
) -> Vec<Result<(), &'static str>> {
    let (decided, deciding) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    thread::scope(|scope| {
        let leader = scope.spawn(move || {
            store.write("lead", move |_| {
                // A second decision finds both channels closed.
                let _ = decided.send(());
                let _ = may_go_on.recv();
                Ok(())
            })
        });
        deciding.recv().unwrap();
        let mut waiting = Vec::new();
        for call in callers {
            let before = store.queue.waiting();
            waiting.push(scope.spawn(call));
            while store.queue.waiting() == before {
                thread::yield_now();
            }
        }
        meanwhile();
        go_on.send(()).unwrap();
        leader.join().unwrap().unwrap();
        waiting
            .into_iter()
            .map(|caller| caller.join().unwrap())
            .collect()
    })
}

#[test]
fn callers_that_wait_together_share_a_commit_in_the_order_of_arrival() {
    for sharing in BOTH {
        let (disk, registry) = registry(sharing);
        registry.set_max_sessions(20).unwrap();
        let callers = (1..=30)
            .map(|number| {
                let registry = registry.clone();
                caller(move || registry.register(session(number)))
            })
            .collect();
        let (_, before) = disk.written_and_synced();
        let answers = together(registry.store(), callers, || {});
        let expected: Vec<_> = (1..=30)
            .map(|number| match number {
                1..=20 => Ok(()),
                _ => Err("session_limit_reached"),
            })
            .collect();
        assert_eq!(answers, expected);
        let (_, after) = disk.written_and_synced();
        // Two for the commit, one more if the file grew.
        assert!(
            (2..=3).contains(&(after - before)),
            "{} syncs",
            after - before
        );
        let sessions: Vec<_> = (1..=20).map(session).collect();
        assert_eq!(registry.list_all().unwrap(), sessions);
    }
}

#[test]
fn a_failed_commit_is_told_to_every_writer_and_to_no_reader() {
    for (sharing, after) in BOTH
        .into_iter()
        .flat_map(|sharing| [(sharing, 0), (sharing, 1)])
    {
        let (disk, registry) = registry(sharing);
        // Room in the file: growing it would be a sync before the commit's.
        for number in 1..=50 {
            registry.register(session(number)).unwrap();
        }
        registry.clear().unwrap();
        registry.register(session(1)).unwrap();
        let reregister = registry.clone();
        let mut callers = vec![caller(move || reregister.register(session(1)))];
        callers.extend((2..=5).map(|number| {
            let registry = registry.clone();
            caller(move || registry.register(session(number)))
        }));
        let answers = together(registry.store(), callers, || {
            disk.break_down(Trouble {
                after,
                of: Operations::Syncs,
                lasting: false,
                error: Fails::Io,
                loss: Loss::FromDisk,
            });
        });
        assert!(disk.mend());
        let told = ["storage", "outcome_unknown"][usize::try_from(after).unwrap()];
        assert_eq!(
            answers[0],
            Err("session_exists"),
            "a refusal needs no commit"
        );
        assert_eq!(answers[1..], [Err(told); 4]);
        let found = registry.count().unwrap();
        assert!(
            found == 1 || (found == 5 && after == 1),
            "all or none: {found}"
        );
        registry.register(session(9)).unwrap();
    }
}

/// An operation that breaks the law of checks-then-writes, or panics, costs nobody else anything.
#[test]
fn a_call_that_spoils_the_transaction_fails_alone() {
    for sharing in BOTH {
        let (_disk, registry) = registry(sharing);
        let store = registry.store();
        let register = |number| {
            let registry = registry.clone();
            caller(move || registry.register(session(number)))
        };
        let half_done = move |tx: &mut crate::store::WriteTx<'_>| {
            tx.insert(&session(7))?;
            Err::<(), Fault>(Error::NotFound { id: id(7) }.into())
        };
        let panicking = move |tx: &mut crate::store::WriteTx<'_>| -> Result<(), Fault> {
            tx.insert(&session(8))?;
            panic!("a bug in an operation")
        };
        let callers = vec![
            register(1),
            caller(move || store.write("spoil", half_done)),
            register(2),
            caller(move || store.write("spoil", panicking)),
            register(3),
        ];
        let answers = together(store, callers, || {});
        let expected = [Ok(()), Err("not_found"), Ok(()), Err("corrupted"), Ok(())];
        assert_eq!(answers, expected);
        assert_eq!(registry.list_all().unwrap(), [1, 2, 3].map(session));
        assert!(registry.verify().unwrap().is_clean());
    }
}

#[test]
fn a_caller_whose_time_is_up_leaves_the_line() {
    let (_disk, registry) = registry(Sharing::Shared);
    let store = registry.store();
    let late = registry.clone();
    let answers = together(
        store,
        vec![caller(move || late.register(session(1)))],
        || {
            let ran = store.try_write("try", |tx| tx.count());
            assert_eq!(code(ran), "busy");
            assert_eq!(store.queue.waiting(), 1, "the one who waits longer");
        },
    );
    assert_eq!(answers, [Ok(())]);
    assert_eq!(store.queue.waiting(), 0);
    registry.register(session(2)).unwrap();
}

#[test]
fn closing_answers_those_who_wait() {
    for sharing in BOTH {
        let (_disk, registry) = registry(sharing);
        registry.register(session(1)).unwrap();
        registry.clone().close().unwrap();
        assert_eq!(code(registry.register(session(2))), "closed");
        assert_eq!(code(registry.list_all()), "closed");
        assert_eq!(code(registry.verify()), "closed");
        registry.close().unwrap();
    }
}
