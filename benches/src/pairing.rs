//! Competitors take turns: in every round each does the same work once, so that what disturbs the machine
//! disturbs them all, and ratios are taken within a round.

use std::time::{Duration, Instant};

use crate::Outcome;

/// Samples by series, then by entrant, then by round.
pub type Samples = Vec<Vec<Vec<f64>>>;

/// How often everybody has a turn: fewer times than wished for when the time is up, but a few at least.
#[derive(Clone, Copy)]
pub struct Effort {
    pub rounds: usize,
    pub time: Duration,
}

/// What a median needs at least.
const FEWEST: usize = 5;

impl Effort {
    fn is_enough(self, rounds: usize, since: Instant) -> bool {
        rounds >= self.rounds || (rounds >= FEWEST && since.elapsed() > self.time)
    }
}

/// Has `entrants` competitors do the work of `measure` in turn, once unmeasured and then in earnest.
/// `measure` is told whose turn it is, and answers one figure for each of `series`.
pub fn in_turn(
    series: usize,
    entrants: usize,
    effort: Effort,
    mut measure: impl FnMut(usize) -> Outcome<Vec<f64>>,
) -> Outcome<Samples> {
    let mut samples = vec![vec![Vec::with_capacity(effort.rounds); entrants]; series];
    let began = Instant::now();
    let mut round = 0;
    while round == 0 || !effort.is_enough(round - 1, began) {
        for entrant in order(entrants, round) {
            let figures = measure(entrant)?;
            if round == 0 {
                continue;
            }
            for (series, figure) in samples.iter_mut().zip(figures) {
                if let Some(samples) = series.get_mut(entrant) {
                    samples.push(figure);
                }
            }
        }
        round += 1;
    }
    Ok(samples)
}

/// Everybody begins once, and comes after everybody else as often as before.
fn order(entrants: usize, round: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entrants).collect();
    if entrants > 0 {
        order.rotate_left(round / 2 % entrants);
    }
    if round % 2 == 1 {
        order.reverse();
    }
    order
}
