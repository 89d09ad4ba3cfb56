//! The figures: on the screen, as JSON, as pictures, and against what was to be reached.

mod charts;
mod json;
mod machine;
mod reach;
mod svg;
pub mod table;

use std::fs;
use std::path::Path;

use crate::Outcome;
use crate::bench::Bench;

/// Where `--save` puts results that are committed.
const SAVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results");

/// Ends a run: writes everything down.
pub fn write(bench: &Bench) -> Outcome {
    if bench.results.is_empty() {
        return Ok(());
    }
    let machine = machine::Machine::look();
    let reached = reach::reached(&bench.results);
    table::print_reached(&reached);
    let json = json::document(bench, &machine, &reached)?;
    put(bench, "compare.json", &json)?;
    for (name, svg) in charts::draw(bench, &machine) {
        put(bench, name, &svg)?;
    }
    println!("results are in {}", bench.place.out.display());
    Ok(())
}

fn put(bench: &Bench, name: &str, text: &str) -> Outcome {
    fs::write(bench.place.out.join(name), text)?;
    if bench.options.save {
        fs::create_dir_all(SAVED)?;
        fs::write(Path::new(SAVED).join(name), text)?;
    }
    Ok(())
}
