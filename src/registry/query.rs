//! What to list, in which order, and where to go on.

use std::collections::BTreeSet;

use super::cursor::Cursor;
use super::fingerprint::Fingerprint;
use crate::error::{Error, Result};
use crate::session::{ProjectPath, Session, folded};
use crate::store::{By, Walk};

/// Which sessions to list, in which order, and how many. Hand it to
/// [`SessionRegistry::list`](crate::SessionRegistry::list).
///
/// ```
/// use session_registry::{Order, ProjectPath, Query, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// for path in ["/work/a", "/work/b", "/home/c"] {
///     registry.register(Session::builder(ProjectPath::new(path)?).build())?;
/// }
/// let query = Query::new()
///     .under(ProjectPath::new("/work")?)
///     .order(Order::Name)
///     .descending()
///     .limit(1);
/// let first = registry.list(&query)?;
/// assert_eq!(first.sessions[0].name().as_str(), "b");
/// let rest = registry.list(&query.after(first.next.unwrap()))?;
/// assert_eq!(rest.sessions[0].name().as_str(), "a");
/// assert!(rest.next.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct Query {
    state: StateFilter,
    under: Option<ProjectPath>,
    name_contains: Option<String>,
    metadata: BTreeSet<(String, String)>,
    order: Order,
    descending: bool,
    limit: u32,
    after: Option<Cursor>,
}

/// Which states to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StateFilter {
    /// Open sessions.
    #[default]
    Open,
    /// Closed sessions.
    Closed,
    /// All sessions.
    Any,
}

/// By what to order; of equal sessions the id decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Order {
    /// When they began.
    #[default]
    Created,
    /// When somebody last worked in them.
    LastActive,
    /// When they were last changed.
    Updated,
    /// Their names, in which case does not count.
    Name,
}

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// The sessions, in the order of the query.
    pub sessions: Vec<Session>,
    /// Where the next page begins; `None` when this is the last one.
    pub next: Option<Cursor>,
}

impl Query {
    /// The limit of a new query.
    pub const DEFAULT_LIMIT: u32 = 50;
    /// The highest limit.
    pub const MAX_LIMIT: u32 = 1000;

    /// The first 50 open sessions, oldest first.
    pub fn new() -> Self {
        Self {
            state: StateFilter::default(),
            under: None,
            name_contains: None,
            metadata: BTreeSet::new(),
            order: Order::default(),
            descending: false,
            limit: Self::DEFAULT_LIMIT,
            after: None,
        }
    }

    /// Which states to list. Default: [`StateFilter::Open`].
    pub fn state(mut self, state: StateFilter) -> Self {
        self.state = state;
        self
    }

    /// Only sessions whose project is this directory or inside it.
    pub fn under(mut self, path: ProjectPath) -> Self {
        self.under = Some(path);
        self
    }

    /// Only sessions whose name contains this text; case does not count.
    pub fn name_contains(mut self, text: impl Into<String>) -> Self {
        self.name_contains = Some(text.into());
        self
    }

    /// Only sessions with this pair of metadata. Called again: with all the pairs.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert((key.into(), value.into()));
        self
    }

    /// By what to order. Default: [`Order::Created`].
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// The last first.
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// How many sessions a page has at most, 1 to 1,000. Default: 50.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Where to go on: [`Page::next`] of this same query, whose limit may differ.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// The page length and the walk that answers this query.
    pub(super) fn plan(&self) -> Result<(usize, Walk)> {
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
                Order::Created => By::Created,
                Order::LastActive => By::LastActive,
                Order::Updated => By::Updated,
                Order::Name => By::Name,
            },
            open: self.state != StateFilter::Closed,
            closed: self.state != StateFilter::Open,
            descending: self.descending,
            after,
        };
        Ok((limit, walk))
    }

    /// Returns a number for all that decides which places this query has; neither the limit nor where it
    /// begins does. Pinned: what is added to queries enters it only where it is set, so that the cursors
    /// of older programs stay good.
    pub(super) fn fingerprint(&self) -> u64 {
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

    pub(super) fn matches(&self, session: &Session) -> bool {
        let named = |text: &String| folded(session.name().as_str()).contains(&folded(text));
        self.under
            .as_ref()
            .is_none_or(|under| session.project_path().starts_with(under))
            && self.name_contains.as_ref().is_none_or(named)
            && self
                .metadata
                .iter()
                .all(|(key, value)| session.metadata().get(key) == Some(value))
    }
}

impl Default for Query {
    fn default() -> Self {
        Self::new()
    }
}
