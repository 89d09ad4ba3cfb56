//! Which session is meant by what a person types.

use std::path::{self, Path, PathBuf};

use session_registry::{
    Error, Found, MatchedBy, ProjectPath, Query, Session, SessionRegistry, StateFilter,
};

use crate::current_dir;
use crate::escape::unescaped;
use crate::failure::Failure;
use crate::locate::Locator;

/// How what was typed names a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
    /// Its whole id, name or path.
    Whole,
    /// The beginning of its id.
    Id,
    /// The beginning of its name, or its name in another case.
    Loose,
}

/// The session in question and the registry it is in, which is not created for the asking.
pub(crate) fn existing(
    locator: &Locator,
    query: &str,
) -> Result<(SessionRegistry, Session), Failure> {
    let registry = or_empty(locator.open_existing()?)?;
    let (session, _) = find(&registry, query)?;
    Ok((registry, session))
}

/// As [`existing`], for commands that only look.
pub(crate) fn looked_at(
    locator: &Locator,
    query: &str,
) -> Result<(SessionRegistry, Session), Failure> {
    let registry = or_empty(locator.look_at_existing()?)?;
    let (session, _) = find(&registry, query)?;
    Ok((registry, session))
}

/// As [`existing`], for commands that take something away: what fits a name only loosely is refused.
pub(crate) fn exactly(
    locator: &Locator,
    query: &str,
) -> Result<(SessionRegistry, Session), Failure> {
    let registry = or_empty(locator.open_existing()?)?;
    let (session, fit) = find(&registry, query)?;
    if fit == Fit::Loose {
        let (query, session) = (query.to_owned(), Box::new(session));
        return Err(Failure::Inexact { query, session });
    }
    Ok((registry, session))
}

/// Where there is no registry, nothing is found in an empty one.
fn or_empty(registry: Option<SessionRegistry>) -> Result<SessionRegistry, Failure> {
    match registry {
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
    for path in project_paths(query) {
        if let Some(session) = at(registry, &path)? {
            return Ok((session, Fit::Whole));
        }
    }
    match fit_of(&found) {
        // The library's own words for it.
        Some(Fit::Loose) if is_path => {
            Ok((SessionRegistry::in_memory()?.resolve(query)?, Fit::Whole))
        }
        Some(Fit::Loose) => match closed_by_name(registry, query)? {
            Some(session) => Ok((session, Fit::Whole)),
            None => Ok((found?.session, Fit::Loose)),
        },
        fit => Ok((found?.session, fit.unwrap_or(Fit::Loose))),
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
        _ => Fit::Loose,
    })
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

/// What the text may mean as the path of a project, the likeliest first: the real directory; one that is
/// gone, below its real parent; the path as it was typed.
pub(crate) fn project_paths(query: impl AsRef<Path>) -> impl Iterator<Item = ProjectPath> {
    let query = query.as_ref();
    let typed = path::absolute(query).ok();
    let gone = typed.as_deref().and_then(below_real_parent);
    let real = ProjectPath::resolve(query).ok();
    let texts = [gone, typed].into_iter().flatten();
    real.into_iter()
        .chain(texts.filter_map(|path| ProjectPath::new(path).ok()))
}

fn below_real_parent(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?.canonicalize().ok()?;
    Some(parent.join(path.file_name()?))
}
