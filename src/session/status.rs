//! A session, who drives it, and what that does.

use serde::{Deserialize, Serialize};

use super::{ActivityReport, Owner, Session};

/// A session, who drives it, and what whoever drives it says that it does.
///
/// Serde writes it as an object with the fields `session`, `owner` and `activity`.
///
/// ```
/// use session_registry::{Activity, Liveness, ProjectPath, Report, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
/// assert_eq!(registry.status(id)?.owner, None);
///
/// let claim = registry.claim(id)?;
/// claim.report(Report::new(Activity::Working))?;
/// let status = registry.status(id)?;
/// assert_eq!(status.owner.unwrap().liveness, Liveness::Alive);
/// assert_eq!(status.activity.unwrap().activity, Activity::Working);
///
/// claim.abandon()?;
/// let status = registry.status(id)?;
/// assert_eq!(status.owner.unwrap().liveness, Liveness::Dead);
/// assert_eq!(status.activity, None, "who is dead does nothing");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionStatus {
    /// The session, open or closed.
    pub session: Session,
    /// Who claims it, dead or alive; `None` when nobody does.
    #[serde(default)]
    pub owner: Option<Owner>,
    /// What its owner reported last; `None` when it has reported nothing yet, or is proven dead.
    #[serde(default)]
    pub activity: Option<ActivityReport>,
}

impl SessionStatus {
    pub(crate) const fn new(
        session: Session,
        owner: Option<Owner>,
        activity: Option<ActivityReport>,
    ) -> Self {
        Self {
            session,
            owner,
            activity,
        }
    }
}
