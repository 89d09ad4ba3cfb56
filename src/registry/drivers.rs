//! Who drives the sessions that a call asks for. Owners are asked after the read transaction, and each once; between
//! the two some may have let go.

use std::collections::BTreeMap;

use super::asker::Asker;
use super::page::Page;
use super::paging::page_of;
use super::query::Query;
use crate::error::Result;
use crate::session::{Liveness, Owner, Session, SessionId, SessionStatus};
use crate::store::{ClaimRow, Claims, Fault, Within};

/// How often claims that change under the eye are looked at.
const MOST_LOOKS: u32 = 16;

/// A session, and the claim on it, as one transaction saw them.
pub(super) type Seen = (Session, Option<ClaimRow>);

/// Claims whose owners were asked, by their sessions.
pub(super) type Drivers = BTreeMap<SessionId, (ClaimRow, Owner)>;

/// Answers what `look` sees, with the owners. An owner removes its row first and its lock file then, so that one that
/// lets go between the two looks here seems unknown: then it is looked at again.
pub(super) fn with_owners(
    asker: &Asker<'_>,
    look: impl Fn(&Asker<'_>) -> Result<Page<Seen>>,
) -> Result<Page<SessionStatus>> {
    let mut looks = 0;
    loop {
        let seen = look(asker)?;
        let mut probe = asker.owners.probe();
        let mut unknown = Vec::new();
        let mut statuses = Vec::new();
        for (session, claim) in seen.items {
            let id = session.id();
            let owner = claim.as_ref().map(|claim| probe.owner(id, claim));
            statuses.push(status(session, claim.as_ref(), owner.clone()));
            if owner.is_some_and(|owner| owner.liveness == Liveness::Unknown) {
                unknown.extend(claim.map(|claim| (id, claim)));
            }
        }
        looks += 1;
        if looks == MOST_LOOKS || unknown.is_empty() || still(asker, &unknown)? == unknown.len() {
            let (items, next) = (statuses, seen.next);
            return Ok(Page { items, next });
        }
    }
}

/// Answers the page of those sessions whose owner has this liveness, and who the owners of all such sessions are.
/// Claims that have changed since their owners were asked are looked at again.
pub(super) fn list_driven(
    asker: &Asker<'_>,
    query: &Query,
    liveness: Liveness,
) -> Result<(Page, Drivers)> {
    let (limit, walk) = query.plan()?;
    let mut looks = 0;
    loop {
        let claims = asker.ask(|view| view.reads().claims())?;
        let mut probe = asker.owners.probe();
        let mut drivers = Drivers::new();
        for (id, claim) in claims {
            let owner = probe.owner(id, &claim);
            if owner.liveness == liveness {
                drivers.insert(id, (claim, owner));
            }
        }
        let (page, left) = asker.ask(|view| {
            let reads = view.reads();
            let mut left = Vec::new();
            for (id, (claim, _)) in &drivers {
                if reads.claim(*id)?.as_ref() == Some(claim) {
                    left.push(*id);
                }
            }
            let mut walk = walk.clone();
            if walk.within.is_none() {
                walk.within = Some(Within::Claimed(left.clone()));
            }
            let page = page_of(reads, query, limit, &walk, |session| {
                Ok(left.binary_search(&session.id()).is_ok())
            })?;
            Ok((page, left.len()))
        })?;
        looks += 1;
        if left == drivers.len() || looks == MOST_LOOKS {
            return Ok((page, drivers));
        }
    }
}

/// A session with its claim; one that is dead does nothing any more.
pub(super) fn status(
    session: Session,
    claim: Option<&ClaimRow>,
    owner: Option<Owner>,
) -> SessionStatus {
    let is_dead = |owner: &Owner| owner.liveness == Liveness::Dead;
    let activity = claim
        .filter(|_| !owner.as_ref().is_some_and(is_dead))
        .and_then(ClaimRow::activity);
    SessionStatus::new(session, owner, activity)
}

/// How many of these claims are still what they were.
fn still(asker: &Asker<'_>, claims: &[(SessionId, ClaimRow)]) -> Result<usize> {
    asker.ask(|view| {
        let mut still = 0;
        for (id, claim) in claims {
            let found: Result<Option<ClaimRow>, Fault> = view.reads().claim(*id);
            still += usize::from(found?.as_ref() == Some(claim));
        }
        Ok(still)
    })
}
