//! Sessions in one of four orders, from any place in it: the index entries of open and closed ones,
//! merged where both are wanted.

use std::ops::Bound;

use redb::{Range, ReadableTable};

use super::read::indexed;
use super::resolve::for_all;
use crate::session::{Session, SessionId};
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

    /// Visits the closed sessions in the order of path and creation.
    fn walk_closed(&self, visit: impl FnMut(Session) -> Result<(), Fault>) -> Result<(), Fault>;
}

impl<T: Tables> Walks for T {
    fn walk(
        &self,
        walk: &Walk,
        mut visit: impl FnMut(Session, &[u8]) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let mut sources = Vec::new();
        for (wanted, state) in [(walk.open, keys::OPEN), (walk.closed, keys::CLOSED)] {
            if wanted {
                sources.push(Source::open(self, walk, state)?);
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
            if !visit(indexed(self, id, source.index)?, &place)? {
                return Ok(());
            }
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
