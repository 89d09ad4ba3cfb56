//! Concurrent calls on a disk whose syncs fail now and then: whatever is told in doubt, the answers have a
//! serial order, and lookups after the reopening do not go back.

use std::io;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::BOTH;
use super::staged::staged;
use crate::registry::SessionRegistry;
use crate::shared::history::calls::{Answer, Call};
use crate::shared::history::checker::{Made, has_serial_order};
use crate::shared::history::model::Model;
use crate::shared::soak;

const HISTORIES: usize = 150;
const THREADS: usize = 5;
const CALLS: usize = 5;

fn record(registry: &SessionRegistry, calls: Vec<Vec<Call>>) -> Vec<Made> {
    let clock = AtomicU64::new(0);
    let start = Barrier::new(calls.len());
    let make = |call: Call| {
        let began = clock.fetch_add(1, Ordering::SeqCst);
        let answer = call.make(registry);
        Made {
            began,
            returned: clock.fetch_add(1, Ordering::SeqCst),
            call,
            answer,
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = calls
            .into_iter()
            .map(|calls| {
                let (start, make) = (&start, &make);
                scope.spawn(move || {
                    start.wait();
                    calls.into_iter().map(make).collect::<Vec<_>>()
                })
            })
            .collect();
        let made = threads.into_iter().map(|thread| thread.join().unwrap());
        made.flatten().collect()
    })
}

#[test]
fn calls_on_a_failing_disk_have_a_serial_order() {
    let mut rng = soak::rng("calls_on_a_failing_disk_have_a_serial_order");
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        let (mut in_doubt, mut undone) = (0, 0);
        for number in 0..HISTORIES * soak::factor() {
            disk.leave_alone();
            let lasting = rng.bool();
            let start = Model::prepare(&registry, rng.u32(2..5), lasting);
            let mut chance = rng.fork();
            disk.at_sync(move || match chance.u8(..8) {
                0 => Err(io::Error::from_raw_os_error(5)),
                _ => Ok(()),
            });
            let mut random = |_| Call::random(&mut rng, lasting);
            let calls = (0..THREADS)
                .map(|_| (0..CALLS).map(&mut random).collect())
                .collect();
            let mut history = record(&registry, calls);
            disk.leave_alone();
            // And once more, when all is well again.
            let look = (1..5)
                .flat_map(|n| [Call::ById(n), Call::ByPath(n), Call::ByName(n)])
                .chain([Call::Snapshot]);
            let mut later = record(&registry, vec![look.collect()]);
            for made in &mut later {
                made.began += 1_000_000;
                made.returned += 1_000_000;
            }
            history.append(&mut later);
            history.sort_by_key(|made| made.began);
            let told = |code| {
                history
                    .iter()
                    .filter(|made| made.answer == Answer::Refused(code))
                    .count()
            };
            in_doubt += told("outcome_unknown");
            undone += told("storage");
            assert!(
                has_serial_order(&start, &history),
                "{sharing:?}, history {number}: {start:?} {history:#?}"
            );
        }
        assert!(registry.verify().unwrap().is_clean());
        eprintln!("{sharing:?}: {in_doubt} calls in doubt, {undone} undone");
        assert!(in_doubt > 0 && undone > 0);
    }
}
