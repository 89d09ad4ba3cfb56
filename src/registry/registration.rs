//! The answer to `get_or_register`.

use crate::session::Session;

/// The session of a project, and whether it is new.
#[derive(Clone, Debug, PartialEq)]
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
    /// The session, new or not.
    #[must_use]
    pub fn session(&self) -> &Session {
        match self {
            Self::Registered { session, .. } | Self::AlreadyOpen { session, .. } => session,
        }
    }

    /// The session, new or not.
    #[must_use]
    pub fn into_session(self) -> Session {
        match self {
            Self::Registered { session, .. } | Self::AlreadyOpen { session, .. } => session,
        }
    }

    /// The sessions of dead owners that were closed to make room, as they are now.
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
