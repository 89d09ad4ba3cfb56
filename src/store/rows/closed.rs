//! Closed sessions by project and time of closing, a piece at a time, without their rows.

use std::ops::Bound;

use redb::{Range, ReadableTable};

use super::indexed::indexed;
use crate::session::{Session, SessionId, Timestamp};
use crate::store::fault::Fault;
use crate::store::format::entries;
use crate::store::format::keys;
use crate::store::format::tables::{Bytes, Index, Tables};

/// What the index by path and time of closing says about a closed session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClosedEntry {
    key: Vec<u8>,
    pub(crate) id: SessionId,
    pub(crate) closed_at: Timestamp,
}

/// Some of the entries that were looked at.
#[derive(Debug)]
pub(crate) struct ClosedPiece {
    /// Those with as many later ones on their path as were to be kept.
    pub(crate) entries: Vec<ClosedEntry>,
    /// Where to go on; `None` at the end.
    pub(crate) next: Option<ClosedPlace>,
}

/// A place in the order of path and time of closing.
#[derive(Clone, Debug)]
pub(crate) struct ClosedPlace(Vec<u8>);

/// What the index by path and time of closing answers.
pub(crate) trait ClosedInOrder {
    /// Looks at so many entries behind a place, and returns those after which at least `keep` more stand on the same
    /// path.
    fn closed_behind(
        &self,
        place: Option<&ClosedPlace>,
        keep: u64,
        at_most: usize,
    ) -> Result<ClosedPiece, Fault>;

    /// Returns the session of an entry that was found before; `None` if it was removed, reopened or closed anew since.
    fn still_closed(&self, entry: &ClosedEntry) -> Result<Option<Session>, Fault>;
}

impl<T: Tables> ClosedInOrder for T {
    fn closed_behind(
        &self,
        place: Option<&ClosedPlace>,
        keep: u64,
        at_most: usize,
    ) -> Result<ClosedPiece, Fault> {
        let mut looked_at = behind(self, place)?;
        // As far before the first as there are to be kept: what has nothing there has too few behind it.
        let mut ahead = Ahead {
            entries: behind(self, place)?,
            steps: 0,
            key: None,
        };
        let (mut found, mut last) = (Vec::new(), None);
        for position in 0..at_most as u64 {
            let (Some(entry), Some(later)) = (
                looked_at.next(),
                ahead.move_to(position.saturating_add(keep))?,
            ) else {
                return Ok(ClosedPiece {
                    entries: found,
                    next: None,
                });
            };
            let (key, _) = entry?;
            let key = key.value();
            if path_of(later) == path_of(key) {
                found.push(ClosedEntry {
                    id: entries::session_of(Index::ClosedPath, key, &[])?,
                    closed_at: keys::trailing_time(key).unwrap_or(Timestamp::MAX),
                    key: key.to_vec(),
                });
            }
            last = Some(ClosedPlace(key.to_vec()));
        }
        Ok(ClosedPiece {
            entries: found,
            next: last,
        })
    }

    fn still_closed(&self, entry: &ClosedEntry) -> Result<Option<Session>, Fault> {
        if self
            .index(Index::ClosedPath)?
            .get(entry.key.as_slice())?
            .is_none()
        {
            return Ok(None);
        }
        let session = indexed(self, entry.id, Index::ClosedPath)?;
        Ok((!session.state().is_open()).then_some(session))
    }
}

/// A walk that goes before another.
struct Ahead<'t> {
    entries: Range<'t, Bytes, Bytes>,
    steps: u64,
    key: Option<Vec<u8>>,
}

impl Ahead<'_> {
    /// The key at this position; `None` behind the end.
    fn move_to(&mut self, position: u64) -> Result<Option<&[u8]>, Fault> {
        while self.steps <= position {
            self.key = match self.entries.next() {
                Some(entry) => Some(entry?.0.value().to_vec()),
                None => return Ok(None),
            };
            self.steps += 1;
        }
        Ok(self.key.as_deref())
    }
}

/// The path in a key, and what the keys of its index begin with.
fn path_of(key: &[u8]) -> &[u8] {
    let path = key.len().saturating_sub(keys::TIME_KEY);
    key.get(..path).unwrap_or(key)
}

fn behind<'t, T: Tables>(
    tables: &'t T,
    place: Option<&ClosedPlace>,
) -> Result<Range<'t, Bytes, Bytes>, Fault> {
    let first = Index::ClosedPath.key(&[]);
    let end = keys::prefix_end(&first);
    let start = match place {
        Some(ClosedPlace(key)) => Bound::Excluded(key.as_slice()),
        None => Bound::Included(first.as_slice()),
    };
    let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    Ok(tables
        .index(Index::ClosedPath)?
        .range::<&[u8]>((start, end))?)
}
