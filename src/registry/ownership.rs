//! Claims: a live process says that it drives a session now.

use std::sync::Arc;

use super::change::store_activity;
use super::rules::{Displacement, check_open, registered, registered_head};
use super::{Claim, SessionRegistry};
use crate::error::Result;
use crate::session::{Liveness, Owner, Session, SessionId};
use crate::store::{Call, ClaimRow, Claims, Head, Lists};

impl SessionRegistry {
    /// Claims an open session, exclusively. The claim counts as activity. A dead owner is no obstacle.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound), [`SessionClosed`](crate::Error::SessionClosed),
    /// [`AlreadyClaimed`](crate::Error::AlreadyClaimed) with the owner, which may be this handle; nothing is left
    /// behind. [`OwnersFolder`](crate::Error::OwnersFolder) when the folder of the locks proves nothing, or claims
    /// here are for another user: they are for the registry's owner and root.
    /// [`Storage`](crate::Error::Storage) when the owner's lock file cannot be made, and what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// assert_eq!(registry.claim(id).unwrap_err().code(), "already_claimed");
    /// drop(claim);
    /// let again = registry.claim(id)?;
    /// assert!(again.check().is_ok());
    /// # Ok(())
    /// # }
    /// ```
    pub fn claim(&self, id: SessionId) -> Result<Claim> {
        self.take_claim(id, Displacement::DeadOwner)
    }

    /// Claims an open session although a live owner drives it. That owner is told by its claim,
    /// [`OwnershipLost`](crate::Error::OwnershipLost), and changes nothing any more through it.
    ///
    /// # Errors
    ///
    /// As [`claim`](Self::claim), without `AlreadyClaimed`.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// let first = registry.claim(id)?;
    /// let second = registry.take_over(id)?;
    /// assert_eq!(first.check().unwrap_err().code(), "ownership_lost");
    /// assert!(second.epoch() > first.epoch());
    /// # Ok(())
    /// # }
    /// ```
    pub fn take_over(&self, id: SessionId) -> Result<Claim> {
        self.take_claim(id, Displacement::AnyOwner)
    }

    /// Returns who claims a session, dead or alive; `None` when nobody does.
    ///
    /// # Errors
    ///
    /// [`NotFound`](crate::Error::NotFound), and what [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{Liveness, ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// assert_eq!(registry.owner(id)?, None);
    /// let claim = registry.claim(id)?;
    /// let owner = registry.owner(id)?.unwrap();
    /// assert_eq!((owner.pid, owner.liveness), (std::process::id(), Liveness::Alive));
    /// # drop(claim);
    /// # Ok(())
    /// # }
    /// ```
    pub fn owner(&self, id: SessionId) -> Result<Option<Owner>> {
        let (_, owner) = self.look(id, self.call())?;
        Ok(owner)
    }

    /// Returns the sessions that somebody may want to resume: the open ones whose owner died, and those that were
    /// closed because of that. Most recently active first.
    ///
    /// # Errors
    ///
    /// What [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// // Nobody died: the owner is this very process.
    /// assert!(registry.interrupted()?.is_empty());
    /// # drop(claim);
    /// # Ok(())
    /// # }
    /// ```
    pub fn interrupted(&self) -> Result<Vec<Session>> {
        let owners = &self.inner.owners;
        let mut found = self.ask(|view| {
            let reads = view.reads();
            let mut found = reads.closed_by_death()?;
            for (id, claim) in reads.claims()? {
                if owners.liveness(id, &claim) == Liveness::Dead {
                    found.push(registered(reads, id)?);
                }
            }
            Ok(found)
        })?;
        found.sort_by_key(|session| std::cmp::Reverse((session.last_active_at(), session.id())));
        Ok(found)
    }

    fn take_claim(&self, id: SessionId, displacement: Displacement) -> Result<Claim> {
        self.inner.store.check_access()?;
        // Looked at first, because a refused claim should make no lock file.
        let call = self.call();
        let (session, owner) = self.look(id, call)?;
        check_open(&session)?;
        displacement.check(id, owner)?;

        let now = self.now();
        let owners = Arc::clone(&self.inner.owners);
        let claimed = self.make_claim(call, "claim a session in", move |tx, attempt| {
            let session = registered_head(tx, id)?;
            check_open(&session)?;
            let claim = tx.claim(id)?;
            displacement.check(id, claim.map(|claim| owners.owner(id, &claim)))?;
            let made = attempt.write(tx, id, now)?;
            store_activity(tx, &session, now)?;
            Ok((made, ()))
        });
        let (claim, ()) = claimed?;
        Ok(claim)
    }

    /// A session and who claims it. An owner removes its row first and its lock file then, so one that
    /// lets go between the two looks here seems unknown: it is looked at again.
    pub(super) fn look(&self, id: SessionId, call: Call<'_>) -> Result<(Head, Option<Owner>)> {
        let mut seen: Option<ClaimRow> = None;
        let mut looks = 0;
        loop {
            let (session, claim) = call.read("read", |view| {
                let reads = view.reads();
                Ok((registered_head(reads, id)?, reads.claim(id)?))
            })?;
            let Some(claim) = claim else {
                return Ok((session, None));
            };
            let owner = self.inner.owners.owner(id, &claim);
            looks += 1;
            if owner.liveness != Liveness::Unknown
                || seen.as_ref() == Some(&claim)
                || looks == MOST_LOOKS
            {
                return Ok((session, Some(owner)));
            }
            seen = Some(claim);
        }
    }
}

/// How often a claim that changes under the eye is looked at.
pub(super) const MOST_LOOKS: u32 = 16;
