//! What a command that `resume` runs is told about its session, and what it can do with that.

use std::env;
use std::process::Command;

use session_registry::{Claim, Session, SessionId, SessionRegistry};

use crate::plain_path::plain;

const ID: &str = "SESSION_ID";
const EPOCH: &str = "SESSION_EPOCH";

/// Tells a command which session it drives, and the number of the claim it does that with.
pub(crate) fn tell(
    command: &mut Command,
    registry: &SessionRegistry,
    session: &Session,
    claim: &Claim,
) {
    command
        .env(ID, session.id().to_string())
        .env(EPOCH, claim.epoch().to_string())
        .env("SESSION_NAME", session.name().as_str())
        .env("SESSION_PROJECT", session.project_path().as_str());
    if let Some(path) = registry.path() {
        command.env("SESSION_REGISTRY", plain(path.to_path_buf()));
    }
}

/// The session that this program drives because `resume` runs it, and the number of the claim.
pub(crate) fn session() -> Option<(SessionId, u64)> {
    let id = env::var(ID).ok()?.parse().ok()?;
    let epoch = env::var(EPOCH).ok()?.parse().ok()?;
    Some((id, epoch))
}
