//! What operations do to sessions, be it in a transaction or in a draft of one.

use super::write::WriteTx;
use crate::session::{Session, SessionId};
use crate::store::fault::Fault;

/// Whatever takes what operations do to sessions. They check first and write then.
pub(crate) trait Writes {
    /// Adds a session whose id, path and aliases are free.
    fn insert(&mut self, session: &Session) -> Result<(), Fault>;
    /// Replaces the stored `old` by `new` of the same id. A closed session loses its claim.
    fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault>;
    /// Removes the stored `session`, and its claim.
    fn remove(&mut self, session: &Session) -> Result<(), Fault>;
    fn set_default_session(&mut self, id: Option<SessionId>) -> Result<(), Fault>;
}

impl Writes for WriteTx<'_> {
    fn insert(&mut self, session: &Session) -> Result<(), Fault> {
        self.insert(session)
    }

    fn replace(&mut self, old: &Session, new: &Session) -> Result<(), Fault> {
        self.replace(old, new)
    }

    fn remove(&mut self, session: &Session) -> Result<(), Fault> {
        self.remove(session)
    }

    fn set_default_session(&mut self, id: Option<SessionId>) -> Result<(), Fault> {
        self.set_default_session(id)
    }
}
