//! The answer to calls that open a session.

use serde::{Deserialize, Serialize};

use crate::session::Session;

/// The answer to [`SessionRegistry::register_opened`](crate::SessionRegistry::register_opened) and
/// [`SessionRegistry::reopen_opened`](crate::SessionRegistry::reopen_opened): an open session, and whom it
/// cost.
///
/// Serde writes it as an object with the fields `session` and `reaped`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use = "it says whose sessions were closed to make room"]
#[non_exhaustive]
pub struct Opened {
    /// The session as it is stored.
    pub session: Session,
    /// The sessions of dead owners that were closed to make room, as they are now.
    pub reaped: Vec<Session>,
}
