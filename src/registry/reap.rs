//! Whose sessions make room for new ones.

use std::sync::Arc;

use crate::session::{Liveness, SessionId, choices};
use crate::store::{ClaimRow, Owners};

/// Whether sessions of dead owners make room for new ones. Printed, read and written by serde as
/// `on_pressure` or `never`.
///
/// ```
/// use session_registry::{ProjectPath, Reap, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::options().reap(Reap::Never).max_sessions(1).in_memory()?;
/// let old = registry.register(registry.session(ProjectPath::new("/work/old")?).build())?;
/// registry.claim(old.id())?.abandon()?;
/// let refused = registry.register(registry.session(ProjectPath::new("/work/new")?).build());
/// assert_eq!(refused.unwrap_err().code(), "session_limit_reached");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reap {
    /// When a session is registered or reopened, and the limit or its project path is in the way: open
    /// sessions whose owner is proven dead are closed, as few as needed. The dead holder of the path goes
    /// first, then the least recently active. Sessions that nobody claimed, or whose owner may be alive,
    /// stay; none is removed.
    #[default]
    OnPressure,
    /// Never.
    Never,
}

choices! { Reap, "a rule to reap":
    OnPressure => "on_pressure",
    Never => "never",
}

/// Who may be reaped.
pub(super) struct Reaper {
    pub(super) owners: Arc<Owners>,
    pub(super) reap: Reap,
}

impl Reaper {
    /// Whether a claim is of a dead owner whose session may be closed.
    pub(super) fn is_dead(&self, id: SessionId, claim: &ClaimRow) -> bool {
        self.reap == Reap::OnPressure && self.owners.liveness(id, claim) == Liveness::Dead
    }
}
