//! The rules once more, on maps, by code that knows neither tables nor transactions nor locks of files:
//! what a registry holds, who proves to be alive, and what every call makes of both.

pub(crate) mod batch;
pub(crate) mod calls;
pub(crate) mod claims;
pub(crate) mod content;
mod owners;
mod room;
pub(crate) mod row;

use session_registry::{Liveness, SessionId, Timestamp};

use self::content::Content;
use self::owners::Owners;
use super::refusal::Refusal;

/// What a call answers, or the rule that refuses it.
pub(crate) type Checked<T> = Result<T, Refusal>;

/// A registry, the handles that are open on it, by number, and what their clock shows.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) content: Content,
    pub(crate) owners: Owners,
    pub(crate) now: Timestamp,
    /// Whether dead owners' sessions make room for new ones.
    reaps: bool,
}

impl Model {
    pub(crate) fn empty(now: Timestamp) -> Self {
        Self {
            content: Content::empty(),
            owners: Owners::default(),
            now,
            reaps: true,
        }
    }

    /// Whether the owner of a session lives, as `viewer` sees it.
    pub(crate) fn verdict(&self, viewer: usize, id: SessionId) -> Option<Liveness> {
        let epoch = *self.content.claims.get(&id)?;
        Some(if self.owners.is_alive(viewer, id, epoch) {
            Liveness::Alive
        } else {
            Liveness::Dead
        })
    }

    pub(crate) fn is_dead(&self, viewer: usize, id: SessionId) -> bool {
        self.verdict(viewer, id) == Some(Liveness::Dead)
    }

    /// Whether a claim that was made still holds.
    pub(crate) fn holds(&self, id: SessionId, epoch: u64) -> bool {
        self.content.claims.get(&id) == Some(&epoch)
    }
}
