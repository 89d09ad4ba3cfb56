//! What a look at the file tells without a transaction.

use crate::error::Result;
use crate::store::engine::{Engine, Stamp};
use crate::store::wait::Wait;

/// Which state the file was in; unknown where that could not be told.
#[derive(Clone, Debug)]
pub(crate) struct Glance(Option<Stamp>);

impl Glance {
    pub(in crate::store) fn at(engine: &Engine, action: &'static str, wait: Wait) -> Result<Self> {
        let stamp = engine.with_open(action, wait, |held| Ok(engine.stamp(held)))?;
        Ok(Self(stamp))
    }

    /// Whether there may be another commit to be seen than at an earlier glance, going by what names it.
    pub(crate) fn shows_another(&self, earlier: &Self) -> bool {
        match (&self.0, &earlier.0) {
            (Some(now), Some(earlier)) => !now.shows_same(earlier),
            _ => true,
        }
    }

    /// Whether anything at all is different from an earlier glance.
    pub(crate) fn differs(&self, earlier: &Self) -> bool {
        self.0.is_none() || self.0 != earlier.0
    }
}
