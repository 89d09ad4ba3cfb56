//! The session that somebody worked in last, at a place.

use std::path::Path;

use session_registry::{
    Error, Liveness, Order, ProjectPath, Query, Session, SessionRegistry, StateFilter,
};

use crate::current_dir;
use crate::failure::Failure;
use crate::finding::project_paths;

/// The most recently active session of the nearest project at or above a directory, open or closed. One that
/// somebody drives is passed over for one that nobody does, unless it can be taken over.
pub(super) fn last_around(
    registry: &SessionRegistry,
    directory: &Path,
    take_over: bool,
) -> Result<Session, Failure> {
    current_dir::check(directory)?;
    let mut level = project_paths(directory);
    while !level.is_empty() {
        for project in &level {
            if let Some(session) = last_of(registry, project, take_over)? {
                return Ok(session);
            }
        }
        level = level.iter().filter_map(ProjectPath::parent).collect();
    }
    let path = current_dir::absolute(directory)?;
    Err(Failure::Outside { path })
}

fn last_of(
    registry: &SessionRegistry,
    project: &ProjectPath,
    take_over: bool,
) -> Result<Option<Session>, Failure> {
    let query = Query::new()
        .path(project.clone())
        .state(StateFilter::Any)
        .order(Order::LastActive)
        .descending();
    let sessions = registry.list(&query)?.items;
    for session in &sessions {
        if take_over || !is_driven(registry, session)? {
            return Ok(Some(session.clone()));
        }
    }
    Ok(sessions.into_iter().next())
}

fn is_driven(registry: &SessionRegistry, session: &Session) -> Result<bool, Error> {
    match registry.owner(session.id()) {
        Ok(owner) => Ok(owner.is_some_and(|owner| owner.liveness != Liveness::Dead)),
        // It was removed since.
        Err(Error::NotFound { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}
