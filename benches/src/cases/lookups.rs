//! Reading: one session, all of them, the first page.

use std::time::Instant;

use super::{each, grouped};
use crate::Outcome;
use crate::bench::Bench;
use crate::competitors::{Kind, Registry};
use crate::pairing::in_turn;
use crate::place;
use crate::results::{Unit, series};
use crate::sample::{self, By, Key};

const KINDS: [Kind; 5] = [
    Kind::Shared,
    Kind::Exclusive,
    Kind::Sqlite,
    Kind::Lmdb,
    Kind::HashMap,
];

/// Whether a call begins anew, nobody can have its answer ready, or it asks a view that is open already.
#[derive(Clone, Copy)]
enum In {
    Call,
    Fresh,
    Snapshot,
}

/// How many sessions are looked up between two changes.
const BETWEEN_CHANGES: usize = 10;

/// One kind of lookup.
#[derive(Clone, Copy)]
struct Lookup {
    by: By,
    hit: bool,
    within: In,
}

impl Lookup {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for by in By::ALL {
            for hit in [true, false] {
                for within in [In::Call, In::Fresh, In::Snapshot] {
                    all.push(Self { by, hit, within });
                }
            }
        }
        all
    }

    fn name(self, size: u64) -> (String, String) {
        let by = self.by.label();
        let (hit, found) = if self.hit {
            ("hit", "is there")
        } else {
            ("miss", "is not there")
        };
        let (within, how) = match self.within {
            In::Call => ("call", "each in a call of its own"),
            In::Fresh => ("fresh", "each in a call of its own, 10 after each change"),
            In::Snapshot => ("snapshot", "all in one open view"),
        };
        (
            format!("lookup-{by}-{hit}/{within}/{size}"),
            format!(
                "look up by {by} what {found}, {how}; {} sessions",
                grouped(size)
            ),
        )
    }

    fn measure(self, registry: &dyn Registry, keys: &[Key]) -> Outcome<f64> {
        let Self { by, hit, within } = self;
        let mut taken = 0.0;
        match within {
            In::Call => {
                let began = Instant::now();
                check(keys, hit, |key| registry.find(by, key))?;
                taken += each(began, keys.len() as u64);
            }
            In::Fresh => {
                for keys in keys.chunks(BETWEEN_CHANGES) {
                    change(registry)?;
                    let began = Instant::now();
                    check(keys, hit, |key| registry.find(by, key))?;
                    taken += began.elapsed().as_secs_f64();
                }
                taken /= count(keys);
            }
            In::Snapshot => registry.in_snapshot(&mut |ask| {
                let began = Instant::now();
                check(keys, hit, |key| ask(by, key))?;
                taken += each(began, keys.len() as u64);
                Ok(())
            })?,
        }
        Ok(taken)
    }
}

/// Leaves everything as it was, but for whoever remembers what was.
fn change(registry: &dyn Registry) -> Outcome {
    let session = sample::session(sample::fresh(1))?;
    registry.register(&session)?;
    registry.unregister(session.id()).map(drop)
}

#[allow(clippy::cast_precision_loss, reason = "counts of keys are small")]
fn count(keys: &[Key]) -> f64 {
    keys.len() as f64
}

fn check(keys: &[Key], hit: bool, find: impl Fn(&Key) -> Outcome<bool>) -> Outcome {
    for key in keys {
        if find(key)? != hit {
            return Err("a lookup gave the wrong answer".into());
        }
    }
    Ok(())
}

pub fn run(bench: &mut Bench) -> Outcome {
    for size in bench.options.sizes() {
        let lookups = Lookup::all();
        let names: Vec<_> = lookups.iter().map(|lookup| lookup.name(size)).collect();
        let lists = list_names(size);
        let every = names.iter().chain(&lists).map(|(name, _)| name.as_str());
        if !bench.wants(every) {
            continue;
        }
        let mut open = Vec::new();
        for kind in KINDS {
            let (directory, registry) = bench.place.filled(kind, size)?;
            place::warm(&directory)?;
            open.push(registry);
        }
        look_up(bench, &open, lookups, names, size)?;
        list(bench, &open, lists, size)?;
        open.into_iter().try_for_each(Registry::close)?;
    }
    Ok(())
}

type Open = [Box<dyn Registry>];
type Names = Vec<(String, String)>;

fn look_up(
    bench: &mut Bench,
    open: &Open,
    lookups: Vec<Lookup>,
    names: Names,
    size: u64,
) -> Outcome {
    let effort = bench.options.effort(24);
    let wanted: Vec<(Lookup, (String, String))> = lookups
        .into_iter()
        .zip(names)
        .filter(|(_, (name, _))| bench.wants([name.as_str()]))
        .collect();
    for (lookup, name) in wanted {
        let calls = match lookup.within {
            In::Fresh => 200,
            _ if size > 10_000 => 10_000,
            _ => 1_000,
        };
        let keys = draw(calls, size, lookup.hit, effort.rounds)?;
        let mut turns = vec![keys.iter(); open.len()];
        let samples = in_turn(1, open.len(), effort, |entrant| {
            let registry = open.get(entrant).ok_or("nobody's turn")?;
            let keys = turns.get_mut(entrant).and_then(Iterator::next);
            Ok(vec![lookup.measure(
                registry.as_ref(),
                keys.ok_or("no keys are left")?,
            )?])
        })?;
        bench.keep(series([name], Unit::Seconds, &KINDS, samples));
    }
    Ok(())
}

/// Random keys: others in each round, so that nobody only ever remembers answers, and the same for all.
fn draw(calls: usize, size: u64, hit: bool, rounds: usize) -> Outcome<Vec<Vec<Key>>> {
    let mut random = fastrand::Rng::with_seed(size);
    let mut key = || {
        let number = random.u64(0..size);
        if hit {
            sample::key(number)
        } else {
            sample::missing_key(number)
        }
    };
    (0..=rounds)
        .map(|_| (0..calls).map(|_| key()).collect())
        .collect()
}

fn list_names(size: u64) -> Names {
    let all = grouped(size);
    vec![
        (
            format!("page/{size}"),
            format!("read the 50 oldest of {all} sessions"),
        ),
        (
            format!("list-all/{size}"),
            format!("read all of {all} sessions, oldest first"),
        ),
    ]
}

fn list(bench: &mut Bench, open: &Open, names: Names, size: u64) -> Outcome {
    let all_rounds = if size > 10_000 { 5 } else { 24 };
    for (name, rounds) in names.into_iter().zip([40, all_rounds]) {
        let effort = bench.options.effort(rounds);
        if !bench.wants([name.0.as_str()]) {
            continue;
        }
        let page = name.0.starts_with("page");
        let expected = if page { size.min(50) } else { size };
        let calls = (2_000 / expected).clamp(1, 50);
        let samples = in_turn(1, open.len(), effort, |entrant| {
            let registry = open.get(entrant).ok_or("nobody's turn")?;
            let began = Instant::now();
            for _ in 0..calls {
                let read = if page {
                    registry.first_page()?
                } else {
                    registry.list_all()?
                };
                if read as u64 != expected {
                    return Err("a list is not complete".into());
                }
            }
            Ok(vec![each(began, calls)])
        })?;
        bench.keep(series([name], Unit::Seconds, &KINDS, samples));
    }
    Ok(())
}
