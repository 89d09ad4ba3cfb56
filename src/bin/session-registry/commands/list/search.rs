//! Finding the sessions that fit, a page at a time or all of one moment.

use session_registry::{
    Alias, Cursor, Error, Page, Query, SessionId, SessionRegistry, SessionStatus,
};

use super::filter::Filter;
use crate::sight::Sight;

/// What was found, and where the next page begins.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) sights: Vec<Sight>,
    pub(super) next: Option<Cursor>,
}

/// Which sessions, beside what the query says.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) query: Query,
    pub(super) filter: Filter,
    /// At most so many; `None` for all.
    pub(super) limit: Option<u32>,
    pub(super) alias: Option<Alias>,
    /// Whether the query names a project.
    pub(super) has_project: bool,
}

impl Search {
    pub(super) fn run(mut self, registry: &SessionRegistry) -> Result<Found, Error> {
        let default = registry.default_session_id()?;
        let mut only = None;
        if let Some(alias) = &self.alias {
            let Some(session) = registry.lookup_by_alias(alias)? else {
                return Ok(Found::default());
            };
            if !self.has_project {
                self.query = self.query.path(session.project_path().clone());
            }
            only = Some(session.id());
        }
        let of = Choice {
            filter: self.filter,
            only,
            default,
        };
        let limit = self.limit.unwrap_or(Query::MAX_LIMIT);
        let first = of.page(
            &|query| registry.list_status(query),
            self.query.clone(),
            limit,
        )?;
        if self.limit.is_some() || first.next.is_none() {
            return Ok(first);
        }
        // More than one page: all of one moment.
        let snapshot = registry.snapshot()?;
        of.page(&|query| snapshot.list_status(query), self.query, u32::MAX)
    }
}

struct Choice {
    filter: Filter,
    only: Option<SessionId>,
    default: Option<SessionId>,
}

impl Choice {
    fn page(
        &self,
        ask: &dyn Fn(&Query) -> Result<Page<SessionStatus>, Error>,
        mut query: Query,
        limit: u32,
    ) -> Result<Found, Error> {
        let mut sights = Vec::new();
        loop {
            let found = u32::try_from(sights.len()).unwrap_or(u32::MAX);
            let room = limit.saturating_sub(found);
            // Never more than there is room for, so that the next page begins after the last one here.
            let page = ask(&query.clone().limit(room.clamp(1, Query::MAX_LIMIT)))?;
            sights.extend(
                page.items
                    .into_iter()
                    .filter_map(|status| self.sight(status)),
            );
            let is_full = u32::try_from(sights.len()).is_ok_and(|found| found >= limit);
            match page.next {
                Some(next) if !is_full => query = query.after(next),
                next => return Ok(Found { sights, next }),
            }
        }
    }

    /// Looks for the directory of those only that fit without.
    fn sight(&self, status: SessionStatus) -> Option<Sight> {
        if self.only.is_some_and(|id| id != status.session.id()) || !self.filter.may_fit(&status) {
            return None;
        }
        let sight = Sight::of(status, self.default);
        self.filter.fits(sight.condition).then_some(sight)
    }
}
