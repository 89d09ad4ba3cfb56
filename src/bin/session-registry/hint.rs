//! What a person can do about an error of the library.

use session_registry::Error;

/// Several sessions fit.
pub(crate) const USE_AN_ID: &str = "use an id, or the first digits of one";

pub(crate) fn hint(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::LimitReached { .. } => {
            "close or unregister a session, or raise the limit: session-registry limit N"
        }
        Error::AlreadyClaimed { .. } => {
            "end that process first, or take the session over: session-registry resume --take-over"
        }
        Error::Ambiguous { .. } => USE_AN_ID,
        Error::InUse { .. } => "try again when the other programs that use it have ended",
        Error::SessionClosed { .. } => "open it again: session-registry reopen",
        Error::Corrupted { .. } => {
            "session-registry check tells what is damaged; a backup may be needed"
        }
        _ => return None,
    })
}
