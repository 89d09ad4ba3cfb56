//! What is to be driven: a session that is registered, or one to be.

use session_registry::{Session, SessionRegistry, Started};

use crate::commands::when_free::WaitOption;
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::place;
use crate::session_argument::{SessionArgument, or_empty};

/// The session to drive.
pub(super) enum Target {
    /// One that is registered.
    Known(Session),
    /// One of a project that has none.
    New(Session),
}

impl Target {
    /// As far as it is known before it is driven.
    pub(super) fn session(&self) -> &Session {
        match self {
            Self::Known(session) | Self::New(session) => session,
        }
    }

    /// Opens or registers it as need be, and claims it. If somebody else was quicker to register one, it is that.
    pub(super) fn start(
        self,
        registry: &SessionRegistry,
        take_over: bool,
        wait: &WaitOption,
        output: &Output,
    ) -> Result<Started, Failure> {
        match self {
            Self::Known(session) if take_over => Ok(registry.resume_taking_over(session.id())?),
            Self::Known(session) => wait.call(
                registry,
                output,
                || registry.resume(session.id()),
                |patience| registry.resume_when_free(session.id(), patience),
            ),
            Self::New(session) => wait.call(
                registry,
                output,
                || registry.start(session.clone()),
                |patience| registry.start_when_free(session.clone(), patience),
            ),
        }
    }
}

/// The session that is named outright, or else a new one for the place that the name is.
pub(super) fn known_or_new(
    named: &SessionArgument,
    locator: &Locator,
) -> Result<(SessionRegistry, Target), Failure> {
    let refused = {
        let registry = or_empty(locator.open_existing()?)?;
        match named.whole_in(&registry) {
            Ok(session) => return Ok((registry, Target::Known(session))),
            Err(refused @ (Failure::Unknown { .. } | Failure::Inexact { .. })) => refused,
            Err(failure) => return Err(failure),
        }
    };
    let Ok(project) = place::of_project(named.as_typed().as_ref()) else {
        return Err(refused);
    };
    let registry = locator.open_or_create()?;
    let session = registry.session(project).build();
    Ok((registry, Target::New(session)))
}
