//! Finding what a person means by what they typed.

use serde::{Deserialize, Serialize};

use super::{SessionRegistry, Snapshot};
use crate::error::{Error, Result};
use crate::session::{Alias, MatchedBy, ProjectPath, Session, SessionId};
use crate::store::{Fault, Finds, Matches, Reads, StateKind};

/// The fewest digits that count as the beginning of an id.
const SHORTEST_ID_PREFIX: usize = 4;

/// The answer to [`SessionRegistry::find`]: a session, and how it fits what was typed.
///
/// Serde writes it as an object with the fields `session` and `by`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[must_use = "a session was looked for: use it, or how it fits"]
#[non_exhaustive]
pub struct Found {
    /// The session, open or closed.
    pub session: Session,
    /// How it fits what was typed.
    pub by: MatchedBy,
}

macro_rules! finds {
    ($asked:ident) => {
        impl $asked {
            /// Returns the open session of the nearest project directory at or above `path`: what an agent
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

            /// Returns the session that a person means by `query`. The first of these that fits any
            /// session decides: the whole id; a whole alias; the exact name; the exact project path; the value
            /// of an alias; the beginning of the id, 4 hexadecimal digits or more; the name, whatever its
            /// case; the beginning of the name, whatever its case. Open sessions are looked through first, and closed ones only
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
                Ok(self.find(query)?.session)
            }

            /// Returns the same session as [`resolve`](Self::resolve), and how it fits `query`: before
            /// something is taken from a session, a program may want to see its exact name.
            ///
            /// # Errors
            ///
            /// As [`resolve`](Self::resolve).
            ///
            /// ```
            /// use session_registry::{MatchedBy, ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let path = ProjectPath::new("/work/Backend")?;
            /// let session = registry.register(Session::builder(path).build())?;
            /// let found = registry.find("back")?;
            /// assert_eq!((found.session, found.by), (session, MatchedBy::NamePrefix));
            /// # Ok(())
            /// # }
            /// ```
            pub fn find(&self, query: &str) -> Result<Found> {
                self.ask(|view| find(view.reads(), query))
            }
        }
    };
}

finds!(SessionRegistry);
finds!(Snapshot);

/// Tries the stages one after the other: the first that fits any session decides.
fn find(reads: &(impl Reads + Finds), query: &str) -> Result<Found, Fault> {
    // An id is whole or it is none, whatever state its session is in.
    if let Ok(id) = query.parse::<SessionId>()
        && let Some(session) = reads.session(id)?
    {
        let by = MatchedBy::Id;
        return Ok(Found { session, by });
    }
    for among in [StateKind::Open, StateKind::Closed] {
        if let Some((by, matches)) = first_stage(reads, among, query)? {
            return only(query, by, matches);
        }
    }
    let query = query.to_owned();
    Err(Error::NoMatch { query }.into())
}

/// The first stage that has any matches, and those.
fn first_stage(
    reads: &impl Finds,
    among: StateKind,
    query: &str,
) -> Result<Option<(MatchedBy, Matches)>, Fault> {
    // Neither a name nor a path is empty, and everything begins with nothing.
    if query.is_empty() || query.contains('\0') {
        return Ok(None);
    }
    for by in [
        MatchedBy::Alias,
        MatchedBy::Name,
        MatchedBy::Path,
        MatchedBy::AliasValue,
        MatchedBy::IdPrefix,
        MatchedBy::FoldedName,
        MatchedBy::NamePrefix,
    ] {
        let matches = stage(reads, among, by, query)?;
        if matches.total > 0 {
            return Ok(Some((by, matches)));
        }
    }
    Ok(None)
}

/// What one stage finds; nothing if the text cannot be what the stage looks for.
fn stage(
    reads: &impl Finds,
    among: StateKind,
    by: MatchedBy,
    query: &str,
) -> Result<Matches, Fault> {
    let nothing = Ok(Matches::default());
    match by {
        // Asked before, of open and closed ones together.
        MatchedBy::Id => nothing,
        MatchedBy::Alias => match Alias::new(query) {
            Ok(alias) => reads.with_alias(among, &alias),
            Err(_) => nothing,
        },
        MatchedBy::AliasValue => reads.with_alias_value(among, query),
        MatchedBy::Name => reads.named(among, query),
        MatchedBy::Path => match ProjectPath::new(query) {
            Ok(path) => reads.at_path(among, &path),
            Err(_) => nothing,
        },
        MatchedBy::IdPrefix => match id_digits(query) {
            Some(digits) => reads.with_id_prefix(among, &digits),
            None => nothing,
        },
        MatchedBy::FoldedName => reads.with_folded_name(among, query),
        MatchedBy::NamePrefix => reads.with_name_prefix(among, query),
    }
}

/// The hexadecimal digits of what may be the beginning of an id; hyphens do not count.
fn id_digits(query: &str) -> Option<String> {
    let digits: String = query.chars().filter(|c| *c != '-').collect();
    let fits = (SHORTEST_ID_PREFIX..=32).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then_some(digits)
}

/// What was found, if it is only one.
fn only(query: &str, by: MatchedBy, matches: Matches) -> Result<Found, Fault> {
    let Matches { mut first, total } = matches;
    if total == 1
        && let Some(session) = first.pop()
    {
        return Ok(Found { session, by });
    }
    first.sort_by_key(|session| (session.created_at(), session.id()));
    Err(Error::Ambiguous {
        query: query.to_owned(),
        matches: first,
        total,
        by,
    }
    .into())
}
