//! Opening and closing, after a clean end and after a kill.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::{KINDS, MOST_JSON, grouped};
use crate::Outcome;
use crate::bench::Bench;
use crate::child::Process;
use crate::competitors::{Kind, Registry};
use crate::pairing::{Effort, in_turn};
use crate::place;
use crate::results::{Unit, series};
use crate::sample::{self, By};

pub fn run(bench: &mut Bench) -> Outcome {
    for size in bench.options.sizes() {
        let kinds: Vec<Kind> = KINDS
            .into_iter()
            .filter(|kind| *kind != Kind::Json || size <= MOST_JSON)
            .collect();
        let effort = bench.options.effort(if size > 10_000 { 7 } else { 24 });
        clean(bench, &kinds, size, effort)?;
        killed(bench, &kinds, size, effort)?;
    }
    beside(bench)
}

/// Those that another process may be writing to meanwhile.
const SHARED: [Kind; 3] = [Kind::Shared, Kind::Sqlite, Kind::Lmdb];

/// Beside a process that stands still in the middle of a change, and, in the same rounds, alone.
fn beside(bench: &mut Bench) -> Outcome {
    const SIZE: u64 = 10;
    let names = [
        ("alone", "alone"),
        (
            "beside-a-stopped-writer",
            "beside a process that is stopped in a write transaction",
        ),
    ]
    .map(|(name, how)| {
        let text = format!("open, look one session up, close, {how}; {SIZE} sessions");
        (format!("open-and-close/{name}/{SIZE}"), text)
    });
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let (mut places, mut holders) = (Vec::new(), Vec::new());
    for kind in SHARED {
        let alone = bench.place.filled_and_closed(kind, SIZE)?;
        let beside = bench.place.filled_and_closed(kind, SIZE)?;
        let mut holder = Process::start("hold", kind, &beside, "-")?;
        holder.hear()?;
        holders.push(holder);
        places.push((kind, [alone, beside]));
    }
    let effort = bench.options.effort(200);
    let samples = in_turn(2, places.len(), effort, |entrant| {
        let (kind, places) = places.get(entrant).ok_or("nobody's turn")?;
        let mut figures = Vec::new();
        for directory in places {
            let (open, close) = open_and_close(*kind, directory)?;
            figures.push(open + close);
        }
        Ok(figures)
    })?;
    bench.keep(series(names, Unit::Seconds, &SHARED, samples));
    holders.into_iter().try_for_each(Process::finish)
}

fn clean(bench: &mut Bench, kinds: &[Kind], size: u64, effort: Effort) -> Outcome {
    let all = grouped(size);
    let names = [
        (
            format!("open-and-close/clean/{size}"),
            format!("open, look one session up, close; {all} sessions"),
        ),
        (
            format!("open/clean/{size}"),
            format!("of that, opening and the first lookup; {all} sessions"),
        ),
        (
            format!("close/clean/{size}"),
            format!("of that, closing; {all} sessions"),
        ),
    ];
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let mut places = Vec::new();
    for kind in kinds {
        places.push((*kind, bench.place.filled_and_closed(*kind, size)?));
    }
    let samples = in_turn(3, kinds.len(), effort, |entrant| {
        let (kind, directory) = places.get(entrant).ok_or("nobody's turn")?;
        let (open, close) = open_and_close(*kind, directory)?;
        Ok(vec![open + close, open, close])
    })?;
    bench.keep(series(names, Unit::Seconds, kinds, samples));
    Ok(())
}

fn killed(bench: &mut Bench, kinds: &[Kind], size: u64, effort: Effort) -> Outcome {
    let name = format!("open/after-kill/{size}");
    if !bench.wants([name.as_str()]) {
        return Ok(());
    }
    let mut images = Vec::new();
    for kind in kinds {
        images.push((*kind, crash_image(bench, *kind, size)?));
    }
    let samples = in_turn(1, kinds.len(), effort, |entrant| {
        let (kind, image) = images.get(entrant).ok_or("nobody's turn")?;
        let directory = bench.place.fresh("recovered")?;
        place::copy(image, &directory)?;
        let (open, _) = open_and_close(*kind, &directory)?;
        Ok(vec![open])
    })?;
    let what = format!(
        "open what a killed process left, and look one session up; {} sessions",
        grouped(size)
    );
    bench.keep(series([(name, what)], Unit::Seconds, kinds, samples));
    Ok(())
}

/// The files as a process that is killed now would leave them: between two writes, never closed.
fn crash_image(bench: &Bench, kind: Kind, size: u64) -> Outcome<PathBuf> {
    let (directory, registry) = bench.place.filled(kind, size)?;
    for session in sample::sessions(sample::fresh(20), 20)? {
        registry.register(&session)?;
        registry.unregister(session.id())?;
    }
    let image = bench.place.fresh(&format!("image-{}", kind.word()))?;
    place::copy(&directory, &image)?;
    registry.close()?;
    Ok(image)
}

/// How long it took to open and answer, and to close.
fn open_and_close(kind: Kind, directory: &Path) -> Outcome<(f64, f64)> {
    let key = sample::key(7)?;
    let began = Instant::now();
    let registry: Box<dyn Registry> = kind.open(directory)?;
    let found = registry.find(By::Id, &key)?;
    let open = began.elapsed().as_secs_f64();
    let began = Instant::now();
    registry.close()?;
    let close = began.elapsed().as_secs_f64();
    if found {
        Ok((open, close))
    } else {
        Err("a session was lost".into())
    }
}
