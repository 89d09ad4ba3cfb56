//! Listing sessions, page by page.

use super::drivers::list_driven;
use super::page::{Page, Paged, Pages};
use super::paging::page_of_many;
use super::query::Query;
use super::{SessionRegistry, Snapshot};
use crate::error::Result;

macro_rules! lists {
    ($asked:ident) => {
        impl $asked {
            /// Returns one page of the sessions that fit `query`; open ones, unless it says otherwise.
            /// Without filters a page costs what it returns, however many sessions there are, and comes from one
            /// committed state. A project, a parent and a tag are found by an index; of those that an index
            /// finds, and of all where none does, the other filters look at row after row. A registry does that in
            /// pieces of 4,096 rows, each a read of its own, so that nobody's pages are kept for long: a page for which
            /// more have to be looked at may come from several states, as pages do from each other. Where
            /// little fits, the rows are read as they lie in the file: some two seconds for a million.
            ///
            /// # Errors
            ///
            /// [`InvalidQuery`](crate::Error::InvalidQuery) for a limit out of range,
            /// [`InvalidCursor`](crate::Error::InvalidCursor) for a cursor of another query, and what
            /// [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{Order, ProjectPath, Query, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// for path in ["/work/b", "/work/a", "/work/c"] {
            ///     registry.register(Session::builder(ProjectPath::new(path)?).build())?;
            /// }
            /// let query = Query::new().order(Order::Name).limit(2);
            /// let first = registry.list(&query)?;
            /// let second = registry.list(&query.after(first.next.clone().unwrap()))?;
            /// let names: Vec<_> = first.into_iter().chain(second).map(|s| s.name().to_string()).collect();
            /// assert_eq!(names, ["a", "b", "c"]);
            /// # Ok(())
            /// # }
            /// ```
            pub fn list(&self, query: &Query) -> Result<Page> {
                let asker = self.asker();
                if let Some(liveness) = query.liveness() {
                    return Ok(list_driven(&asker, query, liveness)?.0);
                }
                let (limit, walk) = query.plan()?;
                page_of_many(&asker, query, limit, walk)
            }

            /// Returns every page that `query` has, from where it begins to the last, one after the
            /// other. Each page of a registry is a read of its own, made when it is asked for: what
            /// changes in between is seen as [`Cursor`](crate::Cursor) says. The pages of a [`Snapshot`] are all of one
            /// state.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Query, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// for path in ["/work/a", "/work/b", "/work/c"] {
            ///     registry.register(Session::builder(ProjectPath::new(path)?).build())?;
            /// }
            /// let mut names = Vec::new();
            /// for page in registry.pages(&Query::new().limit(2)) {
            ///     for session in page? {
            ///         names.push(session.name().to_string());
            ///     }
            /// }
            /// assert_eq!(names.len(), 3);
            /// assert_eq!(registry.snapshot()?.pages(&Query::new()).count(), 1);
            /// # Ok(())
            /// # }
            /// ```
            pub fn pages(&self, query: &Query) -> Pages<'_> {
                Pages::new(self, query.clone())
            }
        }

        impl Paged for $asked {
            fn page(&self, query: &Query) -> Result<Page> {
                self.list(query)
            }
        }
    };
}

lists!(SessionRegistry);
lists!(Snapshot);
