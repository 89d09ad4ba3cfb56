//! The figures for programs.

use serde::Serialize;

use super::machine::Machine;
use super::reach::Reached;
use crate::Outcome;
use crate::bench::Bench;
use crate::competitors::Kind;
use crate::results::{Series, Unit};
use crate::stats::Spread;

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    form: &'static str,
    machine: &'a Machine,
    series: Vec<SeriesOut<'a>>,
    reached: &'a [Reached],
}

#[derive(Serialize)]
struct SeriesOut<'a> {
    name: &'a str,
    what: &'a str,
    unit: Unit,
    entrants: Vec<EntrantOut>,
    ratios: Vec<RatioOut>,
}

#[derive(Serialize)]
struct EntrantOut {
    kind: Kind,
    rounds: usize,
    #[serde(flatten)]
    spread: Spread,
}

/// The figure of `above` divided by that of `below`, round by round.
#[derive(Serialize)]
struct RatioOut {
    above: Kind,
    below: Kind,
    #[serde(flatten)]
    spread: Spread,
}

pub fn document(bench: &Bench, machine: &Machine, reached: &[Reached]) -> Outcome<String> {
    let document = Document {
        version: env!("CARGO_PKG_VERSION"),
        form: bench.options.form(),
        machine,
        series: bench.results.iter().map(series).collect(),
        reached,
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn series(series: &Series) -> SeriesOut<'_> {
    let entrants = series.entrants.iter().filter_map(|entrant| {
        Some(EntrantOut {
            kind: entrant.kind,
            rounds: entrant.samples.len(),
            spread: Spread::of(&entrant.samples)?,
        })
    });
    let mut ratios = Vec::new();
    for above in Kind::OURS {
        for below in series.entrants.iter().map(|entrant| entrant.kind) {
            let ratio = series.ratio(above, below).filter(|_| above != below);
            ratios.extend(ratio.map(|spread| RatioOut {
                above,
                below,
                spread,
            }));
        }
    }
    SeriesOut {
        name: &series.name,
        what: &series.what,
        unit: series.unit,
        entrants: entrants.collect(),
        ratios,
    }
}
