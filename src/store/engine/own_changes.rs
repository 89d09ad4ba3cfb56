//! What the last commits of this handle changed, each from one state to the next: whatever they did not touch is known
//! as well after them as it was before.

use std::collections::{HashSet, VecDeque};

use parking_lot::Mutex;

use super::stamp::Stamp;
use crate::session::SessionId;
use crate::store::rows::touched::Touched;

/// How many commits are remembered. Who asks nothing for longer has forgotten little that he needs.
const MOST: usize = 64;

/// An unbroken chain of commits, with nobody else's between them.
#[derive(Debug, Default)]
pub(super) struct OwnChanges(Mutex<VecDeque<OwnChange>>);

#[derive(Debug)]
struct OwnChange {
    before: Stamp,
    after: Stamp,
    sessions: HashSet<SessionId>,
}

impl OwnChanges {
    /// Notes a commit; `before` was read behind the write lock, `after` once it was committed.
    pub(super) fn note(&self, before: Option<Stamp>, after: Option<Stamp>, touched: Touched) {
        let mut chain = self.0.lock();
        let (Some(before), Some(after), Touched::Sessions(sessions)) = (before, after, touched)
        else {
            chain.clear();
            return;
        };
        if !after.is_next_of(&before) {
            chain.clear();
            return;
        }
        if chain.back().is_some_and(|last| last.after != before) {
            chain.clear();
        }
        if chain.len() >= MOST {
            chain.pop_front();
        }
        chain.push_back(OwnChange {
            before,
            after,
            sessions,
        });
    }

    pub(super) fn forget(&self) {
        self.0.lock().clear();
    }

    /// Returns the sessions that were touched between two states; `None` where others may have touched any.
    pub(super) fn between(&self, from: &Stamp, to: &Stamp) -> Option<HashSet<SessionId>> {
        let chain = self.0.lock();
        if chain.back()?.after != *to {
            return None;
        }
        let first = chain.iter().position(|change| change.before == *from)?;
        let since = chain.iter().skip(first);
        Some(since.flat_map(|change| &change.sessions).copied().collect())
    }
}
