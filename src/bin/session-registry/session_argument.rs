//! Which session is meant by what a person types.

use std::path::{self, Path, PathBuf};

use session_registry::{
    Error, Found, MatchedBy, ProjectPath, Query, Session, SessionRegistry, StateFilter,
};

use crate::current_dir;
use crate::escape::{Escaped, unescaped};
use crate::failure::Failure;
use crate::locate::Locator;
use crate::output::Output;
use crate::same_directory;
use crate::similar::near_misses;

/// The SESSION of a command.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct SessionArgument {
    /// Its id, name or path
    session: String,

    /// Take SESSION as a whole id, a whole name or a path only: for scripts
    #[arg(long)]
    exact: bool,
}

impl SessionArgument {
    /// The session in question and the registry it is in, for commands that only look.
    pub(crate) fn look(&self, locator: &Locator) -> Result<(SessionRegistry, Session), Failure> {
        let (registry, session, _) = self.find(locator)?;
        Ok((registry, session))
    }

    /// As [`look`](Self::look), for commands that change or drive the session: which one was taken is told
    /// unless it was named outright.
    pub(crate) fn drive(
        &self,
        locator: &Locator,
        output: &Output,
    ) -> Result<(SessionRegistry, Session), Failure> {
        let (registry, session, fit) = self.find(locator)?;
        if let Some(part) = fit.part() {
            let message = format!("note: \"{}\" is {part}, taken for", Escaped(&self.session));
            output.notice("inexact", &message, std::slice::from_ref(&session));
        }
        Ok((registry, session))
    }

    /// As [`look`](Self::look), for commands that end or remove the session: refused is what a word could
    /// fit by chance.
    pub(crate) fn end(&self, locator: &Locator) -> Result<(SessionRegistry, Session), Failure> {
        let (registry, session, fit) = self.find(locator)?;
        match fit {
            Fit::Whole => Ok((registry, session)),
            Fit::Id if !reads_as_a_word(&self.session) => Ok((registry, session)),
            _ => Err(self.inexact(session)),
        }
    }

    /// As it was typed.
    pub(crate) fn as_typed(&self) -> &str {
        &self.session
    }

    fn find(&self, locator: &Locator) -> Result<(SessionRegistry, Session, Fit), Failure> {
        let registry = open_or_empty(locator)?;
        match find(&registry, &self.session) {
            Ok((session, fit)) if self.exact && fit != Fit::Whole => Err(self.inexact(session)),
            Ok((session, fit)) => Ok((registry, session, fit)),
            Err(Failure::Refused(Error::NoMatch { query, .. })) => {
                let (is_short_id, similar) = near_misses(&registry, &query)?;
                Err(Failure::Unknown {
                    query,
                    is_short_id,
                    similar,
                })
            }
            Err(failure) => Err(failure),
        }
    }

    fn inexact(&self, session: Session) -> Failure {
        let (query, session) = (self.session.clone(), Box::new(session));
        Failure::Inexact { query, session }
    }
}

/// The SESSION of a command that can do without.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(crate) struct OptionalSession {
    /// Its id, name or path
    session: Option<String>,

    /// Take SESSION as a whole id, a whole name or a path only: for scripts
    #[arg(long, requires = "session")]
    exact: bool,
}

impl OptionalSession {
    /// The one that is given, or else another.
    pub(crate) fn or_else(self, other: impl FnOnce() -> Option<String>) -> Option<SessionArgument> {
        let (session, exact) = (self.session.or_else(other)?, self.exact);
        Some(SessionArgument { session, exact })
    }
}

/// How what was typed names a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// Its whole id, name or path.
    Whole,
    /// The beginning of its id.
    Id,
    /// Its name in another case.
    Folded,
    /// The beginning of its name.
    Beginning,
}

impl Fit {
    /// What part of the session was typed; `None` if it is a whole.
    fn part(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::Id => Some("the beginning of an id"),
            Self::Folded => Some("a name in another case"),
            Self::Beginning => Some("the beginning of a name"),
        }
    }

    fn is_loose(self) -> bool {
        matches!(self, Self::Folded | Self::Beginning)
    }
}

/// Where there is no registry, nothing is found in an empty one.
fn open_or_empty(locator: &Locator) -> Result<SessionRegistry, Failure> {
    match locator.open_existing()? {
        Some(registry) => Ok(registry),
        None => Ok(SessionRegistry::in_memory()?),
    }
}

/// What was typed may be what this program printed, escaped. And a path says nothing where the current
/// directory is gone, which is told where it matters.
fn find(registry: &SessionRegistry, query: &str) -> Result<(Session, Fit), Failure> {
    let refused = match find_literally(registry, query) {
        Err(refused @ Failure::Refused(Error::NoMatch { .. })) => refused,
        found => return found,
    };
    if let Some(printed) = unescaped(query) {
        match find_literally(registry, &printed) {
            Err(Failure::Refused(Error::NoMatch { .. })) => {}
            found => return found,
        }
    }
    if is_path(query) {
        current_dir::check(Path::new(query))?;
    }
    Err(refused)
}

/// As the library resolves it, with three additions: a path may be relative or lead through symbolic
/// links; what looks like a path never means the beginning of a name; and an open session that fits only
/// loosely does not come before a closed one that has the very name.
fn find_literally(registry: &SessionRegistry, query: &str) -> Result<(Session, Fit), Failure> {
    let found = registry.find(query);
    let is_path = is_path(query);
    let is_directory = is_path && Path::new(query).is_dir();
    if let Some(Fit::Whole) = fit_of(&found)
        && !is_directory
    {
        return Ok((found?.session, Fit::Whole));
    }
    if let Some(session) = on_project(registry, query)? {
        return Ok((session, Fit::Whole));
    }
    match fit_of(&found) {
        // The library's own words for it.
        Some(fit) if fit.is_loose() && is_path => {
            Ok((SessionRegistry::in_memory()?.resolve(query)?, Fit::Whole))
        }
        Some(fit) if fit.is_loose() => match closed_by_name(registry, query)? {
            Some(session) => Ok((session, Fit::Whole)),
            None => Ok((found?.session, fit)),
        },
        fit => Ok((found?.session, fit.unwrap_or(Fit::Whole))),
    }
}

/// The closed session of that very name.
fn closed_by_name(registry: &SessionRegistry, query: &str) -> Result<Option<Session>, Failure> {
    let wanted = Query::new()
        .state(StateFilter::Closed)
        .name_contains(query)
        .limit(Query::MAX_LIMIT);
    let mut candidates = Vec::new();
    for page in registry.pages(&wanted) {
        let named = |session: &Session| session.name().as_str() == query;
        candidates.extend(page?.into_iter().filter(named));
    }
    if candidates.len() > 1 {
        let query = query.to_owned();
        return Err(Failure::Ambiguous { query, candidates });
    }
    Ok(candidates.pop())
}

fn is_path(query: &str) -> bool {
    query == "." || query == ".." || query.contains(path::is_separator)
}

/// How what was found fits, be it one session or several; `None` if nothing was.
fn fit_of(found: &Result<Found, Error>) -> Option<Fit> {
    let by = match found {
        Ok(found) => found.by,
        Err(Error::Ambiguous { by, .. }) => *by,
        Err(_) => return None,
    };
    Some(match by {
        by if by.is_exact() => Fit::Whole,
        MatchedBy::IdPrefix => Fit::Id,
        MatchedBy::FoldedName => Fit::Folded,
        _ => Fit::Beginning,
    })
}

/// The session of the project that a path means. Where its several readings lead to several sessions, the
/// open ones count; several of these are for a person to choose from.
fn on_project(registry: &SessionRegistry, query: &str) -> Result<Option<Session>, Failure> {
    let mut found: Vec<Session> = Vec::new();
    for path in project_paths(query) {
        let session = at(registry, &path)?;
        found.extend(session.filter(|session| found.iter().all(|s| s.id() != session.id())));
    }
    if found.is_empty() {
        found.extend(same_directory::session_on(registry, Path::new(query))?);
    }
    if found.iter().any(|session| session.state().is_open()) {
        found.retain(|session| session.state().is_open());
    }
    if found.len() > 1 {
        let (query, candidates) = (query.to_owned(), found);
        return Err(Failure::Ambiguous { query, candidates });
    }
    Ok(found.pop())
}

/// The session of a project, the open one if there is one.
fn at(registry: &SessionRegistry, path: &ProjectPath) -> Result<Option<Session>, Failure> {
    if let Some(session) = registry.lookup_by_path(path)? {
        return Ok(Some(session));
    }
    let is_there = |session: &Session| session.project_path() == path;
    match registry.resolve(path.as_str()) {
        Ok(session) => Ok(Some(session).filter(is_there)),
        Err(Error::NoMatch { .. }) => Ok(None),
        Err(Error::Ambiguous { matches, .. }) if !matches.iter().all(is_there) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What the text may mean as the path of a project, the likeliest first: the real directory; as a shell sees
/// it that came through a link; one that is gone, below its real parent; the path as it was typed.
pub(crate) fn project_paths(query: impl AsRef<Path>) -> impl Iterator<Item = ProjectPath> {
    let query = query.as_ref();
    let typed = path::absolute(query).ok();
    let gone = typed.as_deref().and_then(below_real_parent);
    let real = ProjectPath::resolve(query).ok();
    let texts = [current_dir::logical(query), gone, typed];
    let texts = texts.into_iter().flatten();
    real.into_iter()
        .chain(texts.filter_map(|path| ProjectPath::new(path).ok()))
}

fn below_real_parent(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?.canonicalize().ok()?;
    Some(parent.join(path.file_name()?))
}

/// Whether the beginning of an id could be a word or a number that means something else. No word has letters and
/// digits in it, and so many digits as are shown in lists fit nothing by chance.
fn reads_as_a_word(query: &str) -> bool {
    const SHOWN: usize = 8;
    let digits = || query.bytes().filter(|byte| *byte != b'-');
    let is_one_kind = digits().all(|byte| byte.is_ascii_digit())
        || digits().all(|byte| byte.is_ascii_alphabetic());
    is_one_kind && digits().count() < SHOWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_could_be_the_beginning_of_an_id() {
        for word in [
            "dead",
            "beef",
            "FACADE",
            "2024",
            "dead-beef"[..6].as_ref(),
            "1234567",
        ] {
            assert!(reads_as_a_word(word), "{word}");
        }
        for digits in ["3f2a", "c921a940", "20240131", "deadbeef", "dead-beef"] {
            assert!(!reads_as_a_word(digits), "{digits}");
        }
    }
}
