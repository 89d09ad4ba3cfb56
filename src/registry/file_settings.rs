//! The settings that the file keeps: the limit and the default session.

use super::SessionRegistry;
use super::rules::{check_open, registered_head};
use crate::error::{Error, Result};
use crate::session::SessionId;
use crate::store::{Call, Reads};

impl SessionRegistry {
    /// Stores how many sessions may be open at once. Lowering it evicts nobody; 0 accepts no new one.
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
    /// registry.register(Session::builder(ProjectPath::new("/work/one")?).build())?;
    /// registry.set_max_sessions(1)?;
    /// let refused = registry.register(Session::builder(ProjectPath::new("/work/two")?).build());
    /// assert_eq!(refused.unwrap_err().code(), "session_limit_reached");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_max_sessions(&self, limit: u32) -> Result<()> {
        store_limit(limit, self.call())
    }

    /// Stores how many sessions may be open on one project path, 1 to `u32::MAX`. Tightening it evicts nobody.
    ///
    /// # Errors
    ///
    /// [`InvalidLimit`](Error::InvalidLimit) for 0, and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// registry.set_max_sessions_per_project(2)?;
    /// let path = ProjectPath::new("/work/app")?;
    /// for _ in 0..2 {
    ///     registry.register(Session::builder(path.clone()).build())?;
    /// }
    /// assert_eq!(registry.lookup_all_by_path(&path)?.len(), 2);
    /// let refused = registry.register(Session::builder(path).build());
    /// assert_eq!(refused.unwrap_err().code(), "project_already_open");
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_max_sessions_per_project(&self, limit: u32) -> Result<()> {
        store_project_limit(limit, self.call())
    }

    /// Stores which session is the default one; `None` goes back to the oldest.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound) for an unknown id, [`SessionClosed`](crate::Error::SessionClosed),
    /// and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// for path in ["/work/one", "/work/two"] {
    ///     registry.register(Session::builder(ProjectPath::new(path)?).build())?;
    /// }
    /// let ids = registry.list_ids()?;
    /// registry.set_default_session(Some(ids[1]))?;
    /// assert_eq!(registry.default_session_id()?, Some(ids[1]));
    /// registry.set_default_session(None)?;
    /// assert_eq!(registry.default_session_id()?, Some(ids[0]));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_default_session(&self, id: Option<SessionId>) -> Result<()> {
        self.call().write("set the default session of", move |tx| {
            if let Some(id) = id {
                check_open(&registered_head(tx, id)?)?;
            }
            if tx.chosen_default()? != id {
                tx.set_default_session(id)?;
            }
            Ok(())
        })
    }
}

pub(super) fn store_project_limit(limit: u32, call: Call<'_>) -> Result<()> {
    if limit == 0 {
        return Err(Error::InvalidLimit);
    }
    call.write("set the limit of", move |tx| {
        if tx.max_sessions_per_project()? != limit {
            tx.set_max_sessions_per_project(limit)?;
        }
        Ok(())
    })
}

pub(super) fn store_limit(limit: u32, call: Call<'_>) -> Result<()> {
    call.write("set the limit of", move |tx| {
        if tx.max_sessions()? != limit {
            tx.set_max_sessions(limit)?;
        }
        Ok(())
    })
}
