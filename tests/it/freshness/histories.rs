//! Many short histories of concurrent calls, each of which must have a serial order.
//!
//! Tried by hand, each found within the default number of histories: `Cache::get` without the comparison
//! of stamps; a header's stamp without its commit slots; calls answered before their commit; a stamp in
//! the midst of a commit that is that of its end (Exclusive).

use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use session_registry::{SessionRegistry, Sharing, Timestamp};
use tempfile::TempDir;

use crate::shared::history::calls::Call;
use crate::shared::history::checker::{Made, has_serial_order};
use crate::shared::history::model::Model;
use crate::support::child::HANG;
use crate::support::place::memory_directory;
use crate::support::soak;

/// Threads, and the calls of each.
const SHAPES: [(usize, usize); 3] = [(4, 6), (8, 4), (16, 2)];
/// Histories of each shape, where a sync costs nothing.
const HISTORIES: usize = 40;
/// And where it does.
const HISTORIES_ON_DISK: usize = 10;

fn open(file: &Path, sharing: Sharing) -> SessionRegistry {
    SessionRegistry::options()
        .busy_timeout(HANG)
        .sharing(sharing)
        .clock(|| Timestamp::from_micros(1_700_000_000_000_000))
        .open(file)
        .unwrap()
}

/// Makes `calls` (of each thread) at once on `handles`, in turn.
fn record(handles: &[SessionRegistry], calls: Vec<Vec<Call>>) -> Vec<Made> {
    let clock = AtomicU64::new(0);
    let start = Barrier::new(calls.len());
    thread::scope(|scope| {
        let threads: Vec<_> = calls
            .into_iter()
            .zip(handles.iter().cycle())
            .map(|(calls, registry)| {
                let (clock, start) = (&clock, &start);
                scope.spawn(move || {
                    start.wait();
                    let make = |call: Call| {
                        let began = clock.fetch_add(1, Ordering::SeqCst);
                        let answer = call.make(registry);
                        let returned = clock.fetch_add(1, Ordering::SeqCst);
                        Made {
                            began,
                            returned,
                            call,
                            answer,
                        }
                    };
                    calls.into_iter().map(make).collect::<Vec<_>>()
                })
            })
            .collect();
        let made = threads.into_iter().map(|thread| thread.join().unwrap());
        made.flatten().collect()
    })
}

/// `histories` of each shape.
fn check_histories(test: &str, handles: &[SessionRegistry], histories: usize) {
    let mut rng = soak::rng(test);
    for number in 0..SHAPES.len() * histories * soak::factor() {
        let (threads, length) = SHAPES[number % SHAPES.len()];
        let lasting = rng.bool();
        let start = Model::prepare(&handles[0], rng.u32(2..5), lasting);
        let calls = (0..threads)
            .map(|_| {
                (0..length)
                    .map(|_| Call::random(&mut rng, lasting))
                    .collect()
            })
            .collect();
        let mut history = record(handles, calls);
        history.sort_by_key(|made| made.began);
        assert!(
            has_serial_order(&start, &history),
            "history {number} of {test} has no serial order: {start:?} {history:#?}"
        );
    }
    assert!(handles[0].verify().unwrap().is_clean());
}

fn open_all(directory: &TempDir, sharing: Sharing, handles: usize) -> Vec<SessionRegistry> {
    let file = directory.path().join("sessions.redb");
    (0..handles).map(|_| open(&file, sharing)).collect()
}

#[test]
fn one_shared_handle() {
    let directory = memory_directory();
    let handles = open_all(&directory, Sharing::Shared, 1);
    check_histories("one_shared_handle", &handles, HISTORIES);
}

#[test]
fn several_shared_handles() {
    let directory = memory_directory();
    let handles = open_all(&directory, Sharing::Shared, 4);
    check_histories("several_shared_handles", &handles, HISTORIES);
}

#[test]
fn one_exclusive_handle() {
    let directory = memory_directory();
    let handles = open_all(&directory, Sharing::Exclusive, 1);
    check_histories("one_exclusive_handle", &handles, HISTORIES);
}

/// Where a sync takes its time, more calls share a commit.
#[test]
fn handles_on_a_real_disk() {
    let directory = tempfile::tempdir().unwrap();
    let handles = open_all(&directory, Sharing::Shared, 2);
    check_histories("handles_on_a_real_disk", &handles, HISTORIES_ON_DISK);
}
