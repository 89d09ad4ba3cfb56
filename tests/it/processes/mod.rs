//! Several threads and processes on one file: racing, dying, standing still.

mod bystander;
mod creation;
mod crowds;
mod fresh;
mod hammer;
mod kills;
mod ledger;
mod migrations;
mod races;
pub(crate) mod roles;
#[cfg(unix)]
mod stopped;
mod survival;

use std::path::Path;

use session_registry::{
    ProjectPath, Query, RegistryOptions, Session, SessionRegistry, StateFilter,
};

use crate::support::child::HANG;

/// Nobody is busy for this long on a machine that works.
fn patient() -> RegistryOptions {
    SessionRegistry::options().busy_timeout(HANG)
}

fn session_at(path: &str) -> Session {
    Session::builder(ProjectPath::new(path).unwrap()).build()
}

/// Every rule about the content, seen through the public calls of one snapshot.
fn assert_in_step(registry: &SessionRegistry) -> Vec<Session> {
    let snapshot = registry.snapshot().unwrap();
    let sessions = snapshot.list_all().unwrap();
    assert_eq!(snapshot.count().unwrap(), sessions.len() as u64);
    assert!(sessions.len() <= snapshot.max_sessions().unwrap() as usize);
    let order: Vec<_> = sessions
        .iter()
        .map(|session| (session.created_at(), session.id()))
        .collect();
    assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
    for session in &sessions {
        let found = snapshot.lookup(session.id()).unwrap();
        assert_eq!(found.as_ref(), Some(session));
        let found = snapshot.lookup_by_path(session.project_path()).unwrap();
        assert_eq!(found.as_ref(), Some(session), "two sessions with one path");
        let found = snapshot.lookup_all_by_name(session.name().as_str());
        assert!(found.unwrap().contains(session));
    }
    drop(snapshot);
    let found = registry.verify().unwrap();
    assert!(found.is_clean(), "{found:?}");
    sessions
}

/// Opens the file as the next program would, and looks at everything.
fn reopen_and_check(file: &Path) -> Vec<Session> {
    let registry = patient().create(false).open(file).unwrap();
    assert_in_step(&registry);
    let sessions = everything(&registry);
    registry.close().unwrap();
    sessions
}

/// Every session, open or closed, oldest first.
fn everything(registry: &SessionRegistry) -> Vec<Session> {
    let query = Query::new().state(StateFilter::Any).limit(Query::MAX_LIMIT);
    let page = registry.list(&query).unwrap();
    assert_eq!(page.next, None, "more than were ever made");
    page.items
}
