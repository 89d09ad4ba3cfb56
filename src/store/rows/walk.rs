//! Sessions in one of four orders, from any place in it: the index entries of open and closed ones,
//! merged where both are wanted.

use super::indexed::{head, indexed, rowless, whole};
use super::order::{SortKey, Walk, Within};
use super::source::Source;
use crate::session::{Session, SessionId, Timestamp};
use crate::store::fault::Fault;
use crate::store::format::head::Head;
use crate::store::format::keys;
use crate::store::format::tables::{Index, Tables};

/// What the indexes answer in order.
pub(crate) trait Walks {
    /// Visits sessions in order, each with its place, until `visit` returns `false`.
    fn walk(
        &self,
        walk: &Walk,
        visit: impl FnMut(Session, &[u8]) -> Result<bool, Fault>,
    ) -> Result<(), Fault>;

    /// What open and closed sessions the entries by creation name, oldest first, each with its place: at
    /// most so many of those after a place. Looks at no row.
    fn oldest_first(
        &self,
        after: Option<Vec<u8>>,
        at_most: usize,
    ) -> Result<Vec<(Vec<u8>, SessionId)>, Fault>;

    /// The latest `updated_at` of all sessions, open and closed. Looks at no row.
    fn newest_update(&self) -> Result<Option<Timestamp>, Fault>;
}

impl<T: Tables> Walks for T {
    fn walk(
        &self,
        walk: &Walk,
        mut visit: impl FnMut(Session, &[u8]) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        if let Some(Within::Claimed(ids)) = &walk.within {
            for (place, head) in claimed_hits(self, walk, ids)? {
                if !visit(whole(self, head)?, &place)? {
                    break;
                }
            }
            return Ok(());
        }
        if walk.within.is_some() && walk.by != SortKey::Created {
            for (place, id, index) in sorted_hits(self, walk)? {
                if !visit(indexed(self, id, index)?, &place)? {
                    break;
                }
            }
            return Ok(());
        }
        walk_entries(self, walk, |place, id, index| {
            visit(indexed(self, id, index)?, place)
        })
    }

    fn oldest_first(
        &self,
        after: Option<Vec<u8>>,
        at_most: usize,
    ) -> Result<Vec<(Vec<u8>, SessionId)>, Fault> {
        let walk = Walk {
            by: SortKey::Created,
            open: true,
            closed: true,
            descending: false,
            after,
            within: None,
        };
        let mut found: Vec<(Vec<u8>, SessionId)> = Vec::new();
        walk_entries(self, &walk, |place, id, _| {
            // In a damaged file both indexes may name a session.
            if found.last().is_none_or(|(last, _)| last != place) {
                found.push((place.to_vec(), id));
            }
            Ok(found.len() < at_most)
        })?;
        Ok(found)
    }

    fn newest_update(&self) -> Result<Option<Timestamp>, Fault> {
        let walk = Walk {
            by: SortKey::Updated,
            open: true,
            closed: true,
            descending: true,
            after: None,
            within: None,
        };
        let mut newest = None;
        walk_entries(self, &walk, |place, _, _| {
            newest = keys::trailing_time(place);
            Ok(false)
        })?;
        Ok(newest)
    }
}

/// The place of a session in the order of creation.
pub(crate) fn place_by_creation(session: &Session) -> [u8; keys::TIME_KEY] {
    keys::timed(session.created_at(), session.id())
}

/// A place, the session there, and the index that named it.
type Hit = (Vec<u8>, SessionId, Index);

/// Returns the sessions that the walk is within, behind the place where it begins, in its order: each has the place
/// that a walk through all sessions gives it. Looks at the row of every one, whatever the page takes.
fn sorted_hits<T: Tables>(tables: &T, walk: &Walk) -> Result<Vec<Hit>, Fault> {
    let by_creation = Walk {
        by: SortKey::Created,
        after: None,
        ..walk.clone()
    };
    let mut hits = Vec::new();
    walk_entries(tables, &by_creation, |_, id, index| {
        let head = head(tables, id)?.ok_or_else(|| rowless(id, index))?;
        let place = place_in(walk, &head);
        if is_behind(walk, &place) {
            hits.push((place, id, index));
        }
        Ok(true)
    })?;
    sort(&mut hits, walk, |(place, _, _)| place);
    Ok(hits)
}

/// As [`sorted_hits`], of sessions that were found by their claims.
fn claimed_hits<T: Tables>(
    tables: &T,
    walk: &Walk,
    ids: &[SessionId],
) -> Result<Vec<(Vec<u8>, Head)>, Fault> {
    let mut hits = Vec::new();
    for id in ids {
        let head = head(tables, *id)?.ok_or_else(|| {
            Fault::Damaged(format!(
                "there is a claim of session {id}, which has no row"
            ))
        })?;
        let wanted = if head.state().is_open() {
            walk.open
        } else {
            walk.closed
        };
        let place = place_in(walk, &head);
        if wanted && is_behind(walk, &place) {
            hits.push((place, head));
        }
    }
    sort(&mut hits, walk, |(place, _)| place);
    Ok(hits)
}

/// The place that a walk through all sessions gives this one.
pub(super) fn place_in(walk: &Walk, head: &Head) -> Vec<u8> {
    let (session, id) = (head.without_extra(), head.id());
    match walk.by {
        SortKey::Created => place_by_creation(session).to_vec(),
        SortKey::LastActive => keys::timed(session.last_active_at(), id).to_vec(),
        SortKey::Updated => keys::timed(session.updated_at(), id).to_vec(),
        SortKey::Name => {
            let folded = keys::folded(session.name().as_str());
            keys::texted(&folded, id.as_uuid().as_bytes())
        }
    }
}

/// Whether a place lies behind the one where the walk begins.
pub(super) fn is_behind(walk: &Walk, place: &[u8]) -> bool {
    walk.after.as_deref().is_none_or(|after| {
        if walk.descending {
            place < after
        } else {
            place > after
        }
    })
}

fn sort<H>(hits: &mut [H], walk: &Walk, place: impl Fn(&H) -> &Vec<u8>) {
    hits.sort_by(|one, other| place(one).cmp(place(other)));
    if walk.descending {
        hits.reverse();
    }
}

/// Visits entries in order, each by its place, its session and its index, until `visit` answers `false`.
fn walk_entries<T: Tables>(
    tables: &T,
    walk: &Walk,
    mut visit: impl FnMut(&[u8], SessionId, Index) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let mut sources = Vec::new();
    for (wanted, state) in [(walk.open, keys::OPEN), (walk.closed, keys::CLOSED)] {
        if wanted {
            sources.push(Source::open(tables, walk, state)?);
        }
    }
    loop {
        let next = sources
            .iter_mut()
            .filter(|source| source.head.is_some())
            .reduce(|one, other| {
                if other.comes_before(one, walk.descending) {
                    other
                } else {
                    one
                }
            });
        let Some(source) = next else {
            return Ok(());
        };
        let Some((place, id)) = source.advance(walk.descending)? else {
            continue;
        };
        if !visit(&place, id, source.index)? {
            return Ok(());
        }
    }
}
