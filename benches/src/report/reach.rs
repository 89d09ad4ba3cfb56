//! What the project set itself to reach, and what this run reached of it.

use serde::Serialize;

use super::table::{figure, times};
use crate::competitors::Kind::{self, Exclusive, Lmdb, Shared, Sqlite};
use crate::results::{Series, Unit};

/// One goal; a goal that this run measured nothing for is left out.
#[derive(Debug, Serialize)]
pub struct Reached {
    pub(super) goal: String,
    /// The bound, as a number of times or in the unit of the series.
    bound: f64,
    reached: f64,
    pub(super) shown: String,
    pub(super) met: bool,
}

/// Ratios of the same round that must not be above a bound: goal, series, whose figure, divided by whose,
/// bound.
const RATIOS: [(&str, &str, Kind, Kind, f64); 14] = [
    (
        "16 threads: a third of SQLite's time *",
        "register/16-threads/10",
        Shared,
        Sqlite,
        1.0 / 3.0,
    ),
    (
        "16 threads: a third of SQLite's time *",
        "register/16-threads/10",
        Exclusive,
        Sqlite,
        1.0 / 3.0,
    ),
    (
        "64 threads: a sixth of SQLite's time *",
        "register/64-threads/10",
        Shared,
        Sqlite,
        1.0 / 6.0,
    ),
    (
        "64 threads: a sixth of SQLite's time *",
        "register/64-threads/10",
        Exclusive,
        Sqlite,
        1.0 / 6.0,
    ),
    (
        "one thread: 2.2 times SQLite's time",
        "register/1-thread/10",
        Shared,
        Sqlite,
        2.2,
    ),
    (
        "one thread: 2 times SQLite's time",
        "register/1-thread/10",
        Exclusive,
        Sqlite,
        2.0,
    ),
    (
        "lookup by id: LMDB's time",
        "lookup-id-hit/call/10",
        Exclusive,
        Lmdb,
        1.0,
    ),
    (
        "lookup by id: LMDB's time",
        "lookup-id-hit/call/1000",
        Exclusive,
        Lmdb,
        1.0,
    ),
    (
        "lookup by id: LMDB's time",
        "lookup-id-hit/call/100000",
        Exclusive,
        Lmdb,
        1.0,
    ),
    (
        "lookup by id: LMDB's time",
        "lookup-id-hit/call/1000000",
        Exclusive,
        Lmdb,
        1.0,
    ),
    (
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/10",
        Shared,
        Sqlite,
        1.0,
    ),
    (
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/1000",
        Shared,
        Sqlite,
        1.0,
    ),
    (
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/100000",
        Shared,
        Sqlite,
        1.0,
    ),
    (
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/1000000",
        Shared,
        Sqlite,
        1.0,
    ),
];

/// Figures of ours that must not be above a bound: goal, series, bound.
const FIGURES: [(&str, &str, f64); 8] = [
    ("first page of 50 *", "page/1000000", 1e-3),
    ("first page of 50", "page/100000", 1e-3),
    ("open and close *", "open-and-close/clean/10", 10e-3),
    ("open and close *", "open-and-close/clean/1000000", 10e-3),
    (
        "file of 10 sessions in use",
        "file/churned-open/10",
        256.0 * 1024.0,
    ),
    ("file for each session", "file/compacted/1000000", 500.0),
    (
        "memory while serving *",
        "memory/own/1000000",
        32.0 * 1024.0 * 1024.0,
    ),
    (
        "memory while serving",
        "memory/own/100000",
        32.0 * 1024.0 * 1024.0,
    ),
];

/// Two sizes of the same work: goal, series, larger, smaller, how many times the larger may take.
const GROWTH: [(&str, &str, &str, &str, f64); 4] = [
    ("lookups by id", "lookup-id-hit/fresh", "1000000", "10", 4.0),
    (
        "lookups by path",
        "lookup-path-hit/fresh",
        "1000000",
        "10",
        4.0,
    ),
    (
        "lookups by name",
        "lookup-name-hit/fresh",
        "1000000",
        "10",
        4.0,
    ),
    ("register", "register/1-thread", "1000000", "10", 2.0),
];

pub fn reached(results: &[Series]) -> Vec<Reached> {
    let mut reached = Vec::new();
    for (goal, name, above, below, bound) in RATIOS {
        let series = find(results, name);
        reached.extend(series.and_then(|series| of_ratio(series, goal, above, below, bound)));
    }
    reached.extend(in_snapshots(results));
    for kind in Kind::OURS {
        for (goal, name, bound) in FIGURES {
            reached.extend(of_figure(results, goal, name, kind, bound));
        }
        for growth in GROWTH {
            reached.extend(of_growth(results, growth, kind));
        }
    }
    reached
}

fn find<'a>(results: &'a [Series], name: &str) -> Option<&'a Series> {
    results.iter().find(|series| series.name == name)
}

fn of_ratio(series: &Series, goal: &str, above: Kind, below: Kind, bound: f64) -> Option<Reached> {
    let found = series.ratio(above, below)?;
    let [median, low, high, most] = [found.median, found.low, found.high, bound].map(times);
    Some(Reached {
        goal: format!("{goal} ({}, {})", above.word(), series.name),
        bound,
        reached: found.median,
        shown: format!("{median} ({low} .. {high}), bound {most}"),
        met: found.median <= bound,
    })
}

/// Any lookup inside a snapshot: at least as fast as LMDB.
fn in_snapshots(results: &[Series]) -> Vec<Reached> {
    let within = |series: &&Series| series.name.contains("/snapshot/");
    let goal = "in a snapshot: LMDB's time";
    let of = |series| Kind::OURS.map(|above| of_ratio(series, goal, above, Lmdb, 1.0));
    results
        .iter()
        .filter(within)
        .flat_map(of)
        .flatten()
        .collect()
}

fn of_figure(
    results: &[Series],
    goal: &str,
    name: &str,
    kind: Kind,
    bound: f64,
) -> Option<Reached> {
    let series = find(results, name)?;
    let found = series.spread(kind)?.median;
    let show = |value| figure(series.unit, value);
    Some(Reached {
        goal: format!("{goal} ({}, {name})", kind.word()),
        bound,
        reached: found,
        shown: format!("{}, bound {}", show(found), show(bound)),
        met: found < bound,
    })
}

fn of_growth(
    results: &[Series],
    (goal, name, large, small, bound): (&str, &str, &str, &str, f64),
    kind: Kind,
) -> Option<Reached> {
    let median = |size| {
        Some(
            find(results, &format!("{name}/{size}"))?
                .spread(kind)?
                .median,
        )
    };
    let (large_figure, small_figure) = (median(large)?, median(small)?);
    let found = large_figure / small_figure;
    Some(Reached {
        goal: format!("{goal} among {large} against {small} ({})", kind.word()),
        bound,
        reached: found,
        shown: format!(
            "{} times ({} against {}), bound {}",
            times(found),
            figure(Unit::Seconds, large_figure),
            figure(Unit::Seconds, small_figure),
            times(bound)
        ),
        met: found <= bound,
    })
}
