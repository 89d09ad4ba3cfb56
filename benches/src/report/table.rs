//! One series as a table.

use crate::competitors::Kind;
use crate::results::{Series, Unit};
use crate::stats::Spread;

pub fn print(series: &Series) {
    println!("\n{}   ({})", series.what, series.name);
    let figures = match series.unit {
        Unit::Seconds => ["median", "quartiles", "p99", "max", "mean", "per second"],
        Unit::Bytes | Unit::BytesPerSession | Unit::Times => {
            ["median", "quartiles", "p99", "max", "mean", ""]
        }
    };
    let [median, quartiles, p99, max, mean, rate] = figures;
    let ours: Vec<Kind> = Kind::OURS
        .into_iter()
        .filter(|kind| series.entrant(*kind).is_some())
        .collect();
    print!(
        "  {:<28}{median:>12}{quartiles:>24}{p99:>12}{max:>12}{mean:>12}{rate:>13}",
        ""
    );
    for kind in &ours {
        print!("{:>27}", format!("{} is times this", kind.word()));
    }
    println!();
    for entrant in &series.entrants {
        let Some(spread) = series.spread(entrant.kind) else {
            continue;
        };
        print!(
            "  {:<28}{:>12}{:>24}{:>12}{:>12}{:>12}{:>13}",
            entrant.kind.label(),
            figure(series.unit, spread.median),
            between(spread, |value| figure(series.unit, value)),
            figure(series.unit, spread.p99),
            figure(series.unit, spread.max),
            figure(series.unit, spread.mean),
            rate_of(series.unit, spread.median),
        );
        for kind in &ours {
            print!("{:>27}", against(series, *kind, entrant.kind));
        }
        println!();
    }
}

fn against(series: &Series, ours: Kind, theirs: Kind) -> String {
    let Some(ratio) = series.ratio(ours, theirs).filter(|_| ours != theirs) else {
        return "-".to_owned();
    };
    let number = |value| times(value);
    format!("{}  ({})", number(ratio.median), between(ratio, number))
}

fn between(spread: Spread, show: impl Fn(f64) -> String) -> String {
    format!("{} .. {}", show(spread.low), show(spread.high))
}

fn rate_of(unit: Unit, median: f64) -> String {
    match unit {
        Unit::Seconds if median > 0.0 => significant(1.0 / median),
        _ => String::new(),
    }
}

/// A ratio.
pub fn times(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else {
        significant(value)
    }
}

/// A figure and its unit.
pub fn figure(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Seconds => seconds(value),
        Unit::Bytes => bytes(value),
        Unit::BytesPerSession => format!("{} B", significant(value)),
        Unit::Times => times(value),
    }
}

pub fn seconds(value: f64) -> String {
    let (scaled, unit) = match value {
        v if v >= 1.0 => (v, "s"),
        v if v >= 1e-3 => (v * 1e3, "ms"),
        v if v >= 1e-6 => (v * 1e6, "µs"),
        v => (v * 1e9, "ns"),
    };
    format!("{} {unit}", significant(scaled))
}

pub fn bytes(value: f64) -> String {
    let (scaled, unit) = match value {
        v if v >= f64::from(1 << 30) => (v / f64::from(1 << 30), "GiB"),
        v if v >= f64::from(1 << 20) => (v / f64::from(1 << 20), "MiB"),
        v if v >= 1024.0 => (v / 1024.0, "KiB"),
        v => (v, "B"),
    };
    format!("{} {unit}", significant(scaled))
}

/// About three digits, and commas in large numbers.
pub fn significant(value: f64) -> String {
    if value >= 1000.0 {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive number, rounded"
        )]
        return crate::cases::grouped(value.round() as u64);
    }
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// What was reached of what the project set itself to reach.
pub fn print_reached(reached: &[super::reach::Reached]) {
    println!("\nWhat was to be reached (* must be), as far as this run measured it");
    for goal in reached {
        let met = if goal.met { "met   " } else { "MISSED" };
        println!("  {met}  {:<72} {}", goal.goal, goal.shown);
    }
}
