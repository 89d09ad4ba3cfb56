//! What an owner does just now.

use serde::{Deserialize, Serialize};

use super::{Timestamp, choices};

/// What whoever drives a session does just now, as it says itself. Printed, read and written by serde as
/// `working`, `waiting`, `idle` or `failed`.
///
/// ```
/// use session_registry::Activity;
///
/// assert_eq!("waiting".parse(), Ok(Activity::Waiting));
/// assert_eq!(Activity::Failed.to_string(), "failed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Activity {
    /// It works, and needs nobody.
    Working,
    /// It cannot go on before somebody answers or allows something.
    Waiting,
    /// It has nothing to do.
    Idle,
    /// It gave up, and says in the note why.
    Failed,
}

choices! { Activity, "an activity":
    Working => "working",
    Waiting => "waiting",
    Idle => "idle",
    Failed => "failed",
}

/// What an owner [reported](crate::SessionRegistry::report) last.
///
/// Serde writes it as an object with the fields `activity`, `note` and `since`.
///
/// ```
/// use session_registry::{Activity, ProjectPath, Report, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
/// let claim = registry.claim(id)?;
/// claim.report(Report::new(Activity::Working).note("reads the code"))?;
/// let began = registry.status(id)?.activity.unwrap();
/// claim.report(Report::new(Activity::Working).note("runs the tests"))?;
/// let now = registry.status(id)?.activity.unwrap();
/// assert_eq!((now.activity, now.note.as_deref()), (Activity::Working, Some("runs the tests")));
/// assert_eq!(now.since, began.since, "it works all the time");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ActivityReport {
    /// What it does.
    pub activity: Activity,
    /// What it said about it: one line of at most 256 bytes.
    #[serde(default)]
    pub note: Option<String>,
    /// Since when it does that, whatever the note said meanwhile.
    pub since: Timestamp,
}

impl ActivityReport {
    pub(crate) const fn new(activity: Activity, note: Option<String>, since: Timestamp) -> Self {
        Self {
            activity,
            note,
            since,
        }
    }
}
