//! Medians, how far the samples spread around them, and how bad the worst were.

use serde::Serialize;

/// A median and its quartiles, the mean, and what is worse than nearly all.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Spread {
    pub median: f64,
    pub low: f64,
    pub high: f64,
    pub mean: f64,
    pub p99: f64,
    pub max: f64,
}

impl Spread {
    /// `None` without samples.
    pub fn of(samples: &[f64]) -> Option<Self> {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        Some(Self {
            median: quantile(&sorted, 0.5)?,
            low: quantile(&sorted, 0.25)?,
            high: quantile(&sorted, 0.75)?,
            mean: mean(&sorted),
            p99: quantile(&sorted, 0.99)?,
            max: *sorted.last()?,
        })
    }

    /// The spread of the ratios of samples that were taken in the same round.
    pub fn of_ratios(above: &[f64], below: &[f64]) -> Option<Self> {
        let ratios: Vec<f64> = above
            .iter()
            .zip(below)
            .filter(|(_, below)| **below > 0.0)
            .map(|(above, below)| above / below)
            .collect();
        Self::of(&ratios)
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of samples are small")]
fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len() as f64
}

/// Between two samples, as far as `part` lies between them.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "positions in a list of samples"
)]
fn quantile(sorted: &[f64], part: f64) -> Option<f64> {
    let position = part * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(position.floor() as usize)?;
    let above = *sorted.get(position.ceil() as usize)?;
    Some(below + (above - below) * position.fract())
}
