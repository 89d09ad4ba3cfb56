//! Claims: a live process says that it drives a session now.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use super::SessionRegistry;
use super::change::{current, store_activity, store_content};
use super::life::{check_open, is_touch_due, touch};
use crate::error::{Error, Result};
use crate::session::{Liveness, Owner, Session, SessionId};
use crate::store::{ClaimRow, Claims, Fault, OwnLock, Owners};

/// The exclusive right to drive one session, for as long as this value lives.
///
/// The proof of life is a lock that the operating system holds for this process and drops when it ends,
/// however it ends; there is no heartbeat, and a stopped process or a suspended laptop loses nothing.
/// Nobody is kept from writing to the session: whoever drives it asks the claim, by
/// [`check`](Self::check) or by writing through [`modify`](Self::modify).
///
/// Dropping it releases it, with one try that does not wait for other processes;
/// [`release`](Self::release) waits and reports. A claim that could not be released counts as one of a
/// dead owner.
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

impl SessionRegistry {
    /// Claims an open session, exclusively. The claim counts as activity. A dead owner is no obstacle.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Error::NotFound), [`SessionClosed`](Error::SessionClosed),
    /// [`AlreadyClaimed`](Error::AlreadyClaimed) with the owner, which may be this handle; nothing is left
    /// behind. [`Storage`](Error::Storage) when the owner's lock file cannot be made, and what
    /// [every write](crate#errors) can answer.
    pub fn claim(&self, id: SessionId) -> Result<Claim> {
        // Looked at first, because a refused claim should make no lock file.
        let owners = &self.inner.owners;
        self.ask(|view| {
            let reads = view.reads();
            check_open(&current(reads, id)?)?;
            check_claimable(reads, owners, id)
        })?;
        self.take_claim(id, false)
    }

    /// Claims an open session although a live owner drives it. That owner is told by its claim,
    /// [`OwnershipLost`](Error::OwnershipLost), and changes nothing any more through it.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim), without `AlreadyClaimed`.
    pub fn take_over(&self, id: SessionId) -> Result<Claim> {
        self.take_claim(id, true)
    }

    /// Who claims a session, dead or alive; `None` when nobody does.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Error::NotFound), and what [every read](crate#errors) can answer.
    pub fn owner(&self, id: SessionId) -> Result<Option<Owner>> {
        let owners = &self.inner.owners;
        self.ask(|view| {
            current(view.reads(), id)?;
            let claim = view.reads().claim(id)?;
            Ok(claim.map(|claim| owners.owner(id, &claim)))
        })
    }

    /// The sessions that somebody may want to resume: the open ones whose owner died, and those that were
    /// closed because of that. Most recently active first.
    ///
    /// # Errors
    ///
    /// What [every read](crate#errors) can answer.
    pub fn interrupted(&self) -> Result<Vec<Session>> {
        let owners = &self.inner.owners;
        let mut found = self.ask(|view| {
            let reads = view.reads();
            let mut found = reads.closed_by_death()?;
            for (id, claim) in reads.claims()? {
                if owners.liveness(id, &claim) == Liveness::Dead {
                    found.push(current(reads, id)?);
                }
            }
            Ok(found)
        })?;
        found.sort_by_key(|session| std::cmp::Reverse((session.last_active_at(), session.id())));
        Ok(found)
    }

    fn take_claim(&self, id: SessionId, displace: bool) -> Result<Claim> {
        let now = self.now();
        let lock = self.inner.owners.acquire()?;
        let (owners, held) = (Arc::clone(&self.inner.owners), Arc::clone(&lock));
        let epoch = self.inner.store.write("claim a session in", move |tx| {
            let session = current(tx, id)?;
            check_open(&session)?;
            if !displace {
                check_claimable(tx, &owners, id)?;
            }
            let epoch = tx.raise_epoch()?;
            tx.put_claim(id, &owners.claim_row(&held, epoch, now))?;
            store_activity(tx, &session, now)?;
            Ok(epoch)
        })?;
        self.sweep();
        Ok(Claim {
            registry: self.clone(),
            id,
            epoch,
            lock,
            released: false,
        })
    }
}

impl Claim {
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
        let started = Instant::now();
        let timeout = registry.inner.store.settings().busy_timeout;
        loop {
            self.check()?;
            let read = registry.lookup(id)?.ok_or(Error::NotFound { id })?;
            let mut changed = read.clone();
            change(&mut changed);
            changed.validate()?;
            let (held, now, revision) = (self.held(), registry.now(), read.revision());
            let stored = registry
                .inner
                .store
                .write("update a session in", move |tx| {
                    held.check(tx)?;
                    store_content(tx, id, revision, &changed, now)
                });
            match stored {
                Err(Error::Conflict { .. }) if started.elapsed() < timeout => {}
                Err(Error::Conflict { .. }) => {
                    let waited = started.elapsed();
                    return Err(Error::Busy { waited });
                }
                result => return result,
            }
        }
    }

    /// As [`SessionRegistry::touch`], provided that this claim still holds.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](Error::OwnershipLost), and as [`SessionRegistry::touch`].
    pub fn touch(&self) -> Result<()> {
        let (held, id, now) = (self.held(), self.id, self.registry.now());
        let due = self.registry.ask(|view| {
            held.check(view.reads())?;
            is_touch_due(view.reads(), id, now)
        })?;
        if !due {
            return Ok(());
        }
        self.registry
            .inner
            .store
            .write("touch a session in", move |tx| {
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
            .write("release a session in", move |tx| {
                held.check(tx)?;
                tx.remove_claim(held.id)
            });
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
    fn settle(&self, released: Result<()>) -> Result<()> {
        if let Err(error) = &released
            && !matches!(error, Error::OwnershipLost { .. })
        {
            self.lock.abandon(self.id, self.epoch);
        }
        released
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.released {
            return;
        }
        let held = self.held();
        let released = self
            .registry
            .inner
            .store
            .try_write("release a session in", move |tx| {
                held.check(tx)?;
                tx.remove_claim(held.id)
            });
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
}

/// Fails unless nobody claims the session, or a dead owner does.
fn check_claimable(tx: &impl Claims, owners: &Owners, id: SessionId) -> Result<(), Fault> {
    let Some(claim) = tx.claim(id)? else {
        return Ok(());
    };
    let owner = owners.owner(id, &claim);
    if owner.liveness == Liveness::Dead {
        return Ok(());
    }
    Err(Error::AlreadyClaimed { id, owner }.into())
}
