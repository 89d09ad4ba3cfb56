//! How large the files are: as filled, after compaction, and after long use.

use std::path::Path;

use super::{KINDS, MOST_JSON, grouped};
use crate::Outcome;
use crate::bench::Bench;
use crate::competitors::{Kind, Registry};
use crate::place;
use crate::results::{Unit, series};
use crate::sample;

pub fn run(bench: &mut Bench) -> Outcome {
    for size in bench.options.sizes() {
        filled(bench, size)?;
    }
    churned(bench)
}

fn filled(bench: &mut Bench, size: u64) -> Outcome {
    let sessions = grouped(size);
    let names = [
        ("open", "file while open, as filled"),
        ("closed", "file after closing, as filled"),
        (
            "compacted",
            "file after compaction (LMDB has none in place) and closing",
        ),
    ]
    .map(|(state, what)| {
        let text = format!("{what}, for each of {sessions} sessions");
        (format!("file/{state}/{size}"), text)
    });
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let kinds = kinds_for(size);
    let mut samples = vec![Vec::new(); 3];
    for kind in &kinds {
        let figures = sizes_of(bench, *kind, size)?;
        for (samples, bytes) in samples.iter_mut().zip(figures) {
            samples.push(vec![per_session(bytes, size)]);
        }
    }
    bench.keep(series(names, Unit::BytesPerSession, &kinds, samples));
    Ok(())
}

/// Open, closed, compacted and closed.
fn sizes_of(bench: &Bench, kind: Kind, size: u64) -> Outcome<[u64; 3]> {
    let (directory, registry) = bench.place.filled(kind, size)?;
    let open = place::bytes(&directory)?;
    registry.close()?;
    let closed = place::bytes(&directory)?;
    // What is kept for the next run stays as it was filled.
    let compacted = bench.place.fresh("compacted")?;
    place::copy(&directory, &compacted)?;
    let registry = kind.open(&compacted)?;
    registry.compact()?;
    registry.close()?;
    Ok([open, closed, place::bytes(&compacted)?])
}

/// 10 sessions, of which the oldest is replaced by a new one again and again.
fn churned(bench: &mut Bench) -> Outcome {
    let cycles = if bench.options.quick { 100 } else { 5_000 };
    let names = [("open", "while open"), ("closed", "after closing")].map(|(state, when)| {
        let text = format!(
            "file of 10 sessions {when}, after {} replacements",
            grouped(cycles)
        );
        (format!("file/churned-{state}/10"), text)
    });
    if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
        return Ok(());
    }
    let mut samples = vec![Vec::new(); 2];
    for kind in KINDS {
        let directory = bench.place.fresh("churned")?;
        let registry = kind.open(&directory)?;
        churn(registry.as_ref(), cycles)?;
        let open = place::bytes(&directory)?;
        registry.close()?;
        let closed = place::bytes(&directory)?;
        for (samples, bytes) in samples.iter_mut().zip([open, closed]) {
            samples.push(vec![per_session(bytes, 1)]);
        }
    }
    bench.keep(series(names, Unit::Bytes, &KINDS, samples));
    remove(&bench.place.fresh("churned")?)
}

fn churn(registry: &dyn Registry, cycles: u64) -> Outcome {
    registry.fill(0..10)?;
    for number in 0..cycles {
        registry.unregister(sample::key(number)?.id)?;
        registry.register(&sample::session(number + 10)?)?;
    }
    Ok(())
}

fn remove(directory: &Path) -> Outcome {
    Ok(std::fs::remove_dir_all(directory)?)
}

fn kinds_for(size: u64) -> Vec<Kind> {
    let possible = |kind: &Kind| *kind != Kind::Json || size <= MOST_JSON;
    KINDS.into_iter().filter(possible).collect()
}

#[allow(clippy::cast_precision_loss, reason = "bytes of files")]
fn per_session(bytes: u64, size: u64) -> f64 {
    bytes as f64 / size as f64
}
