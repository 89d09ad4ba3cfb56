//! Work on all sessions at once: verifying, rebuilding, importing, pruning, and how long others wait meanwhile.

use std::time::Instant;

use super::grouped;
use crate::Outcome;
use crate::bench::Bench;
use crate::child::Process;
use crate::competitors::{Kind, Registry};
use crate::pairing::in_turn;
use crate::results::{Entrant, Series, Unit, series};

pub fn run(bench: &mut Bench) -> Outcome {
    for size in bench.options.sizes() {
        if size < 1_000 {
            continue;
        }
        searched(bench, size)?;
        verified(bench, size)?;
        moved(bench, size)?;
        pruned(bench, size)?;
    }
    Ok(())
}

/// A page that a filter leaves empty.
fn searched(bench: &mut Bench, size: u64) -> Outcome {
    const KINDS: [Kind; 3] = [Kind::Shared, Kind::Exclusive, Kind::Sqlite];
    let name = format!("page/no-match/{size}");
    if !bench.wants([name.as_str()]) {
        return Ok(());
    }
    let what = format!(
        "look for a name that none of {} sessions has",
        grouped(size)
    );
    let mut open = Vec::new();
    for kind in KINDS {
        open.push(bench.place.filled(kind, size)?.1);
    }
    let samples = in_turn(1, open.len(), bench.options.effort(12), |entrant| {
        let registry = open.get(entrant).ok_or("nobody's turn")?;
        let began = Instant::now();
        if registry.page_of_none()? > 0 {
            return Err("somebody has it".into());
        }
        Ok(vec![began.elapsed().as_secs_f64()])
    })?;
    bench.keep(series([(name, what)], Unit::Seconds, &KINDS, samples));
    open.into_iter().try_for_each(Registry::close)
}

/// Beside SQLite's `integrity_check`, which looks at pages and indexes, but at no rule.
fn verified(bench: &mut Bench, size: u64) -> Outcome {
    const KINDS: [Kind; 3] = [Kind::Shared, Kind::Exclusive, Kind::Sqlite];
    let all = grouped(size);
    let verify = (
        format!("verify/{size}"),
        format!("verify all there is; {all} sessions"),
    );
    let rebuild = (
        format!("rebuild/sound/{size}"),
        format!("rebuild indexes of which none is wrong; {all} sessions"),
    );
    if !bench.wants([verify.0.as_str(), rebuild.0.as_str()]) {
        return Ok(());
    }
    let mut open = Vec::new();
    for kind in KINDS {
        open.push(bench.place.filled(kind, size)?.1);
    }
    let effort = bench.options.effort(5);
    let samples = in_turn(2, open.len(), effort, |entrant| {
        let registry = open.get(entrant).ok_or("nobody's turn")?;
        let began = Instant::now();
        registry.verify()?;
        let verified = began.elapsed().as_secs_f64();
        let began = Instant::now();
        registry.rebuild()?;
        Ok(vec![verified, began.elapsed().as_secs_f64()])
    })?;
    let mut measured = series([verify, rebuild], Unit::Seconds, &KINDS, samples);
    if let Some(rebuilt) = measured.last_mut() {
        rebuilt
            .entrants
            .retain(|entrant| entrant.kind != Kind::Sqlite);
    }
    bench.keep(measured);
    open.into_iter().try_for_each(Registry::close)
}

/// One transaction that brings all of them, in a process of its own, and the memory that it adds.
fn moved(bench: &mut Bench, size: u64) -> Outcome {
    const KINDS: [Kind; 2] = [Kind::Shared, Kind::Sqlite];
    let all = grouped(size);
    let time = (
        format!("import/{size}"),
        format!("import {all} sessions in one transaction, for each"),
    );
    let memory = (
        format!("import-memory/{size}"),
        format!("memory of its own that a process adds at most while it imports {all} sessions"),
    );
    if !bench.wants([time.0.as_str(), memory.0.as_str()]) {
        return Ok(());
    }
    let effort = bench.options.effort(if size > 100_000 { 1 } else { 5 });
    let mut samples = in_turn(2, KINDS.len(), effort, |entrant| {
        let kind = KINDS.get(entrant).ok_or("nobody's turn")?;
        let directory = bench.place.fresh(&format!("import-{}", kind.word()))?;
        let mut process = Process::start("import", *kind, &directory, &size.to_string())?;
        let figures = figures(&process.hear()?)?;
        process.finish()?;
        std::fs::remove_dir_all(directory)?;
        Ok(figures)
    })?
    .into_iter();
    let mut of = |name, unit| series([name], unit, &KINDS, samples.next().into_iter().collect());
    let mut measured = of(time, Unit::Seconds);
    measured.extend(of(memory, Unit::Bytes));
    bench.keep(measured);
    Ok(())
}

/// Removing all of them, closed, while another process renames one session again and again.
fn pruned(bench: &mut Bench, size: u64) -> Outcome {
    let all = grouped(size);
    let names = [
        (
            format!("prune/{size}"),
            format!("prune {all} closed sessions, for each"),
        ),
        (
            format!("rename-beside-prune/{size}"),
            format!("each rename of another process, while {all} sessions are pruned"),
        ),
        (
            format!("open-beside-prune/{size}"),
            format!("each opening, lookup and closing of it, while {all} sessions are pruned"),
        ),
        (
            format!("prune-memory/{size}"),
            format!("memory of its own that a process adds at most while it prunes {all}"),
        ),
    ];
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let directory = bench.place.fresh("prune")?;
    let mut process = Process::start("prune", Kind::Shared, &directory, &size.to_string())?;
    process.hear()?;
    let mut peer = Process::start("beside", Kind::Shared, &directory, "-")?;
    peer.hear()?;
    peer.tell("begin")?;
    process.tell("begin")?;
    let own = figures(&process.hear()?)?;
    peer.tell("end")?;
    let (renames, openings) = (figures(&peer.hear()?)?, figures(&peer.hear()?)?);
    process.finish()?;
    peer.finish()?;
    let [time, memory] = own[..] else {
        return Err("a child said something else".into());
    };
    let units = [Unit::Seconds, Unit::Seconds, Unit::Seconds, Unit::Bytes];
    let samples = [vec![time], renames, openings, vec![memory]];
    let measured = names.into_iter().zip(units).zip(samples);
    let measured = measured.map(|(((name, what), unit), samples)| Series {
        name,
        what,
        unit,
        entrants: vec![Entrant {
            kind: Kind::Shared,
            samples,
        }],
    });
    bench.keep(measured.collect());
    Ok(std::fs::remove_dir_all(directory)?)
}

fn figures(line: &str) -> Outcome<Vec<f64>> {
    let figures = line.split_whitespace().map(|figure| Ok(figure.parse()?));
    figures.collect()
}
