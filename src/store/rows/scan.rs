//! Sessions in the order in which their rows lie in the file, a piece at a time: what a walk would have to fetch from
//! all over the file is read from end to end.

use std::ops::Bound;

use redb::ReadableTable;

use super::indexed::whole;
use super::order::Walk;
use super::walk::{is_behind, place_in};
use crate::session::{Session, SessionId};
use crate::store::fault::Fault;
use crate::store::format::keys;
use crate::store::format::session_row;
use crate::store::format::tables::Tables;

/// What the rows answer without an index.
pub(crate) trait Scans {
    /// Looks at so many rows behind that of a session, and visits those that the walk would come to, each with its
    /// place there. Returns after which to go on; `None` at the end.
    fn scan(
        &self,
        walk: &Walk,
        after: Option<SessionId>,
        at_most: u64,
        visit: impl FnMut(Session, Vec<u8>) -> Result<(), Fault>,
    ) -> Result<Option<SessionId>, Fault>;
}

impl<T: Tables> Scans for T {
    fn scan(
        &self,
        walk: &Walk,
        after: Option<SessionId>,
        at_most: u64,
        mut visit: impl FnMut(Session, Vec<u8>) -> Result<(), Fault>,
    ) -> Result<Option<SessionId>, Fault> {
        let start = match &after {
            Some(id) => Bound::Excluded(id.as_uuid().as_bytes().as_slice()),
            None => Bound::Unbounded,
        };
        let mut rows = self.sessions()?.range::<&[u8]>((start, Bound::Unbounded))?;
        let mut last = None;
        for _ in 0..at_most {
            let Some(row) = rows.next() else {
                return Ok(None);
            };
            let (key, value) = row?;
            let id = <[u8; 16]>::try_from(key.value()).map(keys::id);
            let id = id.map_err(|_| {
                let key = key.value().escape_ascii();
                Fault::Damaged(format!("a row has the key {key}"))
            })?;
            last = Some(id);
            let head = session_row::decode(id, value.value())?;
            let is_wanted = if head.state().is_open() {
                walk.open
            } else {
                walk.closed
            };
            let place = place_in(walk, &head);
            if is_wanted && is_behind(walk, &place) {
                visit(whole(self, head)?, place)?;
            }
        }
        Ok(last)
    }
}
