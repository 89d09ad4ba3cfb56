//! Whether a session is still ours while the command runs.

use session_registry::{Claim, Error, Session, SessionRegistry};

use super::OnLost;
use crate::child::Verdict;
use crate::escape::Escaped;
use crate::output::Output;

/// Looks now and then whether the session is still ours.
pub(super) struct ClaimWatch<'a> {
    registry: &'a SessionRegistry,
    session: &'a Session,
    claim: &'a Claim,
    output: &'a Output,
    is_told: bool,
}

impl<'a> ClaimWatch<'a> {
    pub(super) fn new(
        registry: &'a SessionRegistry,
        session: &'a Session,
        claim: &'a Claim,
        output: &'a Output,
    ) -> Self {
        Self {
            registry,
            session,
            claim,
            output,
            is_told: false,
        }
    }

    /// Whether it was told that the session is ours no longer.
    pub(super) fn is_told(&self) -> bool {
        self.is_told
    }

    pub(super) fn look(&mut self, on_lost: OnLost) -> Verdict {
        let lost = match self.claim.check() {
            Err(error @ Error::OwnershipLost { .. }) => error,
            // What cannot be told now can be told later.
            _ => return Verdict::GoesOn,
        };
        self.is_told = tell_lost(&lost, self.registry, self.session, self.output);
        match on_lost {
            _ if !self.is_told => Verdict::GoesOn,
            OnLost::Warn => Verdict::GoesOnUnseen,
            OnLost::Term => Verdict::Ends,
        }
    }
}

/// Tells whose the session is now, unless it is closed: only who drives a session closes it, so that was the
/// command itself. Answers whether there was something to tell.
pub(super) fn tell_lost(
    lost: &Error,
    registry: &SessionRegistry,
    session: &Session,
    output: &Output,
) -> bool {
    let name = Escaped(session.name());
    let owner = match lost {
        Error::OwnershipLost { owner, .. } => owner.as_ref(),
        _ => None,
    };
    let message = match (owner, registry.lookup(session.id())) {
        (Some(owner), _) => {
            format!(
                "warning: session {name} was taken over meanwhile by {}",
                Escaped(owner)
            )
        }
        (None, Ok(Some(now))) if !now.state().is_open() => return false,
        (None, Ok(None)) => format!("warning: session {name} was removed meanwhile"),
        (None, _) => format!("warning: session {name} was taken over meanwhile, and let go"),
    };
    output.notice("ownership_lost", &message, &[]);
    true
}
