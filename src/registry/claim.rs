//! The right to drive a session, in the hands of the process that has it.

use std::fmt;
use std::sync::Arc;

use parking_lot::Mutex;

use super::SessionRegistry;
use super::change::{store_content, store_touch, until_stored};
use super::rules::{is_touch_due, registered};
use crate::error::{Error, Result};
use crate::session::{Session, SessionId};
use crate::store::{ClaimRow, Claims, Fault, OwnLock, Owners, WriteTx};

/// The exclusive right to drive one session, for as long as this value lives.
///
/// The proof of life is a lock that the operating system holds for this process and drops when it ends,
/// however it ends; there is no heartbeat, and a stopped process or a suspended laptop loses nothing.
/// Nobody is kept from writing to the session: whoever drives it asks the claim, by
/// [`check`](Self::check) or by writing through [`modify`](Self::modify).
///
/// Dropping it releases it, with one try that does not wait for other processes;
/// [`release`](Self::release) waits and reports. A claim that could not be released counts as one of a
/// dead owner: here at once, elsewhere when this handle has no other claim. The next claim that this
/// handle makes or releases removes it. [`abandon`](Self::abandon) ends it as a crash would, for tests.
///
/// ```
/// use session_registry::{ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let path = ProjectPath::new("/work/app")?;
/// let id = registry.register(Session::builder(path).build())?.id();
/// let claim = registry.claim(id)?;
/// assert_eq!(registry.claim(id).unwrap_err().code(), "already_claimed");
/// claim.modify(|session| {
///     session.metadata_mut().insert("step".into(), "2".into());
/// })?;
/// claim.release()?;
/// assert_eq!(registry.owner(id)?, None);
/// # Ok(())
/// # }
/// ```
///
/// A claim that nobody keeps is over at once, so the compiler warns of it:
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # fn main() -> session_registry::Result<()> {
/// # let registry = session_registry::SessionRegistry::in_memory()?;
/// # let id = session_registry::SessionId::random();
/// registry.claim(id)?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a claim ends when it is dropped: keep it while the session is driven"]
pub struct Claim {
    registry: SessionRegistry,
    id: SessionId,
    epoch: u64,
    lock: Arc<OwnLock>,
    released: bool,
}

impl Claim {
    pub(super) fn new(
        registry: SessionRegistry,
        id: SessionId,
        epoch: u64,
        lock: Arc<OwnLock>,
    ) -> Self {
        Self {
            registry,
            id,
            epoch,
            lock,
            released: false,
        }
    }

    /// Returns the session that is claimed.
    #[must_use]
    pub fn session_id(&self) -> SessionId {
        self.id
    }

    /// Returns the number of this claim; every later claim in the registry has a higher one. Hand it to other
    /// systems as a fencing token.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Succeeds while this claim still holds.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost) with the present owner, and what
    /// [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// claim.check()?;
    /// registry.close_session(id)?;
    /// assert_eq!(claim.check().unwrap_err().code(), "ownership_lost");
    /// # Ok(())
    /// # }
    /// ```
    pub fn check(&self) -> Result<()> {
        let held = self.held();
        self.registry.ask(|view| held.check(view.reads()))
    }

    /// Changes the session as [`SessionRegistry::modify`] does, provided that this claim still holds in the
    /// moment of the change.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::modify`].
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
        let (session, ()) = self.try_modify(|session| Ok::<_, Error>(change(session)))?;
        Ok(session)
    }

    /// Changes the session as [`SessionRegistry::try_modify`] does, provided that this claim still holds
    /// in the moment of the change.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::try_modify`].
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
        mut change: impl FnMut(&mut Session) -> Result<T, E>,
    ) -> Result<(Session, T), E> {
        let (registry, id) = (&self.registry, self.id);
        let call = registry.inner.store.begin_call();
        until_stored(call, || {
            let held = self.held();
            let mut session = registry.ask_within(call, |view| {
                held.check(view.reads())?;
                registered(view.reads(), id)
            })?;
            let revision = session.revision();
            let answer = match change(&mut session) {
                Ok(answer) => answer,
                Err(refusal) => return Ok(Err(refusal)),
            };
            session.validate()?;
            let now = registry.now();
            let store = &registry.inner.store;
            let stored = store.write_within("update a session in", call, move |tx| {
                held.check(tx)?;
                store_content(tx, id, revision, &session, now)
            })?;
            Ok(Ok((stored, answer)))
        })
    }

    /// Notes that somebody works in the session, as [`SessionRegistry::touch`] does, provided that this
    /// claim still holds.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::touch`].
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
        let call = self.registry.inner.store.begin_call();
        let due = self.registry.ask_within(call, |view| {
            held.check(view.reads())?;
            is_touch_due(view.reads(), id, now)
        })?;
        if !due {
            return Ok(());
        }
        self.registry
            .inner
            .store
            .write_within("touch a session in", call, move |tx| {
                held.check(tx)?;
                store_touch(tx, id, now)
            })
    }

    /// Ends the claim. The session stays open.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost) when it was over already, and what
    /// [every write](crate#errors) can answer; the claim then ends with this handle.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// registry.claim(id)?.release()?;
    /// assert_eq!(registry.owner(id)?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn release(mut self) -> Result<()> {
        self.released = true;
        let held = self.held();
        let released = self
            .registry
            .inner
            .store
            .write("release a session in", move |tx| held.end(tx));
        self.settle(released)
    }

    /// Ends the claim as a crash of its process would: the session stays open and claimed, and from now
    /// on every handle and every process sees that its owner is dead. For tests of what a program does about
    /// dead owners, such as [`interrupted`](SessionRegistry::interrupted), claiming again, and
    /// [`Reap::OnPressure`](crate::Reap::OnPressure); other claims of this handle live on. Unlike a crash it
    /// is a write, which gives the claim to an owner that never lived.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost) when it was over already, [`Storage`](Error::Storage) when
    /// the lock file of the dead owner cannot be made, and what [every write](crate#errors) can answer; the
    /// claim then ends as a dropped one does.
    ///
    /// ```
    /// use session_registry::{Liveness, ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// registry.claim(id)?.abandon()?;
    /// assert_eq!(registry.owner(id)?.unwrap().liveness, Liveness::Dead);
    /// assert_eq!(registry.interrupted()?[0].id(), id);
    /// // Who is dead is no obstacle.
    /// registry.claim(id)?.release()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn abandon(mut self) -> Result<()> {
        let (held, id) = (self.held(), self.id);
        let corpse = self.registry.inner.owners.stillborn()?;
        let owner = corpse.id();
        let store = &self.registry.inner.store;
        let given = store.write("abandon a session in", move |tx| {
            held.check(tx)?;
            if let Some(claim) = tx.claim(id)? {
                tx.put_claim(id, &ClaimRow { owner, ..claim })?;
            }
            Ok(())
        });
        self.released = given.is_ok();
        if matches!(given, Ok(()) | Err(Error::OutcomeUnknown(_))) {
            // Its lock file stays, and is free once it is let go: that is how a dead owner looks.
            corpse.abandon(id, self.epoch);
        }
        given
    }

    fn held(&self) -> HeldClaim {
        HeldClaim {
            owners: Arc::clone(&self.registry.inner.owners),
            lock: Arc::clone(&self.lock),
            id: self.id,
            epoch: self.epoch,
        }
    }

    /// Notes a claim whose row may still be there, so that it counts as one of a dead owner.
    fn settle(&self, released: Result<Vec<(SessionId, u64)>>) -> Result<()> {
        match &released {
            Ok(ended) => self.lock.forget(ended),
            Err(Error::OwnershipLost { .. }) => {}
            Err(_) => self.lock.abandon(self.id, self.epoch),
        }
        released.map(drop)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // In a fork it is still the claim of the other process.
        if self.released || self.registry.inner.store.is_forked() {
            return;
        }
        let held = self.held();
        let released = self
            .registry
            .inner
            .store
            .try_write("release a session in", move |tx| held.end(tx));
        let _ = self.settle(released);
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claim")
            .field("session_id", &self.id)
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// A claim as operations carry it into a transaction.
struct HeldClaim {
    owners: Arc<Owners>,
    lock: Arc<OwnLock>,
    id: SessionId,
    epoch: u64,
}

impl HeldClaim {
    fn check(&self, tx: &impl Claims) -> Result<(), Fault> {
        let id = self.id;
        let claim: Option<ClaimRow> = tx.claim(id)?;
        match &claim {
            Some(claim) if claim.epoch == self.epoch && self.lock.owns(claim) => Ok(()),
            other => {
                let owner = other.as_ref().map(|claim| self.owners.owner(id, claim));
                Err(Error::OwnershipLost { id, owner }.into())
            }
        }
    }

    /// Removes this claim's row, and those that earlier claims of this handle left behind.
    fn end(&self, tx: &mut WriteTx<'_>) -> Result<Vec<(SessionId, u64)>, Fault> {
        self.check(tx)?;
        let ended = remove_abandoned(tx, &self.lock)?;
        tx.remove_claim(self.id)?;
        Ok(ended)
    }
}

/// Removes the rows of claims that ended while they could not be removed: until then other handles take
/// their owner for alive, because it is. Answers which claims need not be remembered any more.
pub(super) fn remove_abandoned(
    tx: &mut WriteTx<'_>,
    lock: &OwnLock,
) -> Result<Vec<(SessionId, u64)>, Fault> {
    let ended = lock.abandoned();
    let mut left = Vec::new();
    for &(id, epoch) in &ended {
        let claim: Option<ClaimRow> = tx.claim(id)?;
        if claim.is_some_and(|claim| claim.epoch == epoch && lock.owns(&claim)) {
            left.push(id);
        }
    }
    for id in left {
        tx.remove_claim(id)?;
    }
    Ok(ended)
}

/// An attempt to claim a session, shared with the transaction that makes it: when that ends in an unknown
/// way, a row that it may have left must be seen to be nobody's.
#[derive(Clone)]
pub(super) struct ClaimAttempt {
    id: SessionId,
    lock: Arc<OwnLock>,
    /// What a commit may have made permanent; the last, when the transaction was begun several times.
    epoch: Arc<Mutex<Option<u64>>>,
}

impl ClaimAttempt {
    pub(super) fn new(id: SessionId, lock: Arc<OwnLock>) -> Self {
        Self {
            id,
            lock,
            epoch: Arc::default(),
        }
    }

    pub(super) fn lock(&self) -> &OwnLock {
        &self.lock
    }

    /// Notes which epoch is about to be written.
    pub(super) fn has_epoch(&self, epoch: u64) {
        *self.epoch.lock() = Some(epoch);
        // An earlier claim that failed in an unknown way may have had this number.
        self.lock.forget(&[(self.id, epoch)]);
    }

    /// Notes that whatever it may have written is the claim of nobody.
    pub(super) fn abandon(&self) {
        if let Some(epoch) = *self.epoch.lock() {
            self.lock.abandon(self.id, epoch);
        }
    }
}
