//! The life of a session: closing, claiming, making room, finding, listing, pruning.

mod abandoned;
mod claims;
mod close;
mod containing;
mod cursors;
mod default_session;
pub(crate) mod driver;
mod listing;
mod matches;
mod model;
mod on_the_index;
mod owner_files;
mod pages;
mod paging;
mod pretended_death;
mod processes;
mod pruning;
mod races;
mod raw;
mod reaping;
mod reopen;
mod resolve;
mod resolve_closed;
pub(crate) mod restless;
mod take_over;
mod touch;

use std::fmt::Debug;
use std::fs;
use std::path::Path;

use session_registry::{
    CloseReason, Liveness, Owner, Query, Result, Session, SessionId, SessionRegistry, SessionState,
    StateFilter, Timestamp,
};

use crate::support::place::{Kind, Place};
use crate::support::refusal::Refusal;
use crate::support::values::{START, at};

/// The places in which an owner can die: what is in memory dies with it.
fn files() -> [Place; 2] {
    [Place::new(Kind::Shared), Place::new(Kind::Exclusive)]
}

/// Seconds after the clock of a test began.
fn second(seconds: i64) -> Timestamp {
    at(START + seconds * 1_000_000)
}

/// Every record, open or closed, oldest first.
fn records(registry: &SessionRegistry) -> Vec<Session> {
    let all = Query::new().state(StateFilter::Any).limit(Query::MAX_LIMIT);
    let page = registry.list(&all).unwrap();
    assert_eq!(page.next, None);
    page.items
}

/// Makes a call that must fail and change nothing at all, closed records and claims included.
fn refused<T: Debug>(
    place: &mut Place,
    call: impl FnOnce(&SessionRegistry) -> Result<T>,
) -> Refusal {
    let seen = |registry: &SessionRegistry| {
        let stats = registry.stats().unwrap();
        (records(registry), stats.claims)
    };
    let before = seen(&place.registry);
    let refusal = place.refused(call);
    assert_eq!(seen(&place.registry), before, "after {refusal:?}");
    refusal
}

/// When a session was closed, and why.
fn closing(session: &Session) -> Option<(Timestamp, CloseReason)> {
    match session.state() {
        SessionState::Closed { at, reason, .. } => Some((at, reason)),
        _ => None,
    }
}

/// `session` with some of the fields that only the registry sets, as they stand in its JSON.
fn as_stored(session: &Session, fields: &[(&str, serde_json::Value)]) -> Session {
    let mut json = serde_json::to_value(session).unwrap();
    for (field, value) in fields {
        json[*field] = value.clone();
    }
    serde_json::from_value(json).unwrap()
}

fn json(value: impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap()
}

/// Claims a session, and dies: the lock goes, the row stays.
fn leave_dead_owner(place: &mut Place, id: SessionId) {
    let claim = place.registry.claim(id).unwrap();
    place.reopen();
    drop(claim);
    assert_eq!(liveness(&place.registry, id), Some(Liveness::Dead));
}

/// As [`leave_dead_owner`], beside others who have the file open.
fn dead_owner_beside(file: &Path, id: SessionId) {
    let registry = SessionRegistry::open(file).unwrap();
    let claim = registry.claim(id).unwrap();
    registry.close().unwrap();
    drop(claim);
}

fn owner(registry: &SessionRegistry, id: SessionId) -> Option<Owner> {
    registry.owner(id).unwrap()
}

fn liveness(registry: &SessionRegistry, id: SessionId) -> Option<Liveness> {
    owner(registry, id).map(|owner| owner.liveness)
}

/// The names in the folder of owners; none when there is no folder.
fn owner_files(registry: &Path) -> Vec<String> {
    let mut folder = registry.as_os_str().to_owned();
    folder.push(".owners");
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
    let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
    names.sort();
    names
}

fn assert_clean(registry: &SessionRegistry) {
    let found = registry.verify().unwrap();
    assert!(found.is_clean(), "{found:?}");
}

fn ids(sessions: &[Session]) -> Vec<SessionId> {
    sessions.iter().map(Session::id).collect()
}
