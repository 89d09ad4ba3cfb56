//! The right to drive a session, in the hands of the process that has it.

use std::fmt;
use std::sync::Arc;

use super::SessionRegistry;
use super::change::{current, store_content, until_stored};
use super::life::{is_touch_due, touch};
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
/// handle makes or releases removes it.
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

    /// The session that is claimed.
    #[must_use]
    pub fn session_id(&self) -> SessionId {
        self.id
    }

    /// The number of this claim; every later claim in the registry has a higher one. Hand it to other
    /// systems as a fencing token.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Whether this claim still holds.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost) with the present owner, and what
    /// [every read](crate#errors) can answer.
    pub fn check(&self) -> Result<()> {
        let held = self.held();
        self.registry.ask(|view| held.check(view.reads()))
    }

    /// As [`SessionRegistry::modify`], provided that this claim still holds in the moment of the change.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::modify`].
    pub fn modify(&self, mut change: impl FnMut(&mut Session)) -> Result<Session> {
        let (registry, id) = (&self.registry, self.id);
        let call = registry.inner.store.begin_call();
        until_stored(call, || {
            let held = self.held();
            let mut session = registry.ask_within(call, |view| {
                held.check(view.reads())?;
                current(view.reads(), id)
            })?;
            let revision = session.revision();
            change(&mut session);
            session.validate()?;
            let now = registry.now();
            let store = &registry.inner.store;
            store.write_within("update a session in", call, move |tx| {
                held.check(tx)?;
                store_content(tx, id, revision, &session, now)
            })
        })
    }

    /// As [`SessionRegistry::touch`], provided that this claim still holds.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::touch`].
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
                touch(tx, id, now)
            })
    }

    /// Ends the claim. The session stays open.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost) when it was over already, and what
    /// [every write](crate#errors) can answer; the claim then ends with this handle.
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
