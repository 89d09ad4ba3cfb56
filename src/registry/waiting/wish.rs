//! What somebody waits to do.

use crate::error::Error;
use crate::registry::reap::Reaper;
use crate::registry::room::Room;
use crate::registry::rules::{Displacement, registered};
use crate::registry::start::StartPlan;
use crate::session::{ProjectPath, Session, SessionId};
use crate::store::{Aim, Claims, Fault, Lists, Reads};

#[derive(Clone, Debug)]
pub(super) enum Wish {
    Register(Session),
    Start(Session),
    Resume(SessionId),
}

impl Wish {
    /// Fails with the rule that refuses it now.
    pub(super) fn check(
        &self,
        reads: &(impl Lists + Claims),
        reaper: &Reaper,
    ) -> Result<(), Fault> {
        match self {
            Self::Register(session) => Room::for_new(reads, reaper, session).map(drop),
            Self::Start(session) => StartPlan::of(reads, reaper, session).map(drop),
            Self::Resume(id) => {
                let id = *id;
                Room::for_opening(reads, reaper, &registered(reads, id)?)?;
                let claim = reads.claim(id)?;
                let owner = claim.map(|claim| reaper.owners.owner(id, &claim));
                Ok(Displacement::DeadOwner.check(id, owner)?)
            }
        }
    }

    /// Whether time may mend it. Of a session that is to be resumed nobody waits for its driver to go; a start
    /// waits for any session of the project.
    pub(super) fn can_wait_out(&self, refusal: &Error) -> bool {
        match refusal {
            Error::LimitReached { .. } | Error::ProjectAlreadyOpen { .. } | Error::Busy { .. } => {
                true
            }
            Error::AlreadyClaimed { .. } => matches!(self, Self::Start(_)),
            _ => false,
        }
    }

    /// Returns where the session is, or is to be.
    pub(super) fn project_path(&self, reads: &impl Reads) -> Result<ProjectPath, Fault> {
        Ok(match self {
            Self::Register(session) | Self::Start(session) => session.project_path().clone(),
            Self::Resume(id) => registered(reads, *id)?.project_path().clone(),
        })
    }

    pub(super) fn aim(&self) -> Aim {
        match self {
            Self::Register(_) => Aim::Register,
            Self::Start(_) => Aim::Start,
            Self::Resume(id) => Aim::resume(*id),
        }
    }
}
