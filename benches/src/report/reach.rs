//! What this run reached of what the project set itself to reach.

use serde::Serialize;

use super::goals::{FIGURES, GROWTH, RATIOS, Ratio};
use super::table::{figure, times};
use crate::competitors::Kind::{self, Lmdb};
use crate::results::{Series, Unit};

/// One goal; a goal that this run measured nothing for is left out.
#[derive(Debug, Serialize)]
pub struct Reached {
    goal: String,
    /// The bound, as a number of times or in the unit of the series.
    bound: f64,
    reached: f64,
    shown: String,
    met: bool,
}

pub fn reached(results: &[Series]) -> Vec<Reached> {
    let mut reached: Vec<Reached> = RATIOS
        .iter()
        .filter_map(|goal| of_ratio(results, goal))
        .collect();
    reached.extend(in_snapshots(results));
    for kind in Kind::OURS {
        for (goal, name, bound) in FIGURES {
            reached.extend(of_figure(results, goal, name, kind, bound));
        }
        for growth in GROWTH {
            reached.extend(of_growth(results, growth, kind));
        }
    }
    reached
}

fn find<'a>(results: &'a [Series], name: &str) -> Option<&'a Series> {
    results.iter().find(|series| series.name == name)
}

fn of_ratio(results: &[Series], goal: &Ratio) -> Option<Reached> {
    let found = find(results, goal.series)?.ratio(goal.above, goal.below)?;
    Some(Reached {
        goal: format!("{} ({}, {})", goal.goal, goal.above.word(), goal.series),
        bound: goal.bound,
        reached: found.median,
        shown: format!(
            "{} ({} .. {}), bound {}",
            times(found.median),
            times(found.low),
            times(found.high),
            times(goal.bound)
        ),
        met: found.median <= goal.bound,
    })
}

/// Any lookup inside a snapshot: at least as fast as LMDB.
fn in_snapshots(results: &[Series]) -> Vec<Reached> {
    let within = |series: &&Series| series.name.contains("/snapshot/");
    let mut reached = Vec::new();
    for series in results.iter().filter(within) {
        for above in Kind::OURS {
            let found = series.ratio(above, Lmdb).map(|found| Reached {
                goal: format!(
                    "in a snapshot: LMDB's time ({}, {})",
                    above.word(),
                    series.name
                ),
                bound: 1.0,
                reached: found.median,
                shown: format!(
                    "{} ({} .. {})",
                    times(found.median),
                    times(found.low),
                    times(found.high)
                ),
                met: found.median <= 1.0,
            });
            reached.extend(found);
        }
    }
    reached
}

fn of_figure(
    results: &[Series],
    goal: &str,
    name: &str,
    kind: Kind,
    bound: f64,
) -> Option<Reached> {
    let series = find(results, name)?;
    let found = series.spread(kind)?.median;
    let show = |value| figure(series.unit, value);
    Some(Reached {
        goal: format!("{goal} ({}, {name})", kind.word()),
        bound,
        reached: found,
        shown: format!("{}, bound {}", show(found), show(bound)),
        met: found < bound,
    })
}

fn of_growth(
    results: &[Series],
    (goal, name, large, small, bound): (&str, &str, &str, &str, f64),
    kind: Kind,
) -> Option<Reached> {
    let median = |size| {
        Some(
            find(results, &format!("{name}/{size}"))?
                .spread(kind)?
                .median,
        )
    };
    let (large_figure, small_figure) = (median(large)?, median(small)?);
    let found = large_figure / small_figure;
    Some(Reached {
        goal: format!("{goal} among {large} against {small} ({})", kind.word()),
        bound,
        reached: found,
        shown: format!(
            "{} times ({} against {}), bound {}",
            times(found),
            figure(Unit::Seconds, large_figure),
            figure(Unit::Seconds, small_figure),
            times(bound)
        ),
        met: found <= bound,
    })
}

pub fn print(reached: &[Reached]) {
    println!("\nWhat was to be reached (* must be), as far as this run measured it");
    for goal in reached {
        let met = if goal.met { "met   " } else { "MISSED" };
        println!("  {met}  {:<72} {}", goal.goal, goal.shown);
    }
}
