//! Durable writes by several processes on one file.

use std::time::{Duration, Instant};

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
/// How long processes write against each other in one round.
const SPELL: Duration = Duration::from_millis(1500);
/// More calls than one process makes in that time.
const MOST_CALLS: u64 = 1 << 20;

pub fn run(bench: &mut Bench) -> Outcome {
    shares(bench)?;
    occasional(bench)?;
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

/// Processes that write without a pause: how long each call takes, and how far their shares differ.
fn shares(bench: &mut Bench) -> Outcome {
    let names = [
        (
            format!("contention/register/{SIZE}"),
            format!("each register of {PROCESSES} processes that write without a pause"),
        ),
        (
            format!("contention/calls/{SIZE}"),
            format!("time for one change of these {PROCESSES} processes together"),
        ),
        (
            format!("contention/shares/{SIZE}"),
            format!("the most calls of one of these {PROCESSES} processes, by the least"),
        ),
    ];
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let mut teams = Vec::new();
    for kind in KINDS {
        let directory = bench.place.filled_and_closed(kind, SIZE)?;
        let mut team = Vec::new();
        for _ in 0..PROCESSES {
            let mut process = Process::start("contend", kind, &directory, "0")?;
            process.hear()?;
            team.push(process);
        }
        teams.push(team);
    }
    let mut latencies = vec![Vec::new(); teams.len()];
    let effort = bench.options.effort(8);
    let mut samples = in_turn(2, teams.len(), effort, |entrant| {
        let team = teams.get_mut(entrant).ok_or("nobody's turn")?;
        let shares = contend(team)?;
        let counts: Vec<f64> = shares.iter().map(|share| count(share.len())).collect();
        let (least, most) = (extreme(&counts, f64::min), extreme(&counts, f64::max));
        if let Some(latencies) = latencies.get_mut(entrant) {
            latencies.extend(shares.into_iter().flatten());
        }
        // Each of them registers, and removes it again.
        let changes = 2.0 * counts.iter().sum::<f64>();
        Ok(vec![SPELL.as_secs_f64() / changes, most / least])
    })?;
    let shares = samples.pop().unwrap_or_default();
    let calls = samples.pop().unwrap_or_default();
    let units = [Unit::Seconds, Unit::Seconds, Unit::Times];
    let measured = names.into_iter().zip(units).zip([latencies, calls, shares]);
    let measured =
        measured.flat_map(|((name, unit), samples)| series([name], unit, &KINDS, vec![samples]));
    bench.keep(measured.collect());
    teams.into_iter().flatten().try_for_each(Process::finish)
}

/// One process that writes now and then, beside one that writes without a pause.
fn occasional(bench: &mut Bench) -> Outcome {
    let name = format!("contention/occasional/{SIZE}");
    if !bench.wants([name.as_str()]) {
        return Ok(());
    }
    let what =
        "each register of a process that pauses for 5 ms after it, beside one that never does";
    let mut samples = vec![Vec::new(); KINDS.len()];
    let mut teams = Vec::new();
    for kind in KINDS {
        let directory = bench.place.filled_and_closed(kind, SIZE)?;
        let mut team = Vec::new();
        for pause in ["0", "5"] {
            let mut process = Process::start("contend", kind, &directory, pause)?;
            process.hear()?;
            team.push(process);
        }
        teams.push(team);
    }
    in_turn(0, teams.len(), bench.options.effort(8), |entrant| {
        let team = teams.get_mut(entrant).ok_or("nobody's turn")?;
        let occasional = contend(team)?.pop().unwrap_or_default();
        if let Some(samples) = samples.get_mut(entrant) {
            samples.extend(occasional);
        }
        Ok(Vec::new())
    })?;
    bench.keep(series(
        [(name, what.to_owned())],
        Unit::Seconds,
        &KINDS,
        vec![samples],
    ));
    teams.into_iter().flatten().try_for_each(Process::finish)
}

/// Has all of them write for a spell; how long each call of each took.
fn contend(team: &mut [Process]) -> Outcome<Vec<Vec<f64>>> {
    for process in team.iter_mut() {
        let first = sample::fresh(MOST_CALLS);
        process.tell(&format!("{first} {}", SPELL.as_millis()))?;
    }
    let mut shares = Vec::new();
    for process in team {
        let figures = process.hear()?;
        let figures = figures.split_whitespace().map(|figure| Ok(figure.parse()?));
        shares.push(figures.collect::<Outcome<Vec<f64>>>()?);
    }
    Ok(shares)
}

#[allow(clippy::cast_precision_loss, reason = "a count of calls")]
fn count(calls: usize) -> f64 {
    calls as f64
}

fn extreme(figures: &[f64], of: impl Fn(f64, f64) -> f64) -> f64 {
    figures.iter().copied().reduce(of).unwrap_or(0.0)
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
