//! The answer to `get_or_register`.

use serde::{Deserialize, Serialize};

use crate::session::Session;

/// The answer to [`SessionRegistry::get_or_register`](crate::SessionRegistry::get_or_register): the session
/// of a project, and whether it is new.
///
/// Serde writes it as an object with the fields `outcome`, which is `registered` or `already_open`, `session`
/// and, where it is registered, `reaped`.
///
/// ```
/// use session_registry::{ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let answer = registry.get_or_register(Session::builder(ProjectPath::new("/work/app")?).build())?;
/// assert!(answer.is_new() && answer.reaped().is_empty());
/// let session = answer.into_session();
/// assert_eq!(registry.lookup(session.id())?, Some(session));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[must_use = "it says which session the project has: perhaps not the given one"]
#[non_exhaustive]
pub enum Registration {
    /// The project had no open session; the given one is registered now.
    #[non_exhaustive]
    Registered {
        /// The session as it was stored.
        session: Session,
        /// The sessions of dead owners that were closed to make room, as they are now.
        reaped: Vec<Session>,
    },
    /// The project is open already.
    #[non_exhaustive]
    AlreadyOpen {
        /// The session that holds the project.
        session: Session,
    },
}

impl Registration {
    /// Returns the session, new or not.
    #[must_use]
    pub fn session(&self) -> &Session {
        match self {
            Self::Registered { session, .. } | Self::AlreadyOpen { session, .. } => session,
        }
    }

    /// Returns the session, new or not.
    #[must_use]
    pub fn into_session(self) -> Session {
        match self {
            Self::Registered { session, .. } | Self::AlreadyOpen { session, .. } => session,
        }
    }

    /// Returns the sessions of dead owners that were closed to make room, as they are now.
    #[must_use]
    pub fn reaped(&self) -> &[Session] {
        match self {
            Self::Registered { reaped, .. } => reaped,
            Self::AlreadyOpen { .. } => &[],
        }
    }

    /// Whether the session was registered by this call.
    #[must_use]
    pub fn is_new(&self) -> bool {
        matches!(self, Self::Registered { .. })
    }
}
