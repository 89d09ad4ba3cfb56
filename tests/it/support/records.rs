//! Sessions and their records, open or closed.

use std::fmt::Debug;

use session_registry::{
    CloseReason, PrunePlan, PrunePolicy, PruneReport, Query, Result, Session, SessionId,
    SessionRegistry, SessionState, StateFilter, Timestamp,
};

use super::place::Place;
use super::refusal::Refusal;

/// Every record, open or closed, oldest first.
pub(crate) fn records(registry: &SessionRegistry) -> Vec<Session> {
    let all = Query::new().state(StateFilter::Any).limit(Query::MAX_LIMIT);
    let page = registry.list(&all).unwrap();
    assert_eq!(page.next, None);
    page.items
}

/// Makes a call that must fail and change nothing at all, closed records and claims included.
pub(crate) fn refused<T: Debug>(
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
pub(crate) fn closing(session: &Session) -> Option<(Timestamp, CloseReason)> {
    match session.state() {
        SessionState::Closed { at, reason, .. } => Some((at, reason)),
        _ => None,
    }
}

/// `session` with some of the fields that only the registry sets, as they stand in its JSON.
pub(crate) fn as_stored(session: &Session, fields: &[(&str, serde_json::Value)]) -> Session {
    let mut json = serde_json::to_value(session).unwrap();
    for (field, value) in fields {
        json[*field] = value.clone();
    }
    serde_json::from_value(json).unwrap()
}

pub(crate) fn json(value: impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).unwrap()
}

/// Prunes what the plan says, and returns that.
pub(crate) fn prune(registry: &SessionRegistry, policy: &PrunePolicy) -> Vec<Session> {
    let plan = registry.plan_prune(policy).unwrap();
    assert_eq!(plan.total, plan.sessions.len() as u64, "all on one page");
    assert_eq!(registry.prune(policy).unwrap().removed, plan.total);
    plan.sessions
}

/// Prunes where nothing is given up.
pub(crate) fn prune_nothing(registry: &SessionRegistry, policy: &PrunePolicy) {
    assert_eq!(registry.plan_prune(policy).unwrap(), PrunePlan::default());
    assert_eq!(registry.prune(policy).unwrap(), PruneReport::default());
}

pub(crate) fn assert_clean(registry: &SessionRegistry) {
    let found = registry.verify().unwrap();
    assert!(found.is_clean(), "{found:?}");
}

pub(crate) fn ids(sessions: &[Session]) -> Vec<SessionId> {
    sessions.iter().map(Session::id).collect()
}
