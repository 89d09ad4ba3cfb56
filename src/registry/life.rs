//! Closing, reopening and touching sessions.

use std::sync::Arc;
use std::time::Duration;

use super::SessionRegistry;
use super::change::{current, store_activity, store_state};
use super::reap::Plan;

use crate::error::{Error, Result};
use crate::session::{CloseReason, Liveness, Session, SessionId, SessionState, Timestamp};
use crate::store::{Claims, Fault, Owners, Reads, WriteTx};

/// A touch this soon after the last activity writes nothing.
const TOUCH_INTERVAL: Duration = Duration::from_secs(1);

impl SessionRegistry {
    /// Closes a session: it frees its slot and its project path, and keeps its record. The claim of this
    /// handle on it, if there is one, ends. Closing a closed session changes nothing.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Error::NotFound); [`AlreadyClaimed`](Error::AlreadyClaimed) by another handle whose
    /// owner is not proven dead; and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let path = ProjectPath::new("/work/app")?;
    /// let id = registry.register(Session::builder(path).build())?.id();
    /// registry.close_session(id)?;
    /// assert_eq!(registry.count()?, 0);
    /// assert!(registry.lookup(id)?.is_some(), "the record is kept");
    /// assert!(registry.reopen(id)?.state().is_open());
    /// # Ok(())
    /// # }
    /// ```
    pub fn close_session(&self, id: SessionId) -> Result<Session> {
        let now = self.now();
        let owners = Arc::clone(&self.inner.owners);
        self.inner.store.write("close a session in", move |tx| {
            let session = current(tx, id)?;
            if !session.state().is_open() {
                return Ok(session);
            }
            check_not_driven(tx, &owners, id)?;
            let state = SessionState::Closed {
                at: now,
                reason: CloseReason::Requested,
            };
            store_state(tx, &session, state, now)
        })
    }

    /// Opens a closed session again. Reopening an open one changes nothing.
    ///
    /// # Errors
    ///
    /// In this order: [`NotFound`](Error::NotFound), [`LimitReached`](Error::LimitReached),
    /// [`ProjectAlreadyOpen`](Error::ProjectAlreadyOpen); nothing was changed. Also what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// registry.close_session(id)?;
    /// // Somebody else has the project by now.
    /// let path = ProjectPath::new("/work/app")?;
    /// registry.register(Session::builder(path).build())?;
    /// assert_eq!(registry.reopen(id).unwrap_err().code(), "project_already_open");
    /// # Ok(())
    /// # }
    /// ```
    pub fn reopen(&self, id: SessionId) -> Result<Session> {
        let now = self.now();
        let reaper = self.reaper();
        let (session, reaped) = self.inner.store.write("reopen a session in", move |tx| {
            let session = current(tx, id)?;
            if session.state().is_open() {
                return Ok((session, Vec::new()));
            }
            let plan = Plan::make(tx, &reaper, session.project_path())?;
            plan.check_limit()?;
            plan.check_path(session.project_path())?;
            let reaped = plan.carry_out(tx, now)?;
            Ok((store_state(tx, &session, SessionState::Open, now)?, reaped))
        })?;
        self.sweep_after(&reaped);
        Ok(session)
    }

    /// Notes that somebody works in a session: moves [`Session::last_active_at`] to now and nothing else,
    /// neither the revision nor `updated_at`. Within a second of the last activity it writes nothing, so
    /// that it can be called often.
    ///
    /// # Errors
    ///
    /// [`NotFound`](Error::NotFound), [`SessionClosed`](Error::SessionClosed), and what
    /// [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry, Timestamp};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let began = Timestamp::from_micros(0);
    /// let path = ProjectPath::new("/work/app")?;
    /// let session = registry.register(Session::builder(path).created_at(began).build())?;
    /// registry.touch(session.id())?;
    /// let touched = registry.lookup(session.id())?.unwrap();
    /// assert!(touched.last_active_at() > began);
    /// assert_eq!(touched.revision(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn touch(&self, id: SessionId) -> Result<()> {
        let now = self.now();
        // Looked at first, because a touch too many should cost no transaction.
        let call = self.inner.store.begin_change()?;
        if !self.ask_within(call, |view| is_touch_due(view.reads(), id, now))? {
            return Ok(());
        }
        self.inner
            .store
            .write_within("touch a session in", call, move |tx| touch(tx, id, now))
    }
}

/// Whether a touch would write.
pub(super) fn is_touch_due(
    reads: &impl Reads,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let session = current(reads, id)?;
    check_open(&session)?;
    Ok(now.duration_since(session.last_active_at()) >= TOUCH_INTERVAL)
}

pub(super) fn touch(tx: &mut WriteTx<'_>, id: SessionId, now: Timestamp) -> Result<(), Fault> {
    if is_touch_due(tx, id, now)? {
        let session = current(tx, id)?;
        store_activity(tx, &session, now)?;
    }
    Ok(())
}

pub(super) fn check_open(session: &Session) -> Result<()> {
    if session.state().is_open() {
        return Ok(());
    }
    Err(Error::SessionClosed { id: session.id() })
}

/// Fails if another handle claims the session and may be alive.
pub(super) fn check_not_driven(
    tx: &impl Claims,
    owners: &Owners,
    id: SessionId,
) -> Result<(), Fault> {
    let Some(claim) = tx.claim(id)? else {
        return Ok(());
    };
    if owners.is_own(&claim) {
        return Ok(());
    }
    let owner = owners.owner(id, &claim);
    if owner.liveness == Liveness::Dead {
        return Ok(());
    }
    Err(Error::AlreadyClaimed { id, owner }.into())
}
