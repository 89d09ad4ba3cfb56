//! Every change, and the order in which its rules are checked. Each operation checks first and writes
//! then; a rule error has changed nothing.

use std::sync::Arc;

use super::change::{current, store_change, store_content, until_stored};
use super::life::check_not_driven;
use super::reap::Plan;
use super::{Registration, SessionRegistry};
use crate::error::{Error, Result};
use crate::session::{Session, SessionId, SessionName, SessionState};
use crate::store::{Fault, Reads, Wait, Wanted};

impl SessionRegistry {
    /// Registers a new session, with revision 0 and its times as given, and returns it as stored.
    ///
    /// # Errors
    ///
    /// In this order, the first that applies; nothing was changed:
    /// [`InvalidSession`](Error::InvalidSession) with every problem, before any I/O;
    /// [`LimitReached`](Error::LimitReached); [`SessionExists`](Error::SessionExists) for the id;
    /// [`ProjectAlreadyOpen`](Error::ProjectAlreadyOpen) with the holder. Also
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
        session.validate()?;
        let session = as_new(session);
        let (now, reaper) = (self.now(), self.reaper());
        let (session, reaped) = self.inner.store.write("register a session in", move |tx| {
            let plan = Plan::make(tx, &reaper, session.project_path())?;
            plan.check_limit()?;
            check_id(tx, session.id())?;
            plan.check_path(session.project_path())?;
            let reaped = plan.carry_out(tx, now)?;
            tx.insert(&session)?;
            Ok((session.clone(), reaped))
        })?;
        self.sweep_after(&reaped);
        Ok(session)
    }

    /// The open session of that project, or else this one, registered: an agent's first call. It answers
    /// at the limit too, when the project is open.
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
        let registration = self.inner.store.write("register a session in", move |tx| {
            if let Some(session) = tx.session_by_path(session.project_path())? {
                return Ok(Registration::AlreadyOpen { session });
            }
            let plan = Plan::make(tx, &reaper, session.project_path())?;
            plan.check_limit()?;
            check_id(tx, session.id())?;
            let reaped = plan.carry_out(tx, now)?;
            tx.insert(&session)?;
            let session = session.clone();
            Ok(Registration::Registered { session, reaped })
        })?;
        self.sweep_after(registration.reaped());
        Ok(registration)
    }

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
        self.replace(id, revision, session, self.inner.store.begin_call())
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
        let call = self.inner.store.begin_change()?;
        until_stored(call, || {
            let found = self.inner.store.find(Wanted::Id(id), call)?;
            let mut session = found.ok_or(Error::NotFound { id })?;
            let revision = session.revision();
            change(&mut session);
            self.replace(id, revision, session, call)
        })
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
        self.inner.store.write("rename a session in", move |tx| {
            let old = current(tx, id)?;
            let mut new = old.clone();
            new.set_name(name.clone());
            store_change(tx, &old, new, now)
        })
    }

    /// Removes a session and returns it as it was; `None` when there is none, so that doing it twice
    /// does no harm. A removed default session is forgotten as the default. The record goes too; to keep it,
    /// [`close_session`](Self::close_session).
    ///
    /// # Errors
    ///
    /// [`AlreadyClaimed`](Error::AlreadyClaimed) by another handle whose owner is not proven dead, and what
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
        self.inner.store.write("remove a session from", move |tx| {
            let Some(session) = tx.session(id)? else {
                return Ok(None);
            };
            check_not_driven(tx, &owners, id)?;
            let was_default = tx.chosen_default()? == Some(id);
            tx.remove(&session)?;
            if was_default {
                tx.set_default_session(None)?;
            }
            Ok(Some(session))
        })
    }

    /// Removes every session, open, closed or claimed, and forgets the default one; the limit stays. Answers
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
        self.inner.store.write("clear", |tx| tx.clear())
    }

    /// Stores the content of `wanted` in session `id`, if that still has the expected revision.
    fn replace(
        &self,
        id: SessionId,
        expected: u64,
        wanted: Session,
        call: Wait,
    ) -> Result<Session> {
        wanted.validate()?;
        let now = self.now();
        self.inner
            .store
            .write_within("update a session in", call, move |tx| {
                store_content(tx, id, expected, &wanted, now)
            })
    }
}

/// A session as it is when it is registered: open, and never changed.
fn as_new(mut session: Session) -> Session {
    // Most are: what a caller still shares is not copied for nothing.
    if session.revision() != 0 || !session.state().is_open() {
        session.set_revision(0);
        session.set_state(SessionState::Open);
    }
    session
}

fn check_id(tx: &impl Reads, id: SessionId) -> Result<(), Fault> {
    if tx.contains(id)? {
        return Err(Error::SessionExists { id }.into());
    }
    Ok(())
}
