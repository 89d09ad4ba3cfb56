//! The queue by itself: leads that time out, panic and send back, under calls that do not care what
//! they decide.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "tests fail by panicking, and print their seeds"
)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::shared::soak;
use crate::store::group::batch::Batch;
use crate::store::group::job::Verdict;
use crate::store::rows::write::WriteTx;

/// A call that counts its failures, which stand for decisions where a test says so.
#[derive(Default)]
struct Counted {
    failed: AtomicUsize,
}

impl Job for Counted {
    fn run(&self, _: &mut WriteTx<'_>) -> Verdict {
        Verdict::Sound
    }

    fn fail(&self, _: Fault) {
        self.failed.fetch_add(1, Ordering::SeqCst);
    }
}

fn wait(patience: Duration) -> Wait {
    let started = Instant::now();
    Wait {
        started,
        deadline: started + patience,
    }
}

fn patient() -> Wait {
    wait(Duration::from_secs(120))
}

fn until(reached: impl Fn() -> bool) {
    let started = Instant::now();
    while !reached() {
        assert!(started.elapsed() < Duration::from_secs(60), "hangs");
        thread::yield_now();
    }
}

/// Takes a batch of `jobs` and answers all of it.
fn answer_all(queue: &Queue, decide: impl Fn(&Arc<dyn Job>)) -> Announcement {
    let batch = Batch::take(queue);
    batch.jobs().for_each(decide);
    batch.finish(|_| true)
}

fn is_idle(queue: &Queue) -> bool {
    let line = queue.line.lock();
    line.waiting.is_empty() && !line.led
}

#[test]
fn a_call_is_busy_only_if_it_was_never_taken() {
    let mut seeds = soak::rng("a_call_is_busy_only_if_it_was_never_taken");
    let queue = Queue::default();
    let (busy, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
    // One lead at a time, and the jobs of the batch it took.
    let leading = Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..8 {
            let (queue, leading, busy, answered) = (&queue, &leading, &busy, &answered);
            let mut rng = seeds.fork();
            scope.spawn(move || {
                for _ in 0..soak::share(2_000, 100_000) {
                    let job = Arc::new(Counted::default());
                    let patience = Duration::from_micros(rng.u64(..200));
                    let outcome =
                        queue.run(Arc::clone(&job) as Arc<dyn Job>, wait(patience), |queue| {
                            let _alone = leading.try_lock().expect("two leaders at once");
                            match rng.u8(..4) {
                                0 => return Err(Fault::TimedOut),
                                // A commit takes a while.
                                1 => thread::yield_now(),
                                _ => {}
                            }
                            // Stands for the decision.
                            Ok(answer_all(queue, |job| job.fail(Fault::TimedOut)))
                        });
                    let decided = job.failed.load(Ordering::SeqCst);
                    match outcome {
                        Ok(()) => {
                            assert_eq!(decided, 1, "answered, and decided once");
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                        Err(_) => {
                            assert_eq!(decided, 0, "busy, and decided nevertheless");
                            busy.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                }
            });
        }
    });
    let (busy, answered) = (busy.into_inner(), answered.into_inner());
    eprintln!("{answered} answered, {busy} busy");
    assert!(busy > 0 && answered > 0);
    assert!(is_idle(&queue), "somebody left the lead behind");
}

/// A call that shares with nobody.
struct Alone;

impl Job for Alone {
    fn run(&self, _: &mut WriteTx<'_>) -> Verdict {
        Verdict::Sound
    }

    fn fail(&self, _: Fault) {}

    fn is_alone(&self) -> bool {
        true
    }
}

#[test]
fn nobody_shares_the_commit_of_a_call_that_takes_long() {
    let queue = Queue::default();
    let short = || Arc::new(Counted::default()) as Arc<dyn Job>;
    let long = || Arc::new(Alone) as Arc<dyn Job>;
    for job in [short(), short(), long(), long(), short(), long()] {
        queue.join(job);
    }
    let mut taken = Vec::new();
    while queue.waiting() > 0 {
        let mut batch = Batch::take(&queue);
        let before = batch.jobs().count();
        // Who comes while a long one is decided is not taken either.
        queue.join(short());
        batch.take_more();
        let is_long = batch.jobs().any(|job| job.is_alone());
        taken.push((before, is_long));
        assert_eq!(batch.jobs().count() > before, queue.waiting() == 0);
        drop(batch.finish(|_| true));
    }
    let expected = [(2, false), (1, true), (1, true), (1, false), (1, true)];
    assert_eq!(taken.get(..5), Some(expected.as_slice()));
}

#[test]
fn calls_sent_back_keep_their_places() {
    let queue = Queue::default();
    let jobs: Vec<_> = (0..6).map(|_| Arc::new(Counted::default())).collect();
    let rounds = AtomicUsize::new(0);
    thread::scope(|scope| {
        for (number, job) in jobs.iter().enumerate() {
            let (queue, rounds, jobs) = (&queue, &rounds, &jobs);
            scope.spawn(move || {
                let job = Arc::clone(job);
                queue.run(job, patient(), |queue| {
                    until(|| rounds.load(Ordering::SeqCst) > 0 || queue.waiting() == 6);
                    let round = rounds.fetch_add(1, Ordering::SeqCst);
                    let batch = Batch::take(queue);
                    let taken: Vec<_> = batch.jobs().map(address).collect();
                    let expected: Vec<_> = jobs.iter().map(address).take(6 - round).collect();
                    assert_eq!(taken, expected);
                    // Of each batch, only the last is answered; the leader is the first.
                    Ok(batch.finish(|position| position == 5 - round))
                })
            });
            until(|| queue.waiting() > number || rounds.load(Ordering::SeqCst) > 0);
        }
    });
    assert_eq!(rounds.into_inner(), 6);
    assert!(is_idle(&queue));
}

/// Its deadline passed while it was taken, and from then on it waited without one; sent back and not
/// woken for that, it would go on doing so.
#[test]
fn a_call_that_was_sent_back_waited_without_a_deadline() {
    let queue = Queue::default();
    let short = wait(Duration::from_secs(1));
    let (leads, has_left) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let lead = |queue: &Queue| {
        if leads.fetch_add(1, Ordering::SeqCst) > 0 {
            until(|| has_left.load(Ordering::SeqCst) == 1);
            return Ok(answer_all(queue, |_| {}));
        }
        until(|| queue.waiting() == 3);
        let batch = Batch::take(queue);
        until(|| short.deadline.elapsed() > Duration::from_millis(50));
        Ok(batch.finish(|position| position == 0))
    };
    let call = |patience| {
        let job = Arc::new(Counted::default());
        queue.run(job, patience, lead)
    };
    let outcomes = thread::scope(|scope| {
        let (call, has_left) = (&call, &has_left);
        let mut threads = Vec::new();
        for number in 0..3 {
            threads.push(scope.spawn(move || {
                if number < 2 {
                    return call(patient());
                }
                let outcome = call(short);
                has_left.fetch_add(1, Ordering::SeqCst);
                outcome
            }));
            until(|| queue.waiting() > number || leads.load(Ordering::SeqCst) > 1);
        }
        let outcomes = threads.into_iter().map(|thread| thread.join().unwrap());
        outcomes.map(|outcome| outcome.is_ok()).collect::<Vec<_>>()
    });
    assert_eq!(outcomes, [true, true, false]);
    assert!(is_idle(&queue));
}

fn address<T: ?Sized>(job: &Arc<T>) -> *const () {
    Arc::as_ptr(job).cast()
}

/// Of ten callers the first five panic as leaders; the sixth answers whoever is left.
fn panicking_leaders(panic_in: fn(&Queue)) -> Vec<(bool, usize)> {
    let queue = Queue::default();
    let leads = AtomicUsize::new(0);
    let outcomes = thread::scope(|scope| {
        let mut threads = Vec::new();
        for number in 0..10 {
            let (queue, leads) = (&queue, &leads);
            threads.push(scope.spawn(move || {
                let job = Arc::new(Counted::default());
                let same = Arc::clone(&job);
                let ran = catch_unwind(AssertUnwindSafe(|| {
                    queue.run(same, patient(), |queue| {
                        until(|| leads.load(Ordering::SeqCst) > 0 || queue.waiting() == 10);
                        if leads.fetch_add(1, Ordering::SeqCst) < 5 {
                            panic_in(queue);
                        }
                        Ok(answer_all(queue, |_| {}))
                    })
                }));
                (ran.is_err(), job.failed.load(Ordering::SeqCst))
            }));
            until(|| queue.waiting() == number + 1 || leads.load(Ordering::SeqCst) > 0);
        }
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(is_idle(&queue), "somebody left the lead behind");
    outcomes
}

#[test]
fn when_a_leader_panics_before_it_commits_the_next_decides() {
    let before_taking: fn(&Queue) = |_| panic!("a leader with a bug");
    let after_taking: fn(&Queue) = |queue| {
        let _batch = Batch::take(queue);
        panic!("a leader with a bug");
    };
    let half = [[(true, 0); 5], [(false, 0); 5]].concat();
    assert_eq!(panicking_leaders(before_taking), half);
    assert_eq!(panicking_leaders(after_taking), half);
}

#[test]
fn when_a_leader_panics_in_the_commit_all_its_calls_are_in_doubt() {
    let in_commit: fn(&Queue) = |queue| {
        let mut batch = Batch::take(queue);
        batch.begin_commit();
        panic!("a leader with a bug");
    };
    let outcomes = panicking_leaders(in_commit);
    let expected = [vec![(true, 1)], vec![(false, 1); 9]].concat();
    assert_eq!(outcomes, expected);
}

#[test]
fn a_leader_that_fails_after_its_call_was_answered_keeps_the_answer() {
    let queue = Queue::default();
    let outcome = queue.run(Arc::new(Counted::default()), patient(), |queue| {
        drop(answer_all(queue, |_| {}));
        Err(Fault::Panicked("afterwards".into()))
    });
    outcome.unwrap();
    assert!(is_idle(&queue));
}
