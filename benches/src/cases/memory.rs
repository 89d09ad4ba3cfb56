//! Memory of a process that answers lookups.

use super::{KINDS, MOST_JSON, grouped};
use crate::Outcome;
use crate::bench::Bench;
use crate::child::Process;
use crate::competitors::Kind;
use crate::pairing::in_turn;
use crate::results::{Unit, series};

#[allow(clippy::cast_precision_loss, reason = "bytes of memory")]
pub fn run(bench: &mut Bench) -> Outcome {
    for size in bench.options.sizes() {
        let served = "while answering 30,000 lookups";
        let sessions = grouped(size);
        let names = [
            (
                format!("memory/own/{size}"),
                format!("memory of its own that a process adds {served}; {sessions} sessions"),
            ),
            (
                format!("memory/resident/{size}"),
                format!("the same with the pages of files that it maps; {sessions} sessions"),
            ),
        ];
        if !bench.wants(names.iter().map(|(name, _)| name.as_str())) {
            continue;
        }
        let kinds: Vec<Kind> = KINDS
            .into_iter()
            .filter(|kind| *kind != Kind::Json || size <= MOST_JSON)
            .collect();
        let mut places = Vec::new();
        for kind in &kinds {
            places.push((*kind, bench.place.filled_and_closed(*kind, size)?));
        }
        let effort = bench.options.effort(3);
        let samples = in_turn(2, kinds.len(), effort, |entrant| {
            let (kind, directory) = places.get(entrant).ok_or("nobody's turn")?;
            let mut process = Process::start("serve", *kind, directory, &size.to_string())?;
            let said = process.hear()?;
            process.finish()?;
            let figures = said
                .split(' ')
                .map(|bytes| Ok(bytes.parse::<u64>()? as f64));
            figures.collect::<Outcome<Vec<f64>>>()
        })?;
        bench.keep(series(names, Unit::Bytes, &kinds, samples));
    }
    Ok(())
}
