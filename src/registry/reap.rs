//! Making room: when a call needs a slot or a path, sessions whose owner is proven dead are closed, as few
//! as needed. Planned first and carried out last, so that a call that is refused has closed nobody.

use std::sync::Arc;

use super::SessionRegistry;
use super::change::{already_open, store_state};
use crate::error::Error;
use crate::session::{
    CloseReason, Liveness, ProjectPath, Session, SessionId, SessionState, Timestamp,
};
use crate::store::{ClaimRow, Claims, Fault, Owners, Reads, WriteTx};

/// Whether sessions of dead owners make room for new ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reap {
    /// When a session is registered or reopened, and the limit or its project path is in the way: open
    /// sessions whose owner is proven dead are closed, as few as needed. The dead holder of the path goes
    /// first, then the least recently active. Sessions that nobody claimed, or whose owner may be alive,
    /// stay; none is removed.
    #[default]
    OnPressure,
    /// Never.
    Never,
}

/// Who may be reaped.
pub(super) struct Reaper {
    owners: Arc<Owners>,
    reap: Reap,
}

impl Reaper {
    fn is_dead(&self, id: SessionId, claim: &ClaimRow) -> bool {
        self.reap == Reap::OnPressure && self.owners.liveness(id, claim) == Liveness::Dead
    }
}

/// What room there is for one more open session, and what could be made.
pub(super) struct Plan {
    max_sessions: u32,
    open: u64,
    /// The open session that holds the wanted path, and whether it must go.
    holder: Option<(Session, bool)>,
    /// Others that must go, in order.
    victims: Vec<Session>,
    fits: bool,
}

impl Plan {
    pub(super) fn make(
        tx: &WriteTx<'_>,
        reaper: &Reaper,
        path: &ProjectPath,
    ) -> Result<Self, Fault> {
        let (max_sessions, open) = (tx.max_sessions()?, tx.count()?);
        let holder = match tx.session_by_path(path)? {
            None => None,
            Some(session) => {
                let claim = tx.claim(session.id())?;
                let dead = claim.is_some_and(|claim| reaper.is_dead(session.id(), &claim));
                Some((session, dead))
            }
        };
        let freed = u64::from(holder.as_ref().is_some_and(|(_, dead)| *dead));
        let needed = (open + 1)
            .saturating_sub(freed)
            .saturating_sub(max_sessions.into());
        let mut plan = Self {
            max_sessions,
            open,
            holder,
            victims: Vec::new(),
            fits: needed == 0,
        };
        // At a limit of 0 no number of victims makes room.
        if needed > 0 && max_sessions > 0 && reaper.reap == Reap::OnPressure {
            plan.victims = plan.find_victims(tx, reaper, needed)?;
            plan.fits = plan.victims.len() as u64 == needed;
        }
        Ok(plan)
    }

    /// The `needed` least recently active sessions of dead owners, fewer if there are not as many.
    fn find_victims(
        &self,
        tx: &WriteTx<'_>,
        reaper: &Reaper,
        needed: u64,
    ) -> Result<Vec<Session>, Fault> {
        let holder = self.holder.as_ref().map(|(session, _)| session.id());
        let mut victims = Vec::new();
        for (id, claim) in Claims::claims(tx)? {
            if Some(id) == holder {
                continue;
            }
            // Each claim by itself: of one owner's, some may have ended and others not.
            if reaper.is_dead(id, &claim)
                && let Some(session) = tx.session(id)?.filter(|s| s.state().is_open())
            {
                victims.push(session);
            }
        }
        victims.sort_by_key(|session| (session.last_active_at(), session.id()));
        victims.truncate(usize::try_from(needed).unwrap_or(usize::MAX));
        Ok(victims)
    }

    pub(super) fn check_limit(&self) -> Result<(), Fault> {
        if self.fits {
            return Ok(());
        }
        let (max_sessions, open) = (self.max_sessions, self.open);
        Err(Error::LimitReached { max_sessions, open }.into())
    }

    pub(super) fn check_path(&self, path: &ProjectPath) -> Result<(), Fault> {
        match &self.holder {
            Some((session, false)) => Err(already_open(path, session.id())),
            _ => Ok(()),
        }
    }

    /// Closes whoever must go, and answers them as they are now.
    pub(super) fn carry_out(
        self,
        tx: &mut WriteTx<'_>,
        now: Timestamp,
    ) -> Result<Vec<Session>, Fault> {
        let state = SessionState::Closed {
            at: now,
            reason: CloseReason::OwnerDied,
        };
        let holder = self.holder.into_iter().map(|(session, _)| session);
        holder
            .chain(self.victims)
            .map(|session| store_state(tx, &session, state, now))
            .collect()
    }
}

impl SessionRegistry {
    pub(super) fn reaper(&self) -> Reaper {
        Reaper {
            owners: Arc::clone(&self.inner.owners),
            reap: self.inner.reap,
        }
    }

    /// Tidies up behind owners whose last claim may just have gone.
    pub(super) fn sweep_after(&self, reaped: &[Session]) {
        if !reaped.is_empty() {
            self.sweep();
        }
    }

    pub(super) fn sweep(&self) {
        self.inner
            .owners
            .sweep(|| self.ask(|view| view.reads().claims()));
    }
}
