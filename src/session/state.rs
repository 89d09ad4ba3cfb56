//! Whether a session is open, and since when it is not.

use serde::{Deserialize, Serialize};

use super::{Timestamp, choices};

/// Whether a session is open. An open one counts against the limit and holds its project path; a closed
/// one keeps its record and holds neither.
///
/// Serde writes it as an object: `{"status":"open"}`, or
/// `{"status":"closed","at":"2026-01-01T00:00:00Z","reason":"requested"}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
#[non_exhaustive]
pub enum SessionState {
    /// It is open.
    #[default]
    Open,
    /// It was closed.
    #[non_exhaustive]
    Closed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: CloseReason,
    },
}

impl SessionState {
    /// Returns whether the session is open.
    ///
    /// ```
    /// use session_registry::SessionState;
    ///
    /// assert!(SessionState::default().is_open());
    /// ```
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open)
    }
}

/// Why a session was closed. Printed, read and written by serde as `requested` or `owner_died`.
///
/// ```
/// use session_registry::{CloseReason, Error};
///
/// # fn main() -> session_registry::Result<()> {
/// let reason: CloseReason = "owner_died".parse().map_err(Error::from)?;
/// assert_eq!(reason, CloseReason::OwnerDied);
/// assert_eq!(reason.to_string(), "owner_died");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// Somebody asked for it.
    Requested,
    /// Its owner died, and its slot or its path was needed.
    OwnerDied,
}

choices! { CloseReason, "a reason to close":
    Requested => "requested",
    OwnerDied => "owner_died",
}
