//! A wait in vain.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};
use session_registry::{Session, SessionId};

use super::Until;
use crate::describe;
use crate::time;

/// Why what was waited for has not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    TimedOut,
    /// Somebody else drives the session by now.
    Claimed,
    /// Who drove it has let go of it.
    Released,
    /// Who drove it is dead.
    Died,
    Closed,
    Removed,
}

/// What was waited for in vain, and why.
#[derive(Debug)]
pub(crate) struct Unmet {
    session: Session,
    until: Until,
    why: Why,
    timeout: Duration,
}

impl Unmet {
    pub(super) fn new(session: Session, until: Until, why: Why, timeout: Duration) -> Self {
        Self {
            session,
            until,
            why,
            timeout,
        }
    }

    /// Which session it was about.
    pub(crate) fn id(&self) -> SessionId {
        self.session.id()
    }

    pub(crate) fn is_timeout(&self) -> bool {
        self.why == Why::TimedOut
    }

    pub(crate) fn is_removed(&self) -> bool {
        self.why == Why::Removed
    }

    pub(crate) fn code(&self) -> &'static str {
        if self.is_timeout() {
            "timed_out"
        } else {
            "wait_over"
        }
    }

    /// The exit status: that of `timeout` where time ran out, and one that no other command has.
    pub(crate) fn status(&self) -> u8 {
        if self.is_timeout() { 124 } else { 3 }
    }

    pub(crate) fn details(&self) -> Value {
        let reason = match self.why {
            Why::TimedOut => "timed_out",
            Why::Claimed => "claimed",
            Why::Released => "released",
            Why::Died => "died",
            Why::Closed => "closed",
            Why::Removed => "removed",
        };
        json!({ "id": self.id(), "until": self.until.as_str(), "reason": reason })
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (session, until) = (describe::named(&self.session), self.until.as_str());
        let why = match self.why {
            Why::TimedOut => {
                let span = time::span(self.timeout);
                return write!(f, "{session} was not {until} within {span}");
            }
            Why::Claimed => "somebody else drives it by now",
            Why::Released => "who drove it has let go of it",
            Why::Died => "who drove it is dead",
            Why::Closed => "it was closed",
            Why::Removed => "it was removed",
        };
        write!(f, "{session} will not be {until}: {why}")
    }
}
