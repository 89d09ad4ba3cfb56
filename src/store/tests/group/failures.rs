//! Commits and calls that fail, and what the others in the batch are told.

use super::staged::{Call, commits, staged, together};
use super::{BOTH, code, id, session};
use crate::error::{Error, Result};
use crate::registry::{Registration, SessionRegistry};
use crate::session::Session;
use crate::store::{Fault, Reads, Sharing};

#[test]
fn a_rule_error_fails_its_own_call_only() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        let calls: Vec<Call<'_, Result<Session>>> = vec![
            Box::new(|| registry.register(session(1))),
            Box::new(|| registry.register(session(1))),
            Box::new(|| registry.rename(id(9), super::name("nobody"))),
            Box::new(|| registry.register(session(2))),
        ];
        let answers = together(&registry, calls);
        let codes: Vec<_> = answers
            .iter()
            .map(|answer| answer.as_ref().map_or_else(Error::code, |_| "ok"))
            .collect();
        assert_eq!(codes, ["ok", "session_exists", "not_found", "ok"]);
        assert_eq!(registry.list_all().unwrap(), [session(1), session(2)]);
    }
}

#[test]
fn a_call_that_fails_after_its_first_change_spoils_nobody_elses() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        let before = commits(&registry);
        let store = registry.store();
        let clumsy = || {
            store.call().write("test", |tx| -> Result<Session, Fault> {
                tx.insert(&session(7))?;
                Err(Error::NotFound { id: id(7) }.into())
            })
        };
        let calls: Vec<Call<'_, Result<Session>>> = vec![
            Box::new(|| registry.register(session(1))),
            Box::new(clumsy),
            Box::new(|| registry.register(session(2))),
            Box::new(clumsy),
            Box::new(|| registry.register(session(7))),
        ];
        let answers = together(&registry, calls);
        let codes: Vec<_> = answers
            .iter()
            .map(|answer| answer.as_ref().map_or_else(Error::code, |_| "ok"))
            .collect();
        assert_eq!(codes, ["ok", "not_found", "ok", "not_found", "ok"]);
        assert_eq!(commits(&registry) - before, 1);
        let expected = [session(1), session(2), session(7)];
        assert_eq!(registry.list_all().unwrap(), expected);
        assert!(registry.verify().unwrap().is_clean());
    }
}

/// One call that takes the only slot, and three whose answers rest on that.
struct Told {
    taker: Result<Session>,
    refused: Result<Session>,
    absent: Result<Option<Session>>,
    settled: Result<Registration>,
}

fn fail_one_commit(sharing: Sharing, failing: usize) -> (SessionRegistry, bool, Told) {
    enum Answer {
        Registered(Result<Session>),
        Removed(Result<Option<Session>>),
        Settled(Result<Registration>),
    }
    let (registry, disk) = staged(sharing);
    registry.set_max_sessions(1).unwrap();
    let syncs = disk.syncs();
    disk.fail_sync(failing);
    let calls: Vec<Call<'_, Answer>> = vec![
        Box::new(|| Answer::Registered(registry.register(session(1)))),
        Box::new(|| Answer::Registered(registry.register(session(2)))),
        Box::new(|| Answer::Removed(registry.unregister(id(9)))),
        Box::new(|| {
            let same_path = Session::builder(session(1).project_path().clone()).build();
            Answer::Settled(registry.get_or_register(same_path))
        }),
    ];
    let mut answers = together(&registry, calls).into_iter();
    let struck = disk.syncs() - syncs > failing;
    disk.leave_alone();
    let mut next = || answers.next().unwrap();
    let (
        Answer::Registered(taker),
        Answer::Registered(refused),
        Answer::Removed(absent),
        Answer::Settled(settled),
    ) = (next(), next(), next(), next())
    else {
        panic!("answers out of order");
    };
    let told = Told {
        taker,
        refused,
        absent,
        settled,
    };
    (registry, struck, told)
}

#[test]
fn when_a_commit_fails_only_writers_are_in_doubt_and_the_others_are_decided_again() {
    for sharing in BOTH {
        let mut seen = Vec::new();
        for failing in 0.. {
            let (registry, struck, told) = fail_one_commit(sharing, failing);
            let stored = registry.lookup(id(1)).unwrap().is_some();
            seen.push(told.taker.as_ref().map_or_else(Error::code, |_| "ok"));
            match &told.taker {
                Ok(_) => assert!(stored),
                Err(Error::Storage(_)) => assert!(!stored, "Storage says: nothing changed"),
                Err(Error::OutcomeUnknown(_)) => {}
                Err(other) => panic!("{other:?}"),
            }
            assert_eq!(told.absent.unwrap(), None);
            if stored {
                assert_eq!(code(told.refused), "session_limit_reached");
                let settled = told.settled.unwrap();
                assert_eq!((settled.is_new(), settled.session().id()), (false, id(1)));
            } else {
                // The slot was free after all.
                assert_eq!(told.refused.unwrap(), session(2));
                assert_eq!(code(told.settled), "session_limit_reached");
            }
            assert!(registry.verify().unwrap().is_clean());
            registry.set_max_sessions(5).unwrap();
            registry.register(session(3)).unwrap();
            if !struck {
                break;
            }
        }
        eprintln!("{sharing:?}: by the sync that fails, the writer is told {seen:?}");
        assert!(
            seen.starts_with(&["storage"]) && seen.ends_with(&["ok"]),
            "{seen:?}"
        );
        assert!(seen.contains(&"outcome_unknown"), "{seen:?}");
    }
}

#[test]
fn a_disk_that_stays_broken_answers_everybody() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        disk.at_sync(|| Err(std::io::Error::from_raw_os_error(5)));
        let calls = (1..9)
            .map(|number| {
                let registry = &registry;
                Box::new(move || registry.register(session(number))) as Call<'_, _>
            })
            .collect();
        for answer in together(&registry, calls) {
            assert!(matches!(answer, Err(Error::Storage(_))), "{answer:?}");
        }
        disk.leave_alone();
        assert_eq!(registry.count().unwrap(), 0);
        registry.register(session(1)).unwrap();
    }
}

/// The rows that a call sees are those of the calls before it in its commit.
#[test]
fn a_call_sees_the_changes_before_it_and_none_of_a_spoiled_round() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        let store = registry.store();
        let count = || store.call().write("test", |tx| tx.count());
        let calls: Vec<Call<'_, Result<u64>>> = vec![
            Box::new(count),
            Box::new(|| registry.register(session(1)).map(|_| 0)),
            Box::new(count),
            Box::new(|| {
                store.call().write("test", |tx| -> Result<u64, Fault> {
                    tx.clear()?;
                    Err(Error::NotFound { id: id(7) }.into())
                })
            }),
            Box::new(count),
        ];
        let answers: Vec<_> = together(&registry, calls)
            .into_iter()
            .map(|answer| answer.map_err(|error| error.code()))
            .collect();
        let expected = [Ok(0), Ok(0), Ok(1), Err("not_found"), Ok(1)];
        assert_eq!(answers, expected);
    }
}
