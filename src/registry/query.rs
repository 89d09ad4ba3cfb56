//! What to list, in which order, and where to go on.

mod plan;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::pairs;
use crate::session::{Liveness, ProjectPath, SessionId, Tag, choices};

/// Which sessions to list, in which order, and how many. Hand it to
/// [`SessionRegistry::list`](crate::SessionRegistry::list).
///
/// Serde writes it as an object with the fields `state`, `path`, `children_of`, `tags`, `roots`, `driven`, `unclaimed`, `under`, `name_contains`, `metadata` (an array of
/// pairs; read as an object too), `order`, `descending`, `limit` and `after`. Every one may be missing, and
/// is then as in [`Query::new`]; one that is unknown is refused, because a filter that is overlooked lists
/// too much.
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
/// assert_eq!(first.items[0].name().as_str(), "b");
/// let rest = registry.list(&query.after(first.next.unwrap()))?;
/// assert_eq!(rest.items[0].name().as_str(), "a");
/// assert!(rest.next.is_none());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[must_use = "a query does nothing until it is handed to a call"]
pub struct Query {
    state: StateFilter,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<ProjectPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    children_of: Option<SessionId>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    tags: BTreeSet<Tag>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    roots: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    driven: Option<Liveness>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unclaimed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    under: Option<ProjectPath>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name_contains: Option<String>,
    #[serde(
        skip_serializing_if = "BTreeSet::is_empty",
        deserialize_with = "pairs::read"
    )]
    metadata: BTreeSet<(String, String)>,
    order: Order,
    descending: bool,
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Cursor>,
}

/// Which states to list. Printed, read and written by serde as `open`, `closed` or `any`.
///
/// ```
/// use session_registry::StateFilter;
///
/// assert_eq!("any".parse(), Ok(StateFilter::Any));
/// assert_eq!(StateFilter::Closed.to_string(), "closed");
/// ```
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

/// By what to order; of equal sessions the id decides. Printed, read and written by serde as `created`,
/// `last_active`, `updated` or `name`.
///
/// ```
/// use session_registry::Order;
///
/// assert_eq!("last_active".parse(), Ok(Order::LastActive));
/// let error = "newest".parse::<Order>().unwrap_err();
/// assert_eq!(error.possible(), ["created", "last_active", "updated", "name"]);
/// ```
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

choices! { StateFilter, "a state to list":
    Open => "open",
    Closed => "closed",
    Any => "any",
}

choices! { Order, "an order":
    Created => "created",
    LastActive => "last_active",
    Updated => "updated",
    Name => "name",
}

impl Query {
    /// The limit of a new query.
    pub const DEFAULT_LIMIT: u32 = 50;
    /// The highest limit.
    pub const MAX_LIMIT: u32 = 1000;

    /// Returns the query for the first 50 open sessions, oldest first.
    pub fn new() -> Self {
        Self {
            state: StateFilter::default(),
            path: None,
            children_of: None,
            tags: BTreeSet::new(),
            roots: false,
            driven: None,
            unclaimed: false,
            under: None,
            name_contains: None,
            metadata: BTreeSet::new(),
            order: Order::default(),
            descending: false,
            limit: Self::DEFAULT_LIMIT,
            after: None,
        }
    }

    /// Sets which states to list. Default: [`StateFilter::Open`].
    pub fn state(mut self, state: StateFilter) -> Self {
        self.state = state;
        self
    }

    /// Lists the sessions of exactly this project path. An index has them: the time goes by how many there are.
    pub fn path(mut self, path: ProjectPath) -> Self {
        self.path = Some(path);
        self
    }

    /// Lists the sessions whose parent this is, be that registered or not. An index has them, as of a
    /// [`path`](Self::path).
    ///
    /// ```
    /// use session_registry::{ProjectPath, Query, Relation, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let main = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// let child = Session::builder(ProjectPath::new("/work/app-side")?)
    ///     .parent(main.id(), Relation::Child)
    ///     .build();
    /// let child = registry.register(child)?;
    /// assert_eq!(registry.list(&Query::new().children_of(main.id()))?.items, [child]);
    /// assert_eq!(registry.list(&Query::new().roots())?.items, [main]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn children_of(mut self, id: SessionId) -> Self {
        self.children_of = Some(id);
        self
    }

    /// Lists sessions with this tag; of several calls, with all of these tags. An index has those of each tag, as of
    /// a [`path`](Self::path).
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tags.insert(tag);
        self
    }

    /// Lists sessions without a parent. No index has them: sessions are looked at one by one until the page is full.
    pub fn roots(mut self) -> Self {
        self.roots = true;
        self
    }

    /// Lists sessions that somebody claims whose liveness is this: alive, dead, or unknown. Called again: the last one
    /// counts. For it every claim of the registry is read, and each of their owners asked once; a page then takes the
    /// time that the claims take, however many sessions there are. A later page asks anew.
    ///
    /// ```
    /// use session_registry::{Liveness, ProjectPath, Query, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let mut ids = Vec::new();
    /// for path in ["/work/a", "/work/b", "/work/c"] {
    ///     ids.push(registry.register(registry.session(ProjectPath::new(path)?).build())?.id());
    /// }
    /// let claim = registry.claim(ids[0])?;
    /// registry.claim(ids[1])?.abandon()?;
    /// let listed = |query| Ok::<_, session_registry::Error>(registry.list(&query)?.items[0].id());
    /// assert_eq!(listed(Query::new().driven(Liveness::Alive))?, ids[0]);
    /// assert_eq!(listed(Query::new().driven(Liveness::Dead))?, ids[1]);
    /// assert_eq!(listed(Query::new().unclaimed())?, ids[2]);
    /// # drop(claim);
    /// # Ok(())
    /// # }
    /// ```
    pub fn driven(mut self, liveness: Liveness) -> Self {
        self.driven = Some(liveness);
        self
    }

    /// Lists sessions that nobody claims, dead or alive; closed ones are never claimed. No index has them: sessions are
    /// looked at one by one until the page is full.
    pub fn unclaimed(mut self) -> Self {
        self.unclaimed = true;
        self
    }

    /// Lists only sessions whose project is this directory or inside it.
    pub fn under(mut self, path: ProjectPath) -> Self {
        self.under = Some(path);
        self
    }

    /// Lists only sessions whose name contains this text; case does not count.
    pub fn name_contains(mut self, text: impl Into<String>) -> Self {
        self.name_contains = Some(text.into());
        self
    }

    /// Lists only sessions with this pair of metadata. Called again: with all the pairs.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert((key.into(), value.into()));
        self
    }

    /// Sets by what to order. Default: [`Order::Created`].
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// Lists the last first.
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// Sets how many sessions a page has at most, 1 to 1,000. Default: 50.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Sets where to go on: [`Page::next`](crate::Page::next) of this same query, whose limit may differ.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }
}

impl Default for Query {
    fn default() -> Self {
        Self::new()
    }
}
