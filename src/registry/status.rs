//! Sessions with who drives them, and what that does.

use super::drivers::{Seen, list_driven, status, with_owners};
use super::page::Page;
use super::paging::page_of;
use super::query::Query;
use super::rules::registered;
use super::{SessionRegistry, Snapshot};
use crate::error::Result;
use crate::session::{SessionId, SessionStatus};
use crate::store::{Claims, Fault};

macro_rules! statuses {
    ($asked:ident) => {
        impl $asked {
            /// Returns a session, who drives it, and what that does.
            ///
            /// Whether the owner lives is asked now, after the registry was read; of a snapshot, too. An owner that
            /// has let go since the snapshot was taken is [`Unknown`](crate::Liveness::Unknown) there.
            ///
            /// # Errors
            ///
            /// [`NotFound`](crate::Error::NotFound), and what [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{Activity, ProjectPath, Report, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
            /// let claim = registry.claim(id)?;
            /// claim.report(Report::new(Activity::Idle))?;
            /// let status = registry.status(id)?;
            /// assert_eq!(status.session.id(), id);
            /// assert_eq!(status.owner.unwrap().epoch, claim.epoch());
            /// assert_eq!(status.activity.unwrap().activity, Activity::Idle);
            /// # Ok(())
            /// # }
            /// ```
            pub fn status(&self, id: SessionId) -> Result<SessionStatus> {
                let page = with_owners(&self.asker(), |asker| {
                    asker.ask(|view| {
                        let reads = view.reads();
                        let seen = (registered(reads, id)?, reads.claim(id)?);
                        Ok(Page::last(vec![seen]))
                    })
                })?;
                let status = page.items.into_iter().next();
                status.ok_or(crate::Error::NotFound { id })
            }

            /// Returns one page of the sessions that fit `query`, as [`list`](Self::list) does, each with who drives it
            /// and what that does. Each owner is asked once whether it lives, however many of the sessions it drives,
            /// as [`status`](Self::status) says.
            ///
            /// # Errors
            ///
            /// As [`list`](Self::list).
            ///
            /// ```
            /// use session_registry::{Activity, Liveness, ProjectPath, Query, Report, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let mut claims = Vec::new();
            /// for path in ["/work/a", "/work/b", "/work/c"] {
            ///     let id = registry.register(registry.session(ProjectPath::new(path)?).build())?.id();
            ///     claims.push(registry.claim(id)?);
            /// }
            /// claims[0].report(Report::new(Activity::Waiting))?;
            /// claims.pop().unwrap().release()?;
            ///
            /// let all = registry.list_status(&Query::new())?;
            /// let waits = |activity: Activity| activity == Activity::Waiting;
            /// let waiting = all.items.iter().filter(|s| s.activity.as_ref().is_some_and(|a| waits(a.activity)));
            /// assert_eq!((all.items.len(), waiting.count()), (3, 1));
            /// assert_eq!(registry.list_status(&Query::new().driven(Liveness::Alive))?.items.len(), 2);
            /// # Ok(())
            /// # }
            /// ```
            pub fn list_status(&self, query: &Query) -> Result<Page<SessionStatus>> {
                let asker = self.asker();
                if let Some(liveness) = query.liveness() {
                    let (page, mut drivers) = list_driven(&asker, query, liveness)?;
                    return Ok(page.map(|session| {
                        let (claim, owner) = drivers.remove(&session.id()).unzip();
                        status(session, claim.as_ref(), owner)
                    }));
                }
                let (limit, walk) = query.plan()?;
                with_owners(&asker, |asker| {
                    asker.ask(|view| {
                        let reads = view.reads();
                        let page = page_of(reads, query, limit, &walk, |_| Ok(true))?;
                        page.try_map(|session| -> Result<Seen, Fault> {
                            let claim = reads.claim(session.id())?;
                            Ok((session, claim))
                        })
                    })
                })
            }
        }
    };
}

statuses!(SessionRegistry);
statuses!(Snapshot);
