//! How many sessions may be open on one project path, and whose end would make room there.

use super::reap::Reaper;
use crate::error::Error;
use crate::session::{ProjectPath, Session, SessionId};
use crate::store::{Claims, Fault, Reads};

/// Returns how many sessions on a path would have to close before one more can open there. Reads no more entries
/// than there may be sessions, unless there are as many.
pub(super) fn excess(reads: &impl Reads, path: &ProjectPath) -> Result<u64, Fault> {
    let most = u64::from(reads.max_sessions_per_project()?);
    if reads.count_on_path(path, most)? < most {
        return Ok(0);
    }
    // There may be more than the number allows: tightening evicts nobody.
    let open = reads.count_on_path(path, u64::MAX)?;
    Ok(open.saturating_add(1).saturating_sub(most))
}

/// Returns the refusal of a session that does not fit on a path.
pub(super) fn already_open(reads: &impl Reads, path: &ProjectPath) -> Result<Error, Fault> {
    // Its row is read too: no damaged one refuses a project.
    let holder = reads
        .session_by_path(path)?
        .ok_or_else(|| Fault::Damaged(format!("nobody holds project {path}, which has no room")))?;
    Ok(Error::ProjectAlreadyOpen {
        project_path: path.clone(),
        holder: holder.id(),
        open: reads.count_on_path(path, u64::MAX)?,
        max_sessions_per_project: reads.max_sessions_per_project()?,
    })
}

/// A stored session may move to a path where there is room. A closed one holds no path, so it may have any.
pub(super) fn check_move(
    reads: &impl Reads,
    stored: &Session,
    path: &ProjectPath,
) -> Result<(), Fault> {
    if !stored.state().is_open() || stored.project_path() == path || excess(reads, path)? == 0 {
        return Ok(());
    }
    Err(already_open(reads, path)?.into())
}

/// What room there is on a path for one more open session, and what could be made.
pub(super) struct ProjectRoom {
    /// Who must go, least recently active first.
    pub(super) going: Vec<Session>,
    pub(super) fits: bool,
}

impl ProjectRoom {
    /// `max_sessions` is how many sessions may be open in all: where that is not more than may be on a path, no
    /// path can be too full.
    pub(super) fn plan(
        reads: &(impl Reads + Claims),
        reaper: &Reaper,
        path: &ProjectPath,
        max_sessions: u32,
    ) -> Result<Self, Fault> {
        let mut room = Self {
            going: Vec::new(),
            fits: true,
        };
        // A single session a path is looked for whatever the limit: its own refusal says more.
        let most = reads.max_sessions_per_project()?;
        if most > 1 && most >= max_sessions {
            return Ok(room);
        }
        let needed = excess(reads, path)?;
        if needed == 0 {
            return Ok(room);
        }
        for id in reads.on_path(path)? {
            if room.going.len() as u64 == needed {
                break;
            }
            if is_dead(reads, reaper, id)?
                && let Some(session) = reads.session(id)?
            {
                room.going.push(session);
            }
        }
        room.fits = room.going.len() as u64 == needed;
        Ok(room)
    }

    pub(super) fn check(&self, reads: &impl Reads, path: &ProjectPath) -> Result<(), Fault> {
        if self.fits {
            return Ok(());
        }
        Err(already_open(reads, path)?.into())
    }
}

fn is_dead(reads: &impl Claims, reaper: &Reaper, id: SessionId) -> Result<bool, Fault> {
    let claim = reads.claim(id)?;
    Ok(claim.is_some_and(|claim| reaper.is_dead(id, &claim)))
}
