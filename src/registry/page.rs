//! One page of a list, and all of them.

use std::fmt;
use std::iter::FusedIterator;

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::query::Query;
use crate::error::Result;
use crate::session::Session;

/// One page of a list, and where the next one begins.
///
/// Serde writes it as an object with the fields `items` and `next`, which is the text of the cursor or
/// `null`.
///
/// ```
/// use session_registry::{ProjectPath, Query, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
/// let page = registry.list(&Query::new())?;
/// for listed in &page {
///     assert_eq!(listed, &session);
/// }
/// assert_eq!((page.items.len(), page.next), (1, None));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use = "a page was read: use what is on it"]
#[non_exhaustive]
pub struct Page<T = Session> {
    /// What is on it, in the order of the query.
    pub items: Vec<T>,
    /// Where the next page begins; `None` when this is the last one.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// The last page, with these items.
    pub(super) fn last(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// The same page, with what becomes of each item.
    pub(super) fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(change).collect(),
            next: self.next,
        }
    }

    /// As [`map`](Self::map); the first failure is the answer.
    pub(super) fn try_map<U, E>(self, change: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let items = self.items.into_iter().map(change);
        Ok(Page {
            items: items.collect::<Result<_, E>>()?,
            next: self.next,
        })
    }
}

impl<T> Default for Page<T> {
    /// Returns the last page, with nothing on it.
    fn default() -> Self {
        Self::last(Vec::new())
    }
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Page<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

/// Whatever can be listed.
pub(super) trait Paged {
    fn page(&self, query: &Query) -> Result<Page>;
}

/// Every page of a list, one after the other; begins with
/// [`SessionRegistry::pages`](crate::SessionRegistry::pages). After an error there is no more.
///
/// ```
/// use session_registry::{Query, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let mut pages = registry.pages(&Query::new().limit(0));
/// assert_eq!(pages.next().unwrap().unwrap_err().code(), "invalid_query");
/// assert!(pages.next().is_none());
/// # Ok(())
/// # }
/// ```
#[must_use = "a page is read only when it is asked for"]
pub struct Pages<'a> {
    of: &'a (dyn Paged + Sync),
    /// What to ask for next; `None` after the last page.
    query: Option<Query>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(of: &'a (dyn Paged + Sync), query: Query) -> Self {
        let query = Some(query);
        Self { of, query }
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        let query = self.query.take()?;
        let page = self.of.page(&query);
        if let Ok(page) = &page {
            self.query = page.next.clone().map(|next| query.after(next));
        }
        Some(page)
    }
}

impl FusedIterator for Pages<'_> {}

impl fmt::Debug for Pages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}
