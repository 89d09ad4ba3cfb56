//! The work.

mod lookups;
mod memory;
mod opening;
mod processes;
mod size;
mod upkeep;
mod watch;
mod writes;

use std::time::Instant;

use crate::Outcome;
use crate::bench::Bench;
use crate::competitors::Kind;

/// Those whose sessions outlast the process.
const KINDS: [Kind; 5] = [
    Kind::Shared,
    Kind::Exclusive,
    Kind::Sqlite,
    Kind::Lmdb,
    Kind::Json,
];
/// Beyond this many sessions a JSON file is not worth the wait.
const MOST_JSON: u64 = 100_000;

pub fn run(bench: &mut Bench) -> Outcome {
    writes::run(bench)?;
    processes::run(bench)?;
    watch::run(bench)?;
    lookups::run(bench)?;
    opening::run(bench)?;
    memory::run(bench)?;
    upkeep::run(bench)?;
    size::run(bench)
}

/// How many seconds each of `count` calls took.
#[allow(clippy::cast_precision_loss, reason = "counts of calls are small")]
fn each(since: Instant, count: u64) -> f64 {
    since.elapsed().as_secs_f64() / count as f64
}

/// 1,000 for 1000.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
