//! What was measured.

use serde::Serialize;

use crate::competitors::Kind;
use crate::pairing::Samples;
use crate::stats::Spread;

/// What the figures of a series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// For one call, the clock of the wall divided by the number of calls.
    Seconds,
    Bytes,
    BytesPerSession,
    /// How many times as much.
    Times,
}

/// One kind of work, done by several competitors in turn.
#[derive(Clone, Debug)]
pub struct Series {
    pub name: String,
    /// What was done, in words.
    pub what: String,
    pub unit: Unit,
    pub entrants: Vec<Entrant>,
}

#[derive(Clone, Debug)]
pub struct Entrant {
    pub kind: Kind,
    /// One figure for each round.
    pub samples: Vec<f64>,
}

impl Series {
    pub fn entrant(&self, kind: Kind) -> Option<&Entrant> {
        self.entrants.iter().find(|entrant| entrant.kind == kind)
    }

    pub fn spread(&self, kind: Kind) -> Option<Spread> {
        Spread::of(&self.entrant(kind)?.samples)
    }

    /// How many times the figure of `below` that of `above` is.
    pub fn ratio(&self, above: Kind, below: Kind) -> Option<Spread> {
        let (above, below) = (self.entrant(above)?, self.entrant(below)?);
        Spread::of_ratios(&above.samples, &below.samples)
    }
}

/// One series for each name and text, of figures that were taken together.
pub fn series(
    names: impl IntoIterator<Item = (String, String)>,
    unit: Unit,
    kinds: &[Kind],
    samples: Samples,
) -> Vec<Series> {
    names
        .into_iter()
        .zip(samples)
        .map(|((name, what), samples)| Series {
            name,
            what,
            unit,
            entrants: kinds
                .iter()
                .zip(samples)
                .map(|(kind, samples)| Entrant {
                    kind: *kind,
                    samples,
                })
                .collect(),
        })
        .collect()
}
