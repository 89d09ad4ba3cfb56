//! Making room: when a call needs a slot or a path, sessions whose owner is proven dead are closed, as few
//! as needed. Planned first and carried out last, so that a call that is refused has closed nobody.

use std::sync::Arc;

use super::SessionRegistry;
use super::change::store_closed;
use super::project::ProjectRoom;
use super::reap::{Reap, Reaper};
use super::rules::{Limit, check_aliases, check_new_id};
use crate::session::{CloseReason, ProjectPath, Session, Timestamp};
use crate::store::{Claims, Fault, Reads, Writes};

/// What room there is for one more open session, and what could be made.
pub(super) struct Room {
    limit: Limit,
    /// On the wanted path.
    project: ProjectRoom,
    /// Others that must go, in order.
    victims: Vec<Session>,
    fits: bool,
}

impl Room {
    /// Plans for a session at `path`. Nothing is written.
    pub(super) fn plan(
        reads: &(impl Reads + Claims),
        reaper: &Reaper,
        path: &ProjectPath,
    ) -> Result<Self, Fault> {
        let limit = Limit::of(reads)?;
        let project = ProjectRoom::plan(reads, reaper, path, limit.max_sessions)?;
        let freed = project.going.len() as u64;
        let needed = limit.excess(1).saturating_sub(freed);
        let mut room = Self {
            limit,
            project,
            victims: Vec::new(),
            fits: needed == 0,
        };
        // At a limit of 0 no number of victims makes room.
        if needed > 0 && limit.max_sessions > 0 && reaper.reap == Reap::OnPressure {
            room.victims = room.find_victims(reads, reaper, needed)?;
            room.fits = room.victims.len() as u64 == needed;
        }
        Ok(room)
    }

    /// As [`plan`](Self::plan), for a session that is to be open: the limit first, then the path. `None`
    /// where it is open already.
    pub(super) fn for_opening(
        reads: &(impl Reads + Claims),
        reaper: &Reaper,
        session: &Session,
    ) -> Result<Option<Self>, Fault> {
        if session.state().is_open() {
            return Ok(None);
        }
        let path = session.project_path();
        let room = Self::plan(reads, reaper, path)?;
        room.check_limit()?;
        room.project.check(reads, path)?;
        Ok(Some(room))
    }

    /// As [`plan`](Self::plan), for a new session: the limit first, then its id, its path and its aliases.
    pub(super) fn for_new(
        reads: &(impl Reads + Claims),
        reaper: &Reaper,
        session: &Session,
    ) -> Result<Self, Fault> {
        let path = session.project_path();
        let room = Self::plan(reads, reaper, path)?;
        room.check_limit()?;
        check_new_id(reads, session.id())?;
        room.project.check(reads, path)?;
        check_aliases(reads, session.id(), session.aliases())?;
        Ok(room)
    }

    /// The `needed` least recently active sessions of dead owners, fewer if there are not as many.
    fn find_victims(
        &self,
        reads: &(impl Reads + Claims),
        reaper: &Reaper,
        needed: u64,
    ) -> Result<Vec<Session>, Fault> {
        let mut victims = Vec::new();
        for (id, claim) in reads.claims()? {
            if self.project.going.iter().any(|session| session.id() == id) {
                continue;
            }
            // Each claim by itself: of one owner's, some may have ended and others not.
            if reaper.is_dead(id, &claim)
                && let Some(session) = reads.session(id)?.filter(|s| s.state().is_open())
            {
                victims.push(session);
            }
        }
        victims.sort_by_key(|session| (session.last_active_at(), session.id()));
        victims.truncate(usize::try_from(needed).unwrap_or(usize::MAX));
        Ok(victims)
    }

    /// Whether there is room, or can be made.
    pub(super) fn is_there(&self) -> bool {
        self.fits && self.project.fits
    }

    fn check_limit(&self) -> Result<(), Fault> {
        if self.fits {
            return Ok(());
        }
        Err(self.limit.reached().into())
    }

    /// Closes whoever must go, and answers them as they are now.
    pub(super) fn make(
        self,
        tx: &mut (impl Reads + Writes),
        now: Timestamp,
    ) -> Result<Vec<Session>, Fault> {
        self.project
            .going
            .into_iter()
            .chain(self.victims)
            .map(|session| store_closed(tx, &session, CloseReason::OwnerDied, now))
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
}
