//! Who waits together commits together, and is judged as if alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::staged::{Call, commits, staged, together, until_waiting};
use super::{BOTH, id, name, path, session};
use crate::error::{Error, Result};
use crate::registry::{Registration, SessionRegistry};
use crate::session::{ProjectPath, Session, SessionId, SessionName};
use crate::shared::soak;
use crate::store::group::LARGEST_BATCH;

fn sessions(count: usize) -> Vec<Session> {
    (0..count)
        .map(|number| Session::builder(path(&format!("/work/{number}"))).build())
        .collect()
}

fn registering<'a>(
    registry: &'a SessionRegistry,
    sessions: &[Session],
) -> Vec<Call<'a, Result<Session>>> {
    let call = |session: &Session| {
        let session = session.clone();
        Box::new(move || registry.register(session)) as Call<'_, _>
    };
    sessions.iter().map(call).collect()
}

#[test]
fn waiting_callers_share_one_commit() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        registry.set_max_sessions(1000).unwrap();
        let syncs = disk.syncs();
        registry.register(session(200)).unwrap();
        let alone = disk.syncs() - syncs;
        let (before, syncs) = (commits(&registry), disk.syncs());
        let answers = together(&registry, registering(&registry, &sessions(32)));
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let shared = disk.syncs() - syncs;
        eprintln!("{sharing:?}: 1 call {alone} syncs, 32 calls {shared} syncs");
        assert_eq!(commits(&registry) - before, 1, "{sharing:?}");
        // One more where the file grew.
        assert!(shared <= alone + 1, "{shared} syncs, {alone} alone");
        assert_eq!(registry.count().unwrap(), 33);
        assert!(registry.verify().unwrap().is_clean());
    }
}

#[test]
fn callers_who_come_during_a_commit_share_the_next() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        let before = commits(&registry);
        let (stopped, is_stopped) = std::sync::mpsc::channel();
        let (go, may_go) = std::sync::mpsc::channel();
        let mut first = true;
        disk.at_sync(move || {
            if std::mem::take(&mut first) {
                stopped.send(()).unwrap();
                may_go.recv().unwrap();
            }
            Ok(())
        });
        thread::scope(|scope| {
            let first = scope.spawn(|| registry.register(session(99)));
            is_stopped.recv().unwrap();
            let later: Vec<_> = sessions(9)
                .into_iter()
                .map(|session| scope.spawn(|| registry.register(session)))
                .collect();
            until_waiting(&registry, 9);
            go.send(()).unwrap();
            first.join().unwrap().unwrap();
            for thread in later {
                thread.join().unwrap().unwrap();
            }
        });
        assert_eq!(commits(&registry) - before, 2, "{sharing:?}");
        assert_eq!(registry.count().unwrap(), 10);
    }
}

#[test]
fn of_64_queued_registrations_the_first_10_win() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        let sessions = sessions(64);
        let answers = together(&registry, registering(&registry, &sessions));
        for (position, (session, answer)) in sessions.iter().zip(answers).enumerate() {
            match answer {
                Ok(stored) => assert_eq!((position < 10, &stored), (true, session)),
                Err(Error::LimitReached { max_sessions, open }) => {
                    assert_eq!((position < 10, max_sessions, open), (false, 10, 10));
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(registry.count().unwrap(), 10);
    }
}

#[test]
fn more_callers_than_fit_into_one_commit_are_answered_in_order() {
    for sharing in BOTH {
        let (registry, _) = staged(sharing);
        let limit = u32::try_from(LARGEST_BATCH + 7).unwrap();
        registry.set_max_sessions(limit).unwrap();
        let before = commits(&registry);
        let sessions = sessions(LARGEST_BATCH + 20);
        let answers = together(&registry, registering(&registry, &sessions));
        let won: Vec<_> = answers.iter().map(Result::is_ok).collect();
        let expected: Vec<_> = (0..sessions.len()).map(|n| n < limit as usize).collect();
        assert_eq!(won, expected);
        assert_eq!(commits(&registry) - before, 2, "{sharing:?}");
    }
}

/// One of the calls that the test below makes, from small pools.
#[derive(Clone, Debug)]
enum Step {
    Register(Session),
    GetOrRegister(Session),
    Rename(SessionId, SessionName),
    Move(Session, ProjectPath),
    Unregister(SessionId),
    Close(SessionId),
    Reopen(SessionId),
    Limit(u32),
    Default(SessionId),
    Clear,
}

impl Step {
    fn random(rng: &mut fastrand::Rng) -> Self {
        let number = rng.u8(1..6);
        let one = Session::builder(path(["/a", "/b", "/c", "/d"][rng.usize(..4)]))
            .id(id(number))
            .name(name(["red", "blue"][rng.usize(..2)]))
            .created_at(crate::session::Timestamp::from_micros(number.into()))
            .build();
        match rng.u8(..24) {
            0..8 => Self::Register(one),
            8..11 => Self::GetOrRegister(one),
            11..13 => Self::Rename(one.id(), one.name().clone()),
            13..15 => Self::Move(one.clone(), one.project_path().clone()),
            15..17 => Self::Unregister(one.id()),
            17..19 => Self::Close(one.id()),
            19..21 => Self::Reopen(one.id()),
            21 => Self::Limit(rng.u32(1..4)),
            22 => Self::Default(one.id()),
            _ => Self::Clear,
        }
    }

    fn make(&self, registry: &SessionRegistry) -> String {
        match self {
            Self::Register(session) => format!("{:?}", registry.register(session.clone())),
            Self::GetOrRegister(session) => {
                let answer = registry.get_or_register(session.clone());
                let answer = answer.map(Registration::into_session);
                format!("{answer:?}")
            }
            Self::Rename(id, name) => format!("{:?}", registry.rename(*id, name.clone())),
            Self::Move(session, path) => {
                let mut session = session.clone();
                session.set_project_path(path.clone());
                format!("{:?}", registry.update(session))
            }
            Self::Unregister(id) => format!("{:?}", registry.unregister(*id)),
            Self::Close(id) => format!("{:?}", registry.close_session(*id)),
            Self::Reopen(id) => format!("{:?}", registry.reopen(*id)),
            Self::Limit(limit) => format!("{:?}", registry.set_max_sessions(*limit)),
            Self::Default(id) => format!("{:?}", registry.set_default_session(Some(*id))),
            Self::Clear => format!("{:?}", registry.clear()),
        }
    }
}

fn content(registry: &SessionRegistry) -> String {
    assert!(registry.verify().unwrap().is_clean());
    let found: Vec<_> = (1..6).map(|number| registry.lookup(id(number))).collect();
    format!(
        "{found:?} {:?} {:?} {:?}",
        registry.list_all(),
        registry.default_session_id(),
        registry.max_sessions(),
    )
}

#[test]
fn calls_in_one_commit_answer_as_if_each_were_alone() {
    let mut rng = soak::rng("calls_in_one_commit_answer_as_if_each_were_alone");
    for _ in 0..40 * soak::factor() {
        for sharing in BOTH {
            let (shared, _) = staged(sharing);
            let (alone, _) = staged(sharing);
            for _ in 0..3 {
                let steps: Vec<_> = (0..12).map(|_| Step::random(&mut rng)).collect();
                let before = commits(&shared);
                let calls = steps
                    .iter()
                    .map(|step| Box::new(|| step.make(&shared)) as Call<'_, _>)
                    .collect();
                let answers = together(&shared, calls);
                assert!(commits(&shared) - before <= 1);
                let expected: Vec<_> = steps.iter().map(|step| step.make(&alone)).collect();
                assert_eq!(answers, expected, "{steps:#?}");
                assert_eq!(content(&shared), content(&alone), "{steps:#?}");
            }
        }
    }
}

#[test]
fn nobody_is_answered_before_the_commit() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        let answered = Arc::new(AtomicUsize::new(0));
        let seen = Arc::new(AtomicUsize::new(0));
        let syncs = Arc::new(AtomicUsize::new(0));
        let calls = registering(&registry, &sessions(16))
            .into_iter()
            .map(|call| {
                let answered = &answered;
                Box::new(move || {
                    let answer = call();
                    answered.fetch_add(1, Ordering::SeqCst);
                    answer
                }) as Call<'_, _>
            })
            .collect();
        {
            let (answered, seen, syncs) = (answered.clone(), seen.clone(), syncs.clone());
            disk.at_sync(move || {
                syncs.fetch_add(1, Ordering::SeqCst);
                seen.fetch_add(answered.load(Ordering::SeqCst), Ordering::SeqCst);
                Ok(())
            });
        }
        together(&registry, calls);
        assert!(syncs.load(Ordering::SeqCst) >= 2);
        assert_eq!(
            seen.load(Ordering::SeqCst),
            0,
            "somebody was answered before a sync"
        );
        assert_eq!(answered.load(Ordering::SeqCst), 16);
    }
}

#[test]
fn a_lone_caller_does_its_own_work_in_one_commit() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        let (before, syncs) = (commits(&registry), disk.syncs());
        let worker = registry
            .store()
            .call()
            .write("test", |tx| {
                tx.insert(&session(1))?;
                Ok(thread::current().id())
            })
            .unwrap();
        assert_eq!(worker, thread::current().id());
        assert_eq!(commits(&registry) - before, 1);
        assert!(disk.syncs() - syncs <= 3, "{}", disk.syncs() - syncs);
        let (before, syncs) = (commits(&registry), disk.syncs());
        assert_eq!(registry.unregister(id(9)).unwrap(), None);
        registry.register(session(1)).unwrap_err();
        assert_eq!(commits(&registry) - before, 0, "nothing to commit");
        assert_eq!(disk.syncs() - syncs, 0);
    }
}
