//! The pictures.

use super::machine::Machine;
use super::svg::{Bar, Chart, Group, Scale};
use super::table::{figure, significant};
use crate::bench::Bench;
use crate::cases::grouped;
use crate::competitors::Kind;
use crate::results::{Series, Unit};

const COMMAND: &str = "cargo bench -p session-registry-benches";
const SIZES: [u64; 4] = [10, 1_000, 100_000, 1_000_000];

/// Every picture for which there are figures: file name and SVG.
pub fn draw(bench: &Bench, machine: &Machine) -> Vec<(&'static str, String)> {
    let results = &bench.results;
    let more = if bench.options.million {
        " -- --million"
    } else {
        ""
    };
    let Machine {
        cores, processor, ..
    } = machine;
    let source = format!("Medians. {cores} cores, {processor}. {COMMAND}{more}");
    let chart = |title: &str, note: &str, scale, groups| Chart {
        title: title.to_owned(),
        notes: vec![note.to_owned(), source.clone()],
        scale,
        groups,
    };
    let charts = [
        (
            "register.svg",
            chart(
                "Sessions registered per second, each one durable",
                "10 other sessions open. Longer is better.",
                Scale::Linear,
                registering(results),
            ),
        ),
        (
            "lookup.svg",
            chart(
                "Looking up one session by id",
                "Each in a call of its own, decoded into an owned value. Shorter is better.",
                Scale::Linear,
                by_size(results, "lookup-id-hit/call", "sessions"),
            ),
        ),
        (
            "fresh.svg",
            chart(
                "Looking up one session by id after a change",
                "Ten calls after each change, so that no answer is kept from before. Shorter is better.",
                Scale::Linear,
                by_size(results, "lookup-id-hit/fresh", "sessions"),
            ),
        ),
        (
            "snapshot.svg",
            chart(
                "Looking up one session by id inside a snapshot",
                "In one open view, decoded into an owned value. Shorter is better.",
                Scale::Linear,
                by_size(results, "lookup-id-hit/snapshot", "sessions"),
            ),
        ),
        (
            "page.svg",
            chart(
                "Reading the 50 oldest sessions",
                "Decoded into owned values. Shorter is better.",
                Scale::Linear,
                by_size(results, "page", "sessions"),
            ),
        ),
        (
            "open.svg",
            chart(
                "Opening, one lookup, closing",
                "After a clean end. Shorter is better; the scale is logarithmic.",
                Scale::Logarithmic,
                by_size(results, "open-and-close/clean", "sessions"),
            ),
        ),
        (
            "recover.svg",
            chart(
                "Opening what a killed process left",
                "With one lookup. Shorter is better; the scale is logarithmic.",
                Scale::Logarithmic,
                by_size(results, "open/after-kill", "sessions"),
            ),
        ),
        (
            "memory.svg",
            chart(
                "Memory that serving lookups adds to a process",
                "Its own; pages of mapped files (LMDB) not counted. Shorter is better; logarithmic.",
                Scale::Logarithmic,
                by_size(results, "memory/own", "sessions"),
            ),
        ),
        (
            "file.svg",
            chart(
                "Bytes in the file for each session, compacted",
                "LMDB cannot compact in place. Shorter is better; the scale is logarithmic.",
                Scale::Logarithmic,
                by_size(results, "file/compacted", "sessions"),
            ),
        ),
    ];
    charts
        .into_iter()
        .filter(|(_, chart)| !chart.groups.is_empty())
        .map(|(name, chart)| (name, chart.draw()))
        .collect()
}

fn registering(results: &[Series]) -> Vec<Group> {
    [
        ("1-thread", "1 thread"),
        ("4-threads", "4 threads on one handle"),
        ("16-threads", "16 threads on one handle"),
        ("64-threads", "64 threads on one handle"),
        ("4-processes", "4 processes on one file"),
    ]
    .into_iter()
    .filter_map(|(who, heading)| {
        let name = format!("register/{who}/10");
        let series = results.iter().find(|series| series.name == name)?;
        Some(group(heading.to_owned(), series, |seconds| {
            (1.0 / seconds, format!("{} /s", significant(1.0 / seconds)))
        }))
    })
    .collect()
}

fn by_size(results: &[Series], work: &str, what: &str) -> Vec<Group> {
    SIZES
        .into_iter()
        .filter_map(|size| {
            let name = format!("{work}/{size}");
            let series = results.iter().find(|series| series.name == name)?;
            let heading = format!("{} {what}", grouped(size));
            let unit: Unit = series.unit;
            Some(group(heading, series, |value| (value, figure(unit, value))))
        })
        .collect()
}

fn group(heading: String, series: &Series, value: impl Fn(f64) -> (f64, String)) -> Group {
    let bars = series.entrants.iter().filter_map(|entrant| {
        let (value, shown) = value(series.spread(entrant.kind)?.median);
        Some(Bar {
            label: entrant.kind.label(),
            color: color(entrant.kind),
            value,
            shown,
        })
    });
    Group {
        heading,
        bars: bars.collect(),
    }
}

/// Colours that people who see few colours can tell apart, and floors in grey.
fn color(kind: Kind) -> &'static str {
    match kind {
        Kind::Shared => "#0072b2",
        Kind::Exclusive => "#56b4e9",
        Kind::Sqlite => "#e69f00",
        Kind::Lmdb => "#009e73",
        Kind::Json => "#cc79a7",
        Kind::OneSync | Kind::TwoSyncs | Kind::HashMap => "#afb8c1",
    }
}
