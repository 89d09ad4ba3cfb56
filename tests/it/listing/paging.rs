//! Paging while everything around changes: what stays in its place is neither skipped nor told twice.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use session_registry::{Query, Session, SessionId, SessionRegistry, Sharing, StateFilter};

use super::pages::{ORDERS, directed};
use crate::claims::driver::open;
use crate::support::place::{Kind, Place};
use crate::support::records::assert_clean;
use crate::support::soak;
use crate::support::values::{START, at, id, name, path};

const STABLE: u32 = 120;
/// How many inserts, updates and removals there are.
const CALLS: u32 = 10_000;
/// Writers that wait together share a commit.
const WRITERS: u32 = 16;

#[test]
fn no_stable_session_is_skipped_or_told_twice_in_a_file() {
    let place = Place::new(Kind::Shared);
    let writer = open(place.file(), Sharing::Shared);
    page_meanwhile(&place.registry, &writer, "paging in a file");
}

#[test]
fn no_stable_session_is_skipped_or_told_twice_in_memory() {
    let place = Place::new(Kind::Memory);
    page_meanwhile(&place.registry, &place.registry, "paging in memory");
}

/// A session at a place of its own in every order, with room for others between any two.
fn placed(number: u32, called: &str) -> Session {
    Session::builder(path(&format!("/{called}/{number}")))
        .id(id(u128::from(number) << 64 | u128::from(called == "moving")))
        .name(name(&format!("{number:06} {called}")))
        .created_at(at(START + i64::from(number)))
        .build()
}

fn page_meanwhile(pager: &SessionRegistry, writer: &SessionRegistry, test: &str) {
    let mut rng = soak::rng(test);
    writer.set_max_sessions(u32::MAX).unwrap();
    for number in 0..STABLE {
        let session = writer.register(placed(number * 10, "stable")).unwrap();
        if number % 3 == 0 {
            writer.close_session(session.id()).unwrap();
        }
    }
    let calls = AtomicU32::new(0);
    let seeds: Vec<_> = (0..WRITERS).map(|_| rng.u64(..)).collect();
    let mut walks = 0;
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .zip(seeds)
            .map(|(lane, seed)| {
                let calls = &calls;
                scope.spawn(move || churn(writer, lane, seed, calls))
            })
            .collect();
        // Every kind of walk at least once, and on until the last change.
        while walks < 24 || writers.iter().any(|writer| !writer.is_finished()) {
            walk(pager, walks, &mut rng);
            walks += 1;
        }
    });
    assert_eq!(calls.into_inner(), CALLS);
    eprintln!("{test}: {walks} walks during {CALLS} calls");
    assert_clean(pager);
}

/// Registers, changes and removes sessions that nobody else touches, until all writers together have
/// made their number of calls.
fn churn(registry: &SessionRegistry, lane: u32, seed: u64, calls: &AtomicU32) {
    let mut rng = soak::rng_of(seed);
    let mut own: Vec<SessionId> = Vec::new();
    let one_more = |made: u32| (made < CALLS).then_some(made + 1);
    while calls
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
        .is_ok()
    {
        let position = (!own.is_empty()).then(|| rng.usize(..own.len()));
        match (position, rng.u8(..6)) {
            (Some(position), 0 | 1) => {
                let id = own.swap_remove(position);
                assert!(registry.unregister(id).unwrap().is_some());
            }
            (Some(position), 2) => {
                let called = name(&format!("{:06} again", rng.u32(..STABLE * 10)));
                registry.rename(own[position], called).unwrap();
            }
            (Some(position), 3) => drop(registry.close_session(own[position]).unwrap()),
            (Some(position), 4) => drop(registry.reopen(own[position]).unwrap()),
            _ => {
                // Never the numbers of stable ones, nor of other lanes.
                let number = rng.u32(..STABLE * 10 / WRITERS) * WRITERS + lane;
                let session = placed(number, "moving");
                match registry.register(session) {
                    Ok(session) => own.push(session.id()),
                    Err(error) => assert_eq!(error.code(), "session_exists"),
                }
            }
        }
    }
}

/// One walk through one order, with pages of any length.
fn walk(registry: &SessionRegistry, kind: usize, rng: &mut fastrand::Rng) {
    let states = [StateFilter::Any, StateFilter::Open, StateFilter::Closed];
    let (order, state) = (ORDERS[kind % 4], states[kind / 4 % 3]);
    let query = Query::new().order(order).state(state);
    let query = directed(query, kind / 12 % 2 == 1);
    let descending = kind / 12 % 2 == 1;
    let mut seen: BTreeMap<SessionId, usize> = BTreeMap::new();
    let mut stable = Vec::new();
    let mut page = registry.list(&query.clone().limit(rng.u32(1..40))).unwrap();
    loop {
        for session in &page.items {
            if session.name().as_str().ends_with("stable") {
                let times = seen.entry(session.id()).or_default();
                *times += 1;
                assert_eq!(*times, 1, "told twice: {session:?}");
                stable.push(session.id());
            }
        }
        let Some(next) = page.next else {
            break;
        };
        let query = query.clone().limit(rng.u32(1..40)).after(next);
        page = registry.list(&query).unwrap();
    }
    let expected = (0..STABLE).filter(|number| match state {
        StateFilter::Open => number % 3 != 0,
        StateFilter::Closed => number % 3 == 0,
        _ => true,
    });
    let mut expected: Vec<_> = expected
        .map(|number| placed(number * 10, "stable").id())
        .collect();
    if descending {
        expected.reverse();
    }
    if matches!(order, session_registry::Order::Updated) {
        // By when they were closed, which is not their number.
        stable.sort();
        expected.sort();
    }
    assert_eq!(
        stable, expected,
        "{order:?} {state:?} descending: {descending}"
    );
}
