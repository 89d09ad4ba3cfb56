//! Finding what a person means, and listing.

use super::cursor::Cursor;
use super::query::{Page, Query};
use super::{SessionRegistry, Snapshot};
use crate::error::{Error, Result};
use crate::session::{ProjectPath, Session, SessionId};
use crate::store::{Among, Fault, Finds, Matches, Ordered, Reads};

/// The fewest digits that count as the beginning of an id.
const SHORTEST_ID_PREFIX: usize = 4;

macro_rules! finds {
    ($asked:ident) => {
        impl $asked {
            /// The open session of the nearest project directory at or above `path`: what an agent
            /// that was started in a subdirectory needs. The disk is not looked at.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let path = ProjectPath::new("/work/app")?;
            /// let session = registry.register(Session::builder(path).build())?;
            /// let inside = ProjectPath::new("/work/app/src/bin")?;
            /// assert_eq!(registry.lookup_containing(&inside)?, Some(session));
            /// # Ok(())
            /// # }
            /// ```
            pub fn lookup_containing(&self, path: &ProjectPath) -> Result<Option<Session>> {
                self.ask(|view| view.reads().containing(path))
            }

            /// The session that a person means by `query`. The first of these that fits any session
            /// decides: the whole id; the exact name; the exact project path; the beginning of the
            /// id, 4 hexadecimal digits or more; the name, whatever its case; the beginning of the
            /// name, whatever its case. Open sessions are looked through first, and closed ones only
            /// if no open one fits. Never creates anything.
            ///
            /// # Errors
            ///
            /// [`NoMatch`](Error::NoMatch); [`Ambiguous`](Error::Ambiguous) with the candidates when
            /// what decided fits several; and what [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let path = ProjectPath::new("/work/Backend")?;
            /// let session = registry.register(Session::builder(path).build())?;
            /// assert_eq!(registry.resolve("back")?, session);
            /// assert_eq!(registry.resolve("front").unwrap_err().code(), "no_match");
            /// # Ok(())
            /// # }
            /// ```
            pub fn resolve(&self, query: &str) -> Result<Session> {
                self.ask(|view| resolve(view.reads(), query))
            }

            /// One page of the sessions that fit `query`. A page costs what it returns, however many
            /// sessions there are; filters are applied row by row in the order of the query.
            ///
            /// # Errors
            ///
            /// [`InvalidQuery`](Error::InvalidQuery) for a limit out of range,
            /// [`InvalidCursor`](Error::InvalidCursor) for a cursor of another query, and what
            /// [every read](crate#errors) can answer.
            pub fn list(&self, query: &Query) -> Result<Page> {
                let (limit, walk) = query.plan()?;
                self.ask(|view| {
                    let mut page = Page::default();
                    let mut last = Vec::new();
                    view.reads().walk(&walk, |session, place| {
                        if !query.matches(&session) {
                            return Ok(true);
                        }
                        if page.sessions.len() == limit {
                            page.next = Some(Cursor::new(query.fingerprint(), &last));
                            return Ok(false);
                        }
                        last = place.to_vec();
                        page.sessions.push(session);
                        Ok(true)
                    })?;
                    Ok(page)
                })
            }
        }
    };
}

finds!(SessionRegistry);
finds!(Snapshot);

fn resolve(reads: &(impl Reads + Finds), query: &str) -> Result<Session, Fault> {
    if let Ok(id) = query.parse::<SessionId>()
        && let Some(session) = reads.session(id)?
    {
        return Ok(session);
    }
    for among in [Among::Open, Among::Closed] {
        if let Some(matches) = first_stage(reads, among, query)? {
            return only(query, matches);
        }
    }
    let query = query.to_owned();
    Err(Error::NoMatch { query }.into())
}

/// The matches of the first stage that has any.
fn first_stage(reads: &impl Finds, among: Among, query: &str) -> Result<Option<Matches>, Fault> {
    let fits = |matches: &Matches| matches.total > 0;
    // Neither a name nor a path is empty, and everything begins with nothing.
    if query.is_empty() || query.contains('\0') {
        return Ok(None);
    }
    let matches = reads.named(among, query)?;
    if fits(&matches) {
        return Ok(Some(matches));
    }
    if let Ok(path) = ProjectPath::new(query) {
        let matches = reads.at_path(among, &path)?;
        if fits(&matches) {
            return Ok(Some(matches));
        }
    }
    if let Some(digits) = id_digits(query) {
        let matches = reads.with_id_prefix(among, &digits)?;
        if fits(&matches) {
            return Ok(Some(matches));
        }
    }
    let matches = reads.with_folded_name(among, query)?;
    if fits(&matches) {
        return Ok(Some(matches));
    }
    Ok(Some(reads.with_name_prefix(among, query)?).filter(fits))
}

/// The hexadecimal digits of what may be the beginning of an id; hyphens do not count.
fn id_digits(query: &str) -> Option<String> {
    let digits: String = query.chars().filter(|c| *c != '-').collect();
    let fits = (SHORTEST_ID_PREFIX..=32).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then_some(digits)
}

fn only(query: &str, matches: Matches) -> Result<Session, Fault> {
    let Matches { mut first, total } = matches;
    if total == 1
        && let Some(session) = first.pop()
    {
        return Ok(session);
    }
    first.sort_by_key(|session| (session.created_at(), session.id()));
    Err(Error::Ambiguous {
        query: query.to_owned(),
        matches: first,
        total,
    }
    .into())
}
