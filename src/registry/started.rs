//! The answer to calls that begin to drive a session.

use super::claim::{Before, Claim};
use crate::error::Result;
use crate::session::{Session, choices};
use crate::store::{ClaimRow, OwnLock};

/// The answer to [`SessionRegistry::start`](crate::SessionRegistry::start) and
/// [`SessionRegistry::resume`](crate::SessionRegistry::resume): an open session, the claim on it, and what it
/// took.
///
/// Dropping it ends the claim, as dropping a [`Claim`] does, and leaves the session open;
/// [`undo`](Self::undo) takes the whole start back.
///
/// ```
/// use session_registry::{ProjectPath, SessionRegistry, StartedHow};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
/// registry.close_session(id)?;
/// let started = registry.resume(id)?;
/// assert_eq!(started.how(), StartedHow::Reopened);
/// assert!(started.session().state().is_open() && started.reaped().is_empty());
/// let (session, claim) = started.into_parts();
/// assert_eq!(claim.session_id(), session.id());
/// claim.release()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the claim in it ends when it is dropped: keep it while the session is driven"]
pub struct Started {
    session: Session,
    claim: Claim,
    how: StartedHow,
    reaped: Vec<Session>,
    before: Before,
}

/// What a transaction made of a session.
pub(super) struct Begun {
    pub(super) session: Session,
    pub(super) reaped: Vec<Session>,
    /// `None` where the session is new.
    pub(super) before: Option<Session>,
    /// The claim of a dead owner, which was replaced.
    pub(super) dead: Option<ClaimRow>,
}

impl Started {
    pub(super) fn of(begun: Begun, claim: Claim, corpse: Option<OwnLock>) -> Self {
        let how = match &begun.before {
            None => StartedHow::Registered,
            Some(before) if before.state().is_open() => StartedHow::Found,
            Some(_) => StartedHow::Reopened,
        };
        Self {
            session: begun.session,
            claim,
            how,
            reaped: begun.reaped,
            before: Before {
                session: begun.before,
                dead: begun.dead,
                corpse,
            },
        }
    }

    /// Returns the session as it was stored: open, and active now.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Returns the claim on the session.
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// Returns the session and the claim on it. The start can then no longer be undone.
    pub fn into_parts(self) -> (Session, Claim) {
        (self.session, self.claim)
    }

    /// Returns what the session was before.
    #[must_use]
    pub fn how(&self) -> StartedHow {
        self.how
    }

    /// Returns the sessions of dead owners that were closed to make room, as they are now.
    #[must_use]
    pub fn reaped(&self) -> &[Session] {
        &self.reaped
    }

    /// Takes the start back, for a program that cannot go on after all, in one commit: the claim ends, the
    /// session has the state, the reason and the time of its closing, and the last activity that it had before,
    /// and returns as it is then. If its last owner had died,
    /// [`interrupted`](crate::SessionRegistry::interrupted) lists it again. It is an ordinary change: where the
    /// session is closed again, revision and `updated_at` move on.
    ///
    /// A session that this start registered is removed, as [`unregister`](crate::SessionRegistry::unregister)
    /// does, and returned as it was: nobody has worked in it, and its id and aliases are free for the next try.
    ///
    /// What others have had of the start stays: sessions that were closed to make room are closed, a
    /// [displaced](crate::SessionRegistry::resume_taking_over) owner has lost its claim, and the last activity
    /// stays if somebody worked in the session meanwhile.
    ///
    /// # Errors
    ///
    /// [`OwnershipLost`](crate::Error::OwnershipLost) when the claim is over already;
    /// [`Conflict`](crate::Error::Conflict) when the session was changed since, which keeps it also where it is
    /// new;
    /// [`Storage`](crate::Error::Storage), and what [every write](crate#errors) can answer. The session then
    /// stays as it is, and the claim ends as a dropped one does.
    ///
    /// ```
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let closed = registry.close_session(id)?;
    /// let started = registry.resume(id)?;
    /// // The program that was to drive it cannot be run.
    /// let undone = started.undo()?;
    /// assert_eq!(undone.state(), closed.state());
    /// assert_eq!(undone.last_active_at(), closed.last_active_at());
    /// assert_eq!(registry.owner(id)?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn undo(self) -> Result<Session> {
        self.claim.undo(self.session, self.before)
    }
}

/// What a session was before it was [`Started`]. Printed, read and written by serde as `registered`, `found` or
/// `reopened`.
///
/// ```
/// use session_registry::StartedHow;
///
/// assert_eq!(StartedHow::Reopened.to_string(), "reopened");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartedHow {
    /// It was not there: this start registered it.
    Registered,
    /// It was open.
    Found,
    /// It was closed.
    Reopened,
}

choices! { StartedHow, "a way to start":
    Registered => "registered",
    Found => "found",
    Reopened => "reopened",
}
