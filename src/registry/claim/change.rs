//! What is changed through a claim.

use super::Claim;
use crate::error::{Error, Result};
use crate::registry::change::{store_content, store_touch, until_stored};
use crate::registry::rules::{is_touch_due, registered};
use crate::session::Session;

impl Claim {
    /// Changes the session as [`SessionRegistry::modify`](crate::SessionRegistry::modify) does, provided that this claim still holds in the
    /// moment of the change.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::modify`](crate::SessionRegistry::modify).
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// let change = || claim.modify(|session| drop(session.metadata_mut().insert("step".into(), "2".into())));
    /// assert_eq!(change()?.metadata()["step"], "2");
    /// let other = registry.take_over(id)?;
    /// assert_eq!(change().unwrap_err().code(), "ownership_lost");
    /// # drop(other);
    /// # Ok(())
    /// # }
    /// ```
    pub fn modify(&self, mut change: impl FnMut(&mut Session)) -> Result<Session> {
        let (session, ()) = self.try_modify(|session| {
            change(session);
            Ok::<_, Error>(())
        })?;
        Ok(session)
    }

    /// Changes the session as [`SessionRegistry::try_modify`](crate::SessionRegistry::try_modify) does, provided that this claim still holds
    /// in the moment of the change.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::try_modify`](crate::SessionRegistry::try_modify).
    ///
    /// ```
    /// use session_registry::{Error, ProjectPath, SessionName, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// let (session, old) = claim.try_modify(|session| {
    ///     let old = session.name().clone();
    ///     session.set_name(SessionName::new(&format!("{old} 2"))?);
    ///     Ok::<_, Error>(old)
    /// })?;
    /// assert_eq!((session.name().as_str(), old.as_str()), ("app 2", "app"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn try_modify<T, E: From<Error>>(
        &self,
        change: impl FnMut(&mut Session) -> Result<T, E>,
    ) -> Result<(Session, T), E> {
        let (registry, id) = (&self.registry, self.id);
        let call = registry.call();
        let read = || {
            let held = self.held();
            call.read("read", |view| {
                held.check(view.reads())?;
                registered(view.reads(), id)
            })
        };
        let store = |revision, session: Session| {
            session.validate()?;
            let (held, now) = (self.held(), registry.now());
            call.write("update a session in", move |tx| {
                held.check(tx)?;
                store_content(tx, id, revision, &session, now)
            })
        };
        until_stored(call, read, change, store)
    }

    /// Notes that somebody works in the session, as [`SessionRegistry::touch`](crate::SessionRegistry::touch) does, provided that this
    /// claim still holds.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::touch`](crate::SessionRegistry::touch).
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry, Timestamp};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let long_ago = Timestamp::from_micros(0);
    /// let session = Session::builder(ProjectPath::new("/work/app")?).created_at(long_ago).build();
    /// let id = registry.register(session)?.id();
    /// let claim = registry.claim(id)?;
    /// claim.touch()?;
    /// assert!(registry.lookup(id)?.unwrap().last_active_at() > long_ago);
    /// # Ok(())
    /// # }
    /// ```
    pub fn touch(&self) -> Result<()> {
        let (held, id, now) = (self.held(), self.id, self.registry.now());
        let call = self.registry.call();
        let due = call.read("read", |view| {
            held.check(view.reads())?;
            is_touch_due(view.reads(), id, now)
        })?;
        if !due {
            return Ok(());
        }
        call.write("touch a session in", move |tx| {
            held.check(tx)?;
            store_touch(tx, id, now)
        })
    }
}
