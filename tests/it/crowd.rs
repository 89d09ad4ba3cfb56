//! A handle with many callers, who share commits one after the other, keeps nobody else out: whoever waits
//! gets through within the time that it gave itself. No other time is asserted; waits are told in calls.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use session_registry::{Error, ProjectPath, Session, SessionRegistry};

use crate::support::child::HANG;
use crate::support::place::memory_directory;

const CROWD: usize = 16;
const CALLS: usize = 40;

/// A pair of calls. Nobody is refused but whoever waited for as long as it may, so a refusal fails the test.
fn churn(registry: &SessionRegistry, path: &str) -> Result<(), &'static str> {
    let path = ProjectPath::new(path).unwrap();
    let code = |error: Error| error.code();
    let session = registry.register(Session::builder(path).build());
    let session = session.map_err(code)?;
    registry.unregister(session.id()).map_err(code)?;
    Ok(())
}

fn check(directory: &std::path::Path) {
    let file = directory.join("sessions.redb");
    let open = || {
        SessionRegistry::options()
            .busy_timeout(HANG)
            .max_sessions(1000)
            .open(&file)
            .unwrap()
    };
    let (crowded, lone) = (open(), open());
    let (done, churned) = (AtomicBool::new(false), AtomicUsize::new(0));
    // For each pair of the lone caller: how many pairs the crowd made meanwhile.
    let mut waits = Vec::new();
    let crowd = thread::scope(|scope| {
        let crowd: Vec<_> = (0..CROWD)
            .map(|number| {
                let (crowded, done, churned) = (&crowded, &done, &churned);
                scope.spawn(move || {
                    let mut answer = Ok(());
                    while answer.is_ok() && !done.load(Ordering::SeqCst) {
                        answer = churn(crowded, &format!("/crowd/{number}"));
                        churned.fetch_add(1, Ordering::SeqCst);
                    }
                    answer
                })
            })
            .collect();
        // They are all there before anybody is in their way.
        let began = Instant::now();
        while churned.load(Ordering::SeqCst) < CROWD {
            assert!(began.elapsed() < HANG, "the crowd hangs");
            thread::yield_now();
        }
        let mut answers = Vec::new();
        for _ in 0..CALLS {
            let before = churned.load(Ordering::SeqCst);
            answers.push(churn(&lone, "/lone"));
            waits.push(churned.load(Ordering::SeqCst) - before);
        }
        done.store(true, Ordering::SeqCst);
        assert_eq!(answers, [Ok(()); CALLS], "the lone caller waited too long");
        let crowd = crowd.into_iter().map(|caller| caller.join().unwrap());
        crowd.collect::<Vec<_>>()
    });
    assert_eq!(crowd, [Ok(()); CROWD], "one of the crowd waited too long");
    waits.sort_unstable();
    let (median, most) = (waits[CALLS / 2], waits[CALLS - 1]);
    eprintln!(
        "during a lone caller's pair of calls {CROWD} others made {median} pairs, at most {most}"
    );
    assert!(crowded.is_empty().unwrap());
    assert!(crowded.verify().unwrap().is_clean());
}

#[test]
fn a_lone_caller_gets_through() {
    check(memory_directory().path());
}

#[test]
fn a_lone_caller_gets_through_to_a_real_disk() {
    check(tempfile::tempdir().unwrap().path());
}
