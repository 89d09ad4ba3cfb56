//! What a query means for the call that answers it.

use super::{Order, Query, StateFilter};
use crate::error::{Error, Result};
use crate::registry::fingerprint::Fingerprint;
use crate::session::{Liveness, Session, SessionId, folded};
use crate::store::{Claims, Fault, SortKey, Walk, Within};

impl Query {
    /// The page length and the walk that answers this query.
    pub(in crate::registry) fn plan(&self) -> Result<(usize, Walk)> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if !(1..=Self::MAX_LIMIT).contains(&self.limit) {
            let problem = format!("the limit {limit} is not between 1 and {}", Self::MAX_LIMIT);
            return Err(Error::InvalidQuery { problem });
        }
        let after = match &self.after {
            None => None,
            Some(cursor) => Some(cursor.place_in(self.fingerprint())?.to_vec()),
        };
        let walk = Walk {
            by: match self.order {
                Order::Created => SortKey::Created,
                Order::LastActive => SortKey::LastActive,
                Order::Updated => SortKey::Updated,
                Order::Name => SortKey::Name,
            },
            open: self.state != StateFilter::Closed,
            closed: self.state != StateFilter::Open,
            descending: self.descending,
            after,
            within: self.within(),
        };
        Ok((limit, walk))
    }

    /// Returns a number for all that decides which places this query has; neither the limit nor where it
    /// begins does. Pinned: what is added to queries enters it only where it is set, so that the cursors
    /// of older programs stay good.
    pub(in crate::registry) fn fingerprint(&self) -> u64 {
        let mut facts = Fingerprint::new();
        let state = match self.state {
            StateFilter::Open => 0,
            StateFilter::Closed => 1,
            StateFilter::Any => 2,
        };
        let order = match self.order {
            Order::Created => 0,
            Order::LastActive => 1,
            Order::Updated => 2,
            Order::Name => 3,
        };
        facts.add(b's', &[state]);
        facts.add(b'o', &[order]);
        facts.add(b'd', &[u8::from(self.descending)]);
        // A filter that is not set leaves the cursors of older programs as they are.
        if let Some(path) = &self.path {
            facts.add(b'p', path.as_str().as_bytes());
        }
        if let Some(parent) = &self.children_of {
            facts.add(b'c', parent.as_uuid().as_bytes());
        }
        for tag in &self.tags {
            facts.add(b't', tag.as_str().as_bytes());
        }
        if self.roots {
            facts.add(b'r', &[]);
        }
        if let Some(liveness) = self.driven {
            facts.add(b'l', liveness.as_str().as_bytes());
        }
        if self.unclaimed {
            facts.add(b'f', &[]);
        }
        if let Some(path) = &self.under {
            facts.add(b'u', path.as_str().as_bytes());
        }
        if let Some(text) = &self.name_contains {
            facts.add(b'n', text.as_bytes());
        }
        for (key, value) in &self.metadata {
            facts.add(b'k', key.as_bytes());
            facts.add(b'v', value.as_bytes());
        }
        facts.finish()
    }

    /// Which liveness the owners of the listed sessions have, where that matters.
    pub(in crate::registry) fn liveness(&self) -> Option<Liveness> {
        self.driven
    }

    /// Whether the session may be claimed, or is not.
    pub(in crate::registry) fn fits_claim(
        &self,
        claims: &impl Claims,
        id: SessionId,
    ) -> Result<bool, Fault> {
        Ok(!self.unclaimed || claims.claim(id)?.is_none())
    }

    pub(in crate::registry) fn matches(&self, session: &Session) -> bool {
        let named = |text: &String| folded(session.name().as_str()).contains(&folded(text));
        self.is_said_by(session)
            && self
                .under
                .as_ref()
                .is_none_or(|under| session.project_path().starts_with(under))
            && self.name_contains.as_ref().is_none_or(named)
            && self
                .metadata
                .iter()
                .all(|(key, value)| session.metadata().get(key) == Some(value))
    }

    /// What the session says about its project, its parent and its tags.
    fn is_said_by(&self, session: &Session) -> bool {
        let parent = session.parent().map(|parent| parent.id);
        self.path
            .as_ref()
            .is_none_or(|path| session.project_path() == path)
            && (self.children_of.is_none() || self.children_of == parent)
            && self.tags.is_subset(session.tags())
            && !(self.roots && parent.is_some())
    }

    /// Which index leads, where any does.
    fn within(&self) -> Option<Within> {
        let path = self.path.clone().map(Within::Path);
        path.or_else(|| self.children_of.map(Within::ChildrenOf))
            .or_else(|| self.tags.first().cloned().map(Within::Tag))
    }
}
