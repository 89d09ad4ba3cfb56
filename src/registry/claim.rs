//! The right to drive a session, in the hands of the process that has it.

mod attempt;
mod change;
mod held;
#[cfg(unix)]
mod inherit;
mod report;
mod undo;

use std::fmt;
use std::sync::Arc;

pub(super) use undo::Before;

use held::{HeldClaim, remove_abandoned};

use super::SessionRegistry;
use crate::error::{Error, Result};
use crate::session::SessionId;
use crate::store::{ClaimRow, Claims, OwnLock};

/// The exclusive right to drive one session, for as long as this value lives.
///
/// The proof of life is a lock that the operating system holds for this process and drops when it ends,
/// however it ends, or replaces itself by `exec`; there is no heartbeat, and a stopped process or a suspended
/// laptop loses nothing.
/// Nobody is kept from writing to the session: whoever drives it asks the claim, by
/// [`check`](Self::check) or by writing through [`modify`](Self::modify).
///
/// It counts as alive for as long as its handle lives, or a program that [inherited](Self::inherit) the lock.
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
///
/// Kept, it is fine:
///
/// ```no_run
/// #![deny(unused_must_use)]
/// # fn main() -> session_registry::Result<()> {
/// # let registry = session_registry::SessionRegistry::in_memory()?;
/// # let id = session_registry::SessionId::random();
/// let claim = registry.claim(id)?;
/// # drop(claim);
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
            .call()
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
        let given = self
            .registry
            .call()
            .write("abandon a session in", move |tx| {
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
            .call_at_once()
            .write("release a session in", move |tx| held.end(tx));
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
