//! Changing what a session says about itself.

use super::change::{store_content, until_stored};
use super::{SessionRegistry, operations};
use crate::error::{Error, Result};
use crate::session::{Session, SessionId, SessionName};
use crate::store::{Call, LookupKey};

impl SessionRegistry {
    /// Stores the name, project path, settings and metadata of `session`, provided that nobody has
    /// changed it since the caller read it (compare-and-set on [`Session::revision`]). Its id, creation
    /// time and revision are never taken from the caller; `updated_at` is stamped from the registry's
    /// clock and never goes back. An update that changes nothing writes nothing. Returns what is stored.
    ///
    /// # Errors
    ///
    /// In this order: [`InvalidSession`](Error::InvalidSession), [`NotFound`](Error::NotFound),
    /// [`Conflict`](Error::Conflict), [`ProjectAlreadyOpen`](Error::ProjectAlreadyOpen); nothing was
    /// changed. Also what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionConfig, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app")?;
    /// let mut session = registry.register(Session::builder(path).build())?;
    /// session.set_config(SessionConfig::new().model("opus").max_tokens(8192));
    /// let stored = registry.update(session.clone())?;
    /// assert_eq!(stored.revision(), 1);
    /// // The old copy has lost its right to write.
    /// session.set_config(SessionConfig::new());
    /// assert_eq!(registry.update(session).unwrap_err().code(), "conflict");
    /// # Ok(())
    /// # }
    /// ```
    pub fn update(&self, session: Session) -> Result<Session> {
        let (id, revision) = (session.id(), session.revision());
        self.replace(id, revision, session, self.call())
    }

    /// Reads a session, applies `change` to a copy, and stores that copy as [`update`](Self::update)
    /// does; when somebody else changed the session meanwhile, all again, until the busy timeout.
    /// `change` may therefore run more than once. It runs outside of any transaction: a panic in it
    /// leaves the registry as it was and usable.
    ///
    /// # Errors
    ///
    /// As [`update`](Self::update); [`Busy`](Error::Busy) instead of `Conflict`.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app")?;
    /// let id = registry.register(Session::builder(path).build())?.id();
    /// let session = registry.modify(id, |session| {
    ///     session.metadata_mut().insert("branch".into(), "main".into());
    /// })?;
    /// assert_eq!(session.metadata()["branch"], "main");
    /// # Ok(())
    /// # }
    /// ```
    pub fn modify(&self, id: SessionId, mut change: impl FnMut(&mut Session)) -> Result<Session> {
        let (session, ()) = self.try_modify(id, |session| {
            change(session);
            Ok::<_, Error>(())
        })?;
        Ok(session)
    }

    /// Changes a session as [`modify`](Self::modify) does, unless `change` refuses: then nothing is
    /// written, and its error is returned. Returns what is stored, and what the last run of `change`
    /// answered. The caller's error type takes in the registry's own.
    ///
    /// # Errors
    ///
    /// What `change` answers, and as [`modify`](Self::modify).
    ///
    /// ```
    /// use session_registry::{Error, ProjectPath, SessionRegistry};
    ///
    /// #[derive(Debug)]
    /// enum Refusal {
    ///     Taken,
    ///     Registry(Error),
    /// }
    ///
    /// impl From<Error> for Refusal {
    ///     fn from(error: Error) -> Self {
    ///         Self::Registry(error)
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Refusal> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app").map_err(Error::from)?;
    /// let id = registry.register(registry.session(path).build())?.id();
    /// let take = || {
    ///     registry.try_modify(id, |session| {
    ///         match session.metadata_mut().insert("reviewer".into(), "ada".into()) {
    ///             None => Ok(session.metadata().len()),
    ///             Some(_) => Err(Refusal::Taken),
    ///         }
    ///     })
    /// };
    /// let (session, pairs) = take()?;
    /// assert_eq!((session.revision(), pairs), (1, 1));
    /// assert!(matches!(take(), Err(Refusal::Taken)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn try_modify<T, E: From<Error>>(
        &self,
        id: SessionId,
        change: impl FnMut(&mut Session) -> Result<T, E>,
    ) -> Result<(Session, T), E> {
        self.inner.store.check_access()?;
        let call = self.call();
        let read = || {
            let found = call.find(LookupKey::Id(id))?;
            found.ok_or(Error::NotFound { id })
        };
        let store = |revision, session| self.replace(id, revision, session, call);
        until_stored(call, read, change, store)
    }

    /// Gives a session another name. Others may have the same one.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Error::NotFound), and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionName, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// let session = registry.rename(session.id(), SessionName::new("The app")?)?;
    /// assert_eq!((session.name().as_str(), session.revision()), ("The app", 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rename(&self, id: SessionId, name: SessionName) -> Result<Session> {
        let now = self.now();
        self.call().write("rename a session in", move |tx| {
            operations::rename(tx, id, &name, now)
        })
    }

    /// Stores the content of `wanted` in session `id`, if that still has the expected revision.
    fn replace(
        &self,
        id: SessionId,
        expected: u64,
        wanted: Session,
        call: Call<'_>,
    ) -> Result<Session> {
        wanted.validate()?;
        let now = self.now();
        call.write("update a session in", move |tx| {
            store_content(tx, id, expected, &wanted, now)
        })
    }
}
