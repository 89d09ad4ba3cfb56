//! The settings that the file keeps: the limit and the default session.

use super::SessionRegistry;
use super::change::current;
use super::life::check_open;
use crate::error::Result;
use crate::session::SessionId;
use crate::store::Reads;

impl SessionRegistry {
    /// Stores how many sessions may be open at once. Lowering it evicts nobody; 0 accepts no new one.
    ///
    /// # Errors
    ///
    /// What [every write](crate#errors) can answer.
    pub fn set_max_sessions(&self, limit: u32) -> Result<()> {
        self.inner.store.write("set the limit of", move |tx| {
            if tx.max_sessions()? != limit {
                tx.set_max_sessions(limit)?;
            }
            Ok(())
        })
    }

    /// Stores which session is the default one; `None` goes back to the oldest.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) for an unknown id, [`SessionClosed`](crate::Error::SessionClosed),
    /// and what [every write](crate#errors) can answer.
    pub fn set_default_session(&self, id: Option<SessionId>) -> Result<()> {
        self.inner
            .store
            .write("set the default session of", move |tx| {
                if let Some(id) = id {
                    check_open(&current(tx, id)?)?;
                }
                if tx.chosen_default()? != id {
                    tx.set_default_session(id)?;
                }
                Ok(())
            })
    }
}
