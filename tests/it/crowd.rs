//! A handle with many callers, who share commits one after the other, keeps nobody else out.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use session_registry::{ProjectPath, Session, SessionRegistry};

use crate::support::child::HANG;
use crate::support::place::memory_directory;

const CROWD: usize = 16;
const CALLS: usize = 40;

fn churn(registry: &SessionRegistry, path: &str) {
    let path = ProjectPath::new(path).unwrap();
    let session = registry.register(Session::builder(path).build()).unwrap();
    registry.unregister(session.id()).unwrap();
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
    thread::scope(|scope| {
        for number in 0..CROWD {
            let (crowded, done, churned) = (&crowded, &done, &churned);
            scope.spawn(move || {
                while !done.load(Ordering::SeqCst) {
                    churn(crowded, &format!("/crowd/{number}"));
                    churned.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let mut waits = Vec::new();
        for _ in 0..CALLS {
            let started = Instant::now();
            churn(&lone, "/lone");
            waits.push(started.elapsed());
        }
        done.store(true, Ordering::SeqCst);
        waits.sort();
        let (median, longest) = (waits[CALLS / 2], waits[CALLS - 1]);
        eprintln!("a lone caller's pair of calls beside {CROWD}: {median:?}, at most {longest:?}");
    });
    let churned = churned.into_inner();
    eprintln!("meanwhile the crowd made {churned} pairs");
    assert!(crowded.is_empty().unwrap() && churned > 0);
}

#[test]
fn a_lone_caller_gets_through() {
    check(memory_directory().path());
}

#[test]
fn a_lone_caller_gets_through_to_a_real_disk() {
    check(tempfile::tempdir().unwrap().path());
}
