//! What becomes of the claim when the command has ended.

use session_registry::{Claim, Error, Session, SessionRegistry};

use super::claim_watch::tell_lost;
use crate::escape::Escaped;
use crate::output::Output;

/// Leaves the claim to what the command started: it is alive for as long as that runs, and its owner dead then.
pub(super) fn leave(claim: Claim, session: &Session, output: &Output) {
    std::mem::forget(claim);
    let name = Escaped(session.name());
    let message = format!(
        "warning: the command was killed, and session {name} is still driven by what it started"
    );
    output.notice("still_driven", &message, &[]);
}

/// The command has ended, so whatever happens here is only told.
pub(super) fn release(
    claim: Claim,
    registry: &SessionRegistry,
    session: &Session,
    output: &Output,
    is_told: bool,
) {
    match claim.release() {
        Ok(()) => {}
        Err(lost @ Error::OwnershipLost { .. }) => {
            if !is_told {
                tell_lost(&lost, registry, session, output);
            }
        }
        Err(error) => {
            let (code, name) = (error.code(), Escaped(session.name()));
            let message = format!(
                "warning: session {name} is still claimed: {}",
                Escaped(error)
            );
            output.notice(code, &message, &[]);
        }
    }
}
