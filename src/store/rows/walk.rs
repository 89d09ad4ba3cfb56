//! Sessions in one of four orders, from any place in it: the index entries of open and closed ones,
//! merged where both are wanted.

use std::ops::Bound;

use redb::{Range, ReadableTable};

use super::indexed::indexed;
use super::resolve::for_all;
use crate::session::{ProjectPath, Session, SessionId, Timestamp};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::keys;
use crate::store::format::tables::{Bytes, Index, Tables};

/// By what sessions are ordered; of equal ones the id decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SortKey {
    Created,
    LastActive,
    Updated,
    Name,
}

/// A walk through one order.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    pub(crate) by: SortKey,
    pub(crate) open: bool,
    pub(crate) closed: bool,
    pub(crate) descending: bool,
    /// The place after which to begin: a place that an earlier walk gave.
    pub(crate) after: Option<Vec<u8>>,
}

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

    /// When the session of this project that was closed last was closed. Looks at no row.
    fn newest_closing(&self, path: &ProjectPath) -> Result<Option<Timestamp>, Fault>;

    /// Visits the closed sessions in the order of path and time of closing.
    fn walk_closed(&self, visit: impl FnMut(Session) -> Result<(), Fault>) -> Result<(), Fault>;
}

impl<T: Tables> Walks for T {
    fn walk(
        &self,
        walk: &Walk,
        mut visit: impl FnMut(Session, &[u8]) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
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
        };
        let mut newest = None;
        walk_entries(self, &walk, |place, _, _| {
            newest = keys::trailing_time(place);
            Ok(false)
        })?;
        Ok(newest)
    }

    fn newest_closing(&self, path: &ProjectPath) -> Result<Option<Timestamp>, Fault> {
        let (first, end) = keys::text_range(&Index::ClosedPath.key(&[]), path.as_str());
        let mut entries = self
            .index(Index::ClosedPath)?
            .range::<&[u8]>(first.as_slice()..end.as_slice())?;
        match entries.next_back() {
            Some(entry) => Ok(keys::trailing_time(entry?.0.value())),
            None => Ok(None),
        }
    }

    fn walk_closed(
        &self,
        mut visit: impl FnMut(Session) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        for_all(self, Index::ClosedPath, |id| {
            visit(indexed(self, id, Index::ClosedPath)?)
        })
    }
}

/// The place of a session in the order of creation.
pub(crate) fn place_by_creation(session: &Session) -> [u8; keys::TIME_KEY] {
    keys::timed(session.created_at(), session.id())
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

/// The entries of one state, and the next of them.
struct Source<'t> {
    index: Index,
    /// How many bytes stand before the place in a key.
    prefix: usize,
    entries: Range<'t, Bytes, Bytes>,
    head: Option<(Vec<u8>, SessionId)>,
}

impl<'t> Source<'t> {
    fn open<T: Tables>(tables: &'t T, walk: &Walk, state: u8) -> Result<Self, Fault> {
        let (index, state): (Index, &[u8]) = match walk.by {
            SortKey::Created if state == keys::OPEN => (Index::Created, &[]),
            SortKey::Created => (Index::ClosedCreated, &[]),
            SortKey::LastActive => (Index::LastActive, &[state]),
            SortKey::Updated => (Index::Updated, &[state]),
            SortKey::Name => (Index::FoldedName, &[state]),
        };
        let prefix = index.key(state);
        let place = |place: &Vec<u8>| [prefix.as_slice(), place].concat();
        let after = walk.after.as_ref().map(place);
        let past = keys::prefix_end(&prefix);
        let (mut first, mut end) = (
            Bound::Included(prefix.as_slice()),
            past.as_deref().map_or(Bound::Unbounded, Bound::Excluded),
        );
        match &after {
            Some(after) if walk.descending => end = Bound::Excluded(after.as_slice()),
            Some(after) => first = Bound::Excluded(after.as_slice()),
            None => {}
        }
        let mut source = Self {
            index,
            prefix: prefix.len(),
            entries: tables.index(index)?.range::<&[u8]>((first, end))?,
            head: None,
        };
        source.advance(walk.descending)?;
        Ok(source)
    }

    /// Takes the next entry, and looks at the one behind it.
    fn advance(&mut self, descending: bool) -> Result<Option<(Vec<u8>, SessionId)>, Fault> {
        let entry = if descending {
            self.entries.next_back()
        } else {
            self.entries.next()
        };
        let behind = match entry {
            None => None,
            Some(entry) => {
                let (key, _) = entry?;
                let id = entries::session_of(self.index, key.value(), &[])?;
                let place = key.value().get(self.prefix..).unwrap_or_default();
                Some((place.to_vec(), id))
            }
        };
        Ok(std::mem::replace(&mut self.head, behind))
    }

    fn comes_before(&self, other: &Self, descending: bool) -> bool {
        let [own, others] =
            [self, other].map(|source| source.head.as_ref().map(|(place, _)| place));
        if descending {
            own > others
        } else {
            own < others
        }
    }
}
