//! What the project set itself to reach.

use crate::competitors::Kind::{self, Exclusive, Lmdb, Shared, Sqlite};

/// A ratio of the same round must not be above `bound`.
pub(super) struct Ratio {
    pub(super) goal: &'static str,
    pub(super) series: &'static str,
    pub(super) above: Kind,
    pub(super) below: Kind,
    pub(super) bound: f64,
}

const fn ratio(
    goal: &'static str,
    series: &'static str,
    above: Kind,
    below: Kind,
    bound: f64,
) -> Ratio {
    Ratio {
        goal,
        series,
        above,
        below,
        bound,
    }
}

pub(super) const RATIOS: [Ratio; 13] = [
    ratio(
        "16 threads: a third of SQLite's time *",
        "register/16-threads/10",
        Shared,
        Sqlite,
        1.0 / 3.0,
    ),
    ratio(
        "16 threads: a third of SQLite's time *",
        "register/16-threads/10",
        Exclusive,
        Sqlite,
        1.0 / 3.0,
    ),
    ratio(
        "64 threads: a sixth of SQLite's time *",
        "register/64-threads/10",
        Shared,
        Sqlite,
        1.0 / 6.0,
    ),
    ratio(
        "64 threads: a sixth of SQLite's time *",
        "register/64-threads/10",
        Exclusive,
        Sqlite,
        1.0 / 6.0,
    ),
    ratio(
        "one thread: 2.2 times SQLite's time",
        "register/1-thread/10",
        Shared,
        Sqlite,
        2.2,
    ),
    ratio(
        "one thread: 2 times SQLite's time",
        "register/1-thread/10",
        Exclusive,
        Sqlite,
        2.0,
    ),
    ratio(
        "lookup by id: LMDB's time",
        "lookup-id-hit/call/10",
        Exclusive,
        Lmdb,
        1.0,
    ),
    ratio(
        "lookup by id: LMDB's time",
        "lookup-id-hit/call/1000",
        Exclusive,
        Lmdb,
        1.0,
    ),
    ratio(
        "lookup by id: LMDB's time",
        "lookup-id-hit/call/100000",
        Exclusive,
        Lmdb,
        1.0,
    ),
    ratio(
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/10",
        Shared,
        Sqlite,
        1.0,
    ),
    ratio(
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/1000",
        Shared,
        Sqlite,
        1.0,
    ),
    ratio(
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/100000",
        Shared,
        Sqlite,
        1.0,
    ),
    ratio(
        "lookup by id: below SQLite's time",
        "lookup-id-hit/call/1000000",
        Shared,
        Sqlite,
        1.0,
    ),
];

/// Figures of ours that must not be above a bound: goal, series, bound.
pub(super) const FIGURES: [(&str, &str, f64); 8] = [
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
pub(super) const GROWTH: [(&str, &str, &str, &str, f64); 4] = [
    ("lookups by id", "lookup-id-hit/call", "1000000", "10", 4.0),
    (
        "lookups by path",
        "lookup-path-hit/call",
        "1000000",
        "10",
        4.0,
    ),
    (
        "lookups by name",
        "lookup-name-hit/call",
        "1000000",
        "10",
        4.0,
    ),
    ("register", "register/1-thread", "1000000", "10", 2.0),
];
