//! Beginning to drive a session that is registered: open, and claimed, in one commit.

use std::sync::Arc;

use super::SessionRegistry;
use super::change::{store_open, store_work};
use super::line::Gate;
use super::room::Room;
use super::rules::{Displacement, registered};
use super::started::{Begun, Started};
use crate::error::Result;
use crate::session::{Liveness, Owner, SessionId};
use crate::store::{Call, Claims};

impl SessionRegistry {
    /// Begins to drive a session: opens it again if it is closed, as [`reopen`](Self::reopen) does, and
    /// claims it, as [`claim`](Self::claim) does, in one commit. Should the program not be able to go on,
    /// [`Started::undo`] takes all of it back.
    ///
    /// # Errors
    ///
    /// In this order, the first that applies; nothing was changed, and no lock file is left:
    /// [`NotFound`](crate::Error::NotFound); of a closed session [`LimitReached`](crate::Error::LimitReached),
    /// [`ProjectAlreadyOpen`](crate::Error::ProjectAlreadyOpen);
    /// [`AlreadyClaimed`](crate::Error::AlreadyClaimed) with the owner, which may be this handle.
    /// [`Storage`](crate::Error::Storage) when the owner's lock file cannot be made, and what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// registry.close_session(id)?;
    /// let started = registry.resume(id)?;
    /// assert_eq!(registry.list_ids()?, [id]);
    /// assert_eq!(registry.resume(id).unwrap_err().code(), "already_claimed");
    /// started.claim().check()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume(&self, id: SessionId) -> Result<Started> {
        self.begin_resume(self.call(), id, Displacement::DeadOwner, Gate::Open)
    }

    /// Begins to drive a session as [`resume`](Self::resume) does, although a live owner drives it, who is
    /// told as [`take_over`](Self::take_over) says.
    ///
    /// # Errors
    ///
    /// As [`resume`](Self::resume), without `AlreadyClaimed`.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry, StartedHow};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let first = registry.resume(id)?;
    /// let second = registry.resume_taking_over(id)?;
    /// assert_eq!(second.how(), StartedHow::Found);
    /// assert_eq!(first.claim().check().unwrap_err().code(), "ownership_lost");
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume_taking_over(&self, id: SessionId) -> Result<Started> {
        self.begin_resume(self.call(), id, Displacement::AnyOwner, Gate::Open)
    }

    /// Resumes a session, if the gate lets the caller in.
    pub(super) fn begin_resume(
        &self,
        call: Call<'_>,
        id: SessionId,
        displacement: Displacement,
        gate: Gate,
    ) -> Result<Started> {
        self.inner.store.check_access()?;
        // Looked at first, because a refused one should make no lock file.
        let reaper = self.reaper();
        call.read("read", |view| {
            let reads = view.reads();
            Room::for_opening(reads, &reaper, &registered(reads, id)?).map(drop)
        })?;
        let (_, owner) = self.look(id, call)?;
        let is_dead = |owner: &Owner| owner.liveness == Liveness::Dead;
        let was_dead = owner.as_ref().is_some_and(is_dead);
        displacement.check(id, owner)?;
        let corpse = was_dead
            .then(|| self.inner.owners.stillborn())
            .transpose()?;

        let now = self.now();
        let owners = Arc::clone(&self.inner.owners);
        let claimed = self.make_claim(call, "resume a session in", move |tx, attempt| {
            let before = registered(tx, id)?;
            let room = Room::for_opening(tx, &reaper, &before)?;
            let replaced = tx.claim(id)?;
            let owner = replaced.as_ref().map(|claim| owners.owner(id, claim));
            let was_dead = owner.as_ref().is_some_and(is_dead);
            displacement.check(id, owner)?;
            gate.check(tx, &reaper)?;
            gate.pass(tx, &reaper.owners)?;
            let made = attempt.write(tx, id, now)?;
            let (session, reaped) = match room {
                None => (store_work(tx, &before, now)?, Vec::new()),
                Some(room) => {
                    let reaped = room.make(tx, now)?;
                    (store_open(tx, &before, now)?, reaped)
                }
            };
            let begun = Begun {
                session,
                reaped,
                before: Some(before),
                dead: replaced.filter(|_| was_dead),
            };
            Ok((made, begun))
        });
        let (claim, begun) = claimed?;
        Ok(Started::of(begun, claim, corpse))
    }
}
