//! Durable writes by several processes on one file.

use std::time::Instant;

use super::{each, writes};
use crate::Outcome;
use crate::bench::Bench;
use crate::child::Process;
use crate::competitors::Kind;
use crate::pairing::in_turn;
use crate::results::{Unit, series};
use crate::sample;

/// Those that processes can share.
const KINDS: [Kind; 3] = [Kind::Shared, Kind::Sqlite, Kind::Lmdb];
const PROCESSES: u64 = 4;
/// How many sessions each process registers in one round.
const CALLS: u64 = 16;
const SIZE: u64 = 10;

pub fn run(bench: &mut Bench) -> Outcome {
    let names = writes::names("4-processes", "4 processes on one file", SIZE);
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let mut teams = Vec::new();
    for kind in KINDS {
        teams.push(team(bench, kind)?);
    }
    let effort = bench.options.effort(24);
    let samples = in_turn(2, teams.len(), effort, |entrant| {
        let team = teams.get_mut(entrant).ok_or("nobody's turn")?;
        let first = sample::fresh(PROCESSES * CALLS);
        Ok(vec![
            together(team, "register", first)?,
            together(team, "unregister", first)?,
        ])
    })?;
    bench.keep(series(names, Unit::Seconds, &KINDS, samples));
    teams.into_iter().flatten().try_for_each(Process::finish)
}

fn team(bench: &Bench, kind: Kind) -> Outcome<Vec<Process>> {
    let directory = bench.place.filled_and_closed(kind, SIZE)?;
    let mut team = Vec::new();
    for _ in 0..PROCESSES {
        let mut process = Process::start("write", kind, &directory, "-")?;
        process.hear()?;
        team.push(process);
    }
    Ok(team)
}

/// Has all of them do their share at the same time.
fn together(team: &mut [Process], what: &str, first: u64) -> Outcome<f64> {
    let began = Instant::now();
    for (process, share) in team.iter_mut().zip(0..) {
        process.tell(&format!("{what} {} {CALLS}", first + share * CALLS))?;
    }
    for process in team {
        process.hear()?;
    }
    Ok(each(began, PROCESSES * CALLS))
}
