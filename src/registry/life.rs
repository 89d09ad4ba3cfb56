//! Closing, reopening and touching sessions.

use std::sync::Arc;

use super::change::store_touch;
use super::rules::is_touch_due;
use super::{CloseAs, Opened, SessionRegistry, operations};
use crate::error::Result;
use crate::session::{Session, SessionId};

impl SessionRegistry {
    /// Closes a session: it frees its slot and its project path, and keeps its record. The claim of this
    /// handle on it, if there is one, ends. Closing a closed session changes nothing.
    ///
    /// It counts as closed now, but never before it was last changed or worked in, and always after every
    /// other closed session of its project, even where the clock says otherwise: which of a project's
    /// sessions was closed last does not depend on it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound); [`AlreadyClaimed`](crate::Error::AlreadyClaimed) by another handle whose
    /// owner is not proven dead; and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app")?;
    /// let id = registry.register(Session::builder(path).build())?.id();
    /// registry.close_session(id)?;
    /// assert_eq!(registry.count()?, 0);
    /// assert!(registry.lookup(id)?.is_some(), "the record is kept");
    /// assert!(registry.reopen(id)?.state().is_open());
    /// # Ok(())
    /// # }
    /// ```
    pub fn close_session(&self, id: SessionId) -> Result<Session> {
        self.close_session_with(id, CloseAs::Anybody)
    }

    /// Closes a session as [`close_session`](Self::close_session) does, with the right that `by` gives. Its
    /// claim ends, whoever has it. Closing a closed session changes nothing, whatever `by` is.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound); [`AlreadyClaimed`](crate::Error::AlreadyClaimed) by an owner that
    /// stands in the way of `by`; [`OwnershipLost`](crate::Error::OwnershipLost) when the claim of
    /// [`CloseAs::Holder`] is not the present one; and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{CloseAs, ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let registry = SessionRegistry::open(&file)?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    ///
    /// // A process that the owner started, and told the number of its claim.
    /// let other = SessionRegistry::open(&file)?;
    /// assert_eq!(other.close_session(id).unwrap_err().code(), "already_claimed");
    /// let closed = other.close_session_with(id, CloseAs::Holder(claim.epoch()))?;
    /// assert!(!closed.state().is_open());
    /// assert_eq!(claim.check().unwrap_err().code(), "ownership_lost");
    /// # Ok(())
    /// # }
    /// ```
    pub fn close_session_with(&self, id: SessionId, by: CloseAs) -> Result<Session> {
        let now = self.now();
        let owners = Arc::clone(&self.inner.owners);
        self.call().write("close a session in", move |tx| {
            operations::close(tx, &owners, id, by, now)
        })
    }

    /// Opens a closed session again. Reopening an open one changes nothing.
    ///
    /// # Errors
    ///
    /// In this order: [`NotFound`](crate::Error::NotFound), [`LimitReached`](crate::Error::LimitReached),
    /// [`ProjectAlreadyOpen`](crate::Error::ProjectAlreadyOpen); nothing was changed. Also what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// registry.close_session(id)?;
    /// // Somebody else has the project by now.
    /// let path = ProjectPath::new("/work/app")?;
    /// registry.register(Session::builder(path).build())?;
    /// assert_eq!(registry.reopen(id).unwrap_err().code(), "project_already_open");
    /// # Ok(())
    /// # }
    /// ```
    pub fn reopen(&self, id: SessionId) -> Result<Session> {
        Ok(self.reopen_opened(id)?.session)
    }

    /// Opens a closed session again as [`reopen`](Self::reopen) does, and returns it with the sessions of
    /// dead owners that were closed to make room for it.
    ///
    /// # Errors
    ///
    /// As [`reopen`](Self::reopen).
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let session = || Ok::<_, session_registry::Error>(registry.session(ProjectPath::new("/work/app")?).build());
    /// let first = registry.register(session()?)?.id();
    /// registry.close_session(first)?;
    /// let second = registry.register(session()?)?.id();
    /// registry.claim(second)?.abandon()?;
    /// // Its owner is dead, so the second one makes way.
    /// let opened = registry.reopen_opened(first)?;
    /// assert_eq!((opened.session.id(), opened.reaped[0].id()), (first, second));
    /// # Ok(())
    /// # }
    /// ```
    pub fn reopen_opened(&self, id: SessionId) -> Result<Opened> {
        let now = self.now();
        let reaper = self.reaper();
        let opened = self.call().write("reopen a session in", move |tx| {
            operations::reopen(tx, &reaper, id, now)
        })?;
        self.sweep_after(&opened.reaped);
        Ok(opened)
    }

    /// Notes that somebody works in a session: moves [`Session::last_active_at`] to now and nothing else,
    /// neither the revision nor `updated_at`. Within a second of the last activity it writes nothing, so
    /// that it can be called often.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound), [`SessionClosed`](crate::Error::SessionClosed), and what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry, Timestamp};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let began = Timestamp::from_micros(0);
    /// let path = ProjectPath::new("/work/app")?;
    /// let session = registry.register(Session::builder(path).created_at(began).build())?;
    /// registry.touch(session.id())?;
    /// let touched = registry.lookup(session.id())?.unwrap();
    /// assert!(touched.last_active_at() > began);
    /// assert_eq!(touched.revision(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn touch(&self, id: SessionId) -> Result<()> {
        let now = self.now();
        self.inner.store.check_access()?;
        // Looked at first, because a touch too many should cost no transaction.
        let call = self.call();
        if !call.read("read", |view| is_touch_due(view.reads(), id, now))? {
            return Ok(());
        }
        call.write("touch a session in", move |tx| store_touch(tx, id, now))
    }
}
