//! Which sessions a transaction changes, so that what is known of the others outlives it.

use std::collections::HashSet;

use super::happening::Happening;
use crate::session::SessionId;

/// How many are told apart. Of more it is said that all of them may have been changed.
const MOST: usize = 256;

/// What a transaction has changed, and will have if it is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) enum Touched {
    /// Of all sessions only these, and anything that is none.
    Sessions(HashSet<SessionId>),
    All,
}

impl Touched {
    pub(in crate::store) fn none() -> Self {
        Self::Sessions(HashSet::new())
    }

    pub(super) fn add(&mut self, happening: Happening) {
        match (happening, &mut *self) {
            (Happening::To(id, ..), Self::Sessions(ids)) => {
                ids.insert(id);
                if ids.len() > MOST {
                    *self = Self::All;
                }
            }
            (
                Happening::LimitSet
                | Happening::DefaultSet(_)
                | Happening::EpochRaised
                | Happening::LineMoved,
                _,
            )
            | (_, Self::All) => {}
            (Happening::Cleared | Happening::Everything | Happening::Mended, _) => {
                *self = Self::All
            }
        }
    }
}
