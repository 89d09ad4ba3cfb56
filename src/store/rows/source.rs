//! The entries that one walk goes through.

use std::ops::Bound;

use redb::{Range, ReadableTable};

use super::order::{SortKey, Walk, Within};
use crate::session::SessionId;
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::keys;
use crate::store::format::tables::{Bytes, Index, Tables};

/// The entries of one state, and the next of them.
pub(super) struct Source<'t> {
    pub(super) index: Index,
    /// How many bytes stand before the place in a key.
    prefix: usize,
    entries: Range<'t, Bytes, Bytes>,
    pub(super) head: Option<(Vec<u8>, SessionId)>,
}

impl<'t> Source<'t> {
    pub(super) fn open<T: Tables>(tables: &'t T, walk: &Walk, state: u8) -> Result<Self, Fault> {
        let (index, prefix) = entries_of(walk, state);
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
    pub(super) fn advance(
        &mut self,
        descending: bool,
    ) -> Result<Option<(Vec<u8>, SessionId)>, Fault> {
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

    pub(super) fn comes_before(&self, other: &Self, descending: bool) -> bool {
        let [own, others] =
            [self, other].map(|source| source.head.as_ref().map(|(place, _)| place));
        if descending {
            own > others
        } else {
            own < others
        }
    }
}

/// Returns which entries of a state stand in the order of a walk, and what their keys begin with.
fn entries_of(walk: &Walk, state: u8) -> (Index, Vec<u8>) {
    let is_open = state == keys::OPEN;
    let (index, prefix) = match (&walk.within, walk.by) {
        (Some(Within::Path(path)), _) => {
            let index = if is_open {
                Index::Path
            } else {
                Index::ClosedOnPath
            };
            (index, keys::texted(path.as_str(), &[]))
        }
        (Some(Within::ChildrenOf(parent)), _) => (Index::Children, keys::child(*parent, &[state])),
        (Some(Within::Tag(tag)), _) => (Index::Tag, keys::texted(tag.as_str(), &[state])),
        (_, SortKey::Created) if is_open => (Index::Created, Vec::new()),
        (_, SortKey::Created) => (Index::ClosedCreated, Vec::new()),
        (_, SortKey::LastActive) => (Index::LastActive, vec![state]),
        (_, SortKey::Updated) => (Index::Updated, vec![state]),
        (_, SortKey::Name) => (Index::FoldedName, vec![state]),
    };
    (index, index.key(&prefix))
}
