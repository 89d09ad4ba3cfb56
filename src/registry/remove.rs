//! Removing sessions, their records included.

use std::sync::Arc;

use super::{SessionRegistry, operations};
use crate::error::Result;
use crate::session::{Session, SessionId};

impl SessionRegistry {
    /// Removes a session and returns it as it was; `None` when there is none, so that doing it twice
    /// does no harm. A removed default session is forgotten as the default. The record goes too; to keep it,
    /// [`close_session`](Self::close_session).
    ///
    /// # Errors
    ///
    /// [`AlreadyClaimed`](crate::Error::AlreadyClaimed) by another handle whose owner is not proven dead, and what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app")?;
    /// let session = registry.register(Session::builder(path).build())?;
    /// assert_eq!(registry.unregister(session.id())?.as_ref(), Some(&session));
    /// assert_eq!(registry.unregister(session.id())?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn unregister(&self, id: SessionId) -> Result<Option<Session>> {
        let owners = Arc::clone(&self.inner.owners);
        self.call().write("remove a session from", move |tx| {
            operations::unregister(tx, &owners, id)
        })
    }

    /// Removes every session, open, closed or claimed, and forgets the default one; the limit stays. Returns
    /// how many records were removed: 0 when there was nothing to do.
    ///
    /// # Errors
    ///
    /// What [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// assert_eq!((registry.clear()?, registry.clear()?), (1, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn clear(&self) -> Result<u64> {
        self.call().write("clear", |tx| tx.clear())
    }
}
