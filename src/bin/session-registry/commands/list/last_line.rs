//! What stands under a list.

use session_registry::{Error, SessionRegistry};

use super::filter::Filter;
use crate::describe;
use crate::escape::Escaped;

/// How many are listed, if that is not all that are open, how many are open, how many are closed, and which is the
/// default; how to begin where there is none.
pub(super) fn last_line(
    registry: &SessionRegistry,
    state: Filter,
    listed: usize,
) -> Result<String, Error> {
    let stats = registry.stats()?;
    let (open, closed) = (stats.open_sessions, stats.closed_sessions);
    if open + closed == 0 {
        let begin = "session-registry register makes one of this directory";
        return Ok(format!("no sessions: {begin}"));
    }
    let listed = u64::try_from(listed).unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    if listed != open || state != Filter::Open {
        parts.push(format!("{} listed", describe::count(listed)));
    }
    parts.push(format!("{open} of {} open", stats.max_sessions));
    if closed > 0 && !matches!(state, Filter::Closed | Filter::All) {
        parts.push(format!("{closed} closed (list --state closed)"));
    }
    if let Some(id) = registry.default_session_id()?
        && let Some(session) = registry.lookup(id)?
    {
        parts.push(format!("default: {}", Escaped(session.name())));
    }
    Ok(parts.join("; "))
}
