//! Registering sessions: the limit first, then the id, the path and the aliases.

use super::line::Gate;
use super::{Opened, Registration, SessionRegistry, operations};
use crate::error::Result;
use crate::session::{Session, SessionState};
use crate::store::{Call, Reads};

impl SessionRegistry {
    /// Registers a new session, with revision 0 and its times as given, and returns it as stored.
    ///
    /// # Errors
    ///
    /// In this order, the first that applies; nothing was changed:
    /// [`InvalidSession`](crate::Error::InvalidSession) with every problem, before any I/O;
    /// [`LimitReached`](crate::Error::LimitReached); [`SessionExists`](crate::Error::SessionExists) for the id;
    /// [`ProjectAlreadyOpen`](crate::Error::ProjectAlreadyOpen) with the holder. Also
    /// what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{Error, ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app")?;
    /// let first = registry.register(Session::builder(path.clone()).build())?;
    /// match registry.register(Session::builder(path).build()) {
    ///     Err(Error::ProjectAlreadyOpen { holder, .. }) => assert_eq!(holder, first.id()),
    ///     other => panic!("unexpected: {other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn register(&self, session: Session) -> Result<Session> {
        Ok(self.register_opened(session)?.session)
    }

    /// Registers a new session as [`register`](Self::register) does, and returns it with the sessions of
    /// dead owners that were closed to make room for it.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::options().max_sessions(1).in_memory()?;
    /// let old = registry.register(registry.session(ProjectPath::new("/work/old")?).build())?;
    /// registry.claim(old.id())?.abandon()?;
    /// let opened = registry.register_opened(registry.session(ProjectPath::new("/work/new")?).build())?;
    /// assert_eq!(opened.reaped[0].id(), old.id());
    /// assert_eq!(registry.list_ids()?, [opened.session.id()]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn register_opened(&self, session: Session) -> Result<Opened> {
        session.validate()?;
        self.begin_register(self.call(), as_new(session), Gate::Open)
    }

    /// Registers a session that was made new, if the gate lets the caller in.
    pub(super) fn begin_register(
        &self,
        call: Call<'_>,
        session: Session,
        gate: Gate,
    ) -> Result<Opened> {
        let (now, reaper) = (self.now(), self.reaper());
        let opened = call.write("register a session in", move |tx| {
            gate.check(tx, &reaper)?;
            let opened = operations::register(tx, &reaper, &session, now)?;
            gate.pass(tx, &reaper.owners)?;
            Ok(opened)
        })?;
        self.sweep_after(&opened.reaped);
        Ok(opened)
    }

    /// Returns the open session of that project, or else registers this one: an agent's first call. It
    /// answers at the limit too, when the project is open.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register), without `ProjectAlreadyOpen`.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app")?;
    /// let first = registry.get_or_register(Session::builder(path.clone()).build())?;
    /// let second = registry.get_or_register(Session::builder(path).build())?;
    /// assert!(first.is_new() && !second.is_new());
    /// assert_eq!(first.session(), second.session());
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_or_register(&self, session: Session) -> Result<Registration> {
        session.validate()?;
        let session = as_new(session);
        let (now, reaper) = (self.now(), self.reaper());
        let registration = self.call().write("register a session in", move |tx| {
            if let Some(session) = tx.session_by_path(session.project_path())? {
                return Ok(Registration::AlreadyOpen { session });
            }
            let Opened { session, reaped } = operations::register(tx, &reaper, &session, now)?;
            Ok(Registration::Registered { session, reaped })
        })?;
        self.sweep_after(registration.reaped());
        Ok(registration)
    }
}

/// A session as it is when it is registered: open, and never changed.
pub(super) fn as_new(mut session: Session) -> Session {
    // Most are: what a caller still shares is not copied for nothing.
    if session.revision() != 0 || !session.state().is_open() || session.leaves_out() {
        session.set_revision(0);
        session.set_state(SessionState::Open);
        session.say_all();
    }
    session
}
