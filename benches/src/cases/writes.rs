//! Durable writes: by one thread on registries of several sizes, and by many on one handle.

use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use session_registry::Session;

use super::{each, grouped};
use crate::Outcome;
use crate::bench::Bench;
use crate::competitors::{Kind, Registry};
use crate::pairing::in_turn;
use crate::results::{Unit, series};
use crate::sample;

const KINDS: [Kind; 7] = [
    Kind::Shared,
    Kind::Exclusive,
    Kind::Sqlite,
    Kind::Lmdb,
    Kind::Json,
    Kind::OneSync,
    Kind::TwoSyncs,
];
/// Beyond this many sessions nobody keeps them in a JSON file that is written anew for each change.
const MOST_JSON: u64 = 1_000;
/// Threads, and how many sessions each of them registers in one round.
const THREADS: [(u64, u64); 3] = [(4, 16), (16, 16), (64, 8)];

pub fn run(bench: &mut Bench) -> Outcome {
    for size in bench.options.sizes() {
        let names = names("1-thread", "one thread", size);
        measure(bench, names, size, 20, |registry, sessions| {
            one(registry, &sessions)
        })?;
    }
    for (threads, calls) in THREADS {
        let who = format!("{threads} threads on one handle");
        let names = names(&format!("{threads}-threads"), &who, 10);
        measure(bench, names, 10, threads * calls, |registry, sessions| {
            many(registry, &sessions, threads)
        })?;
    }
    Ok(())
}

/// The names of the two series, and what they are.
pub fn names(who: &str, in_words: &str, size: u64) -> [(String, String); 2] {
    [("register", "registers"), ("unregister", "removes")].map(|(what, does)| {
        let name = format!("{what}/{who}/{size}");
        let open = grouped(size);
        let text = format!("{in_words} {does} sessions, each durably; {open} others are open");
        (name, text)
    })
}

fn measure(
    bench: &mut Bench,
    names: [(String, String); 2],
    size: u64,
    calls: u64,
    work: impl Fn(&dyn Registry, Vec<Session>) -> Outcome<Vec<f64>>,
) -> Outcome {
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let kinds: Vec<Kind> = KINDS
        .into_iter()
        .filter(|kind| *kind != Kind::Json || size <= MOST_JSON)
        .collect();
    let mut open = Vec::new();
    for kind in &kinds {
        open.push(bench.place.filled(*kind, size)?.1);
    }
    let effort = bench.options.effort(24);
    let samples = in_turn(2, open.len(), effort, |entrant| {
        let registry = open.get(entrant).ok_or("nobody's turn")?;
        let sessions = sample::sessions(sample::fresh(calls), calls)?;
        work(registry.as_ref(), sessions)
    })?;
    bench.keep(series(names, Unit::Seconds, &kinds, samples));
    open.into_iter().try_for_each(Registry::close)
}

fn one(registry: &dyn Registry, sessions: &[Session]) -> Outcome<Vec<f64>> {
    let calls = sessions.len() as u64;
    let began = Instant::now();
    sessions
        .iter()
        .try_for_each(|session| registry.register(session))?;
    let register = each(began, calls);
    let began = Instant::now();
    for session in sessions {
        registry.unregister(session.id())?;
    }
    Ok(vec![register, each(began, calls)])
}

fn many(registry: &dyn Registry, sessions: &[Session], threads: u64) -> Outcome<Vec<f64>> {
    let calls = sessions.len() as u64;
    let share = sessions.len().div_ceil(usize::try_from(threads)?);
    let shares: Vec<&[Session]> = sessions.chunks(share).collect();
    let barrier = Barrier::new(shares.len() + 1);
    thread::scope(|scope| {
        let workers: Vec<_> = shares
            .into_iter()
            .map(|share| scope.spawn(|| in_step(registry, share, &barrier)))
            .collect();
        let mut figures = Vec::new();
        barrier.wait();
        for _ in 0..2 {
            let began = Instant::now();
            barrier.wait();
            figures.push(each(began, calls));
        }
        for worker in workers {
            worker.join().map_err(|_| "a thread panicked")??;
        }
        Ok(figures)
    })
}

/// One thread's share: every thread has registered before the first removes.
fn in_step(registry: &dyn Registry, share: &[Session], barrier: &Barrier) -> Outcome {
    barrier.wait();
    let registered = share
        .iter()
        .try_for_each(|session| registry.register(session));
    barrier.wait();
    let removed = share
        .iter()
        .try_for_each(|session| registry.unregister(session.id()).map(drop));
    barrier.wait();
    registered.and(removed)
}
