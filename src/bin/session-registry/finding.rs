//! Which session is meant by what a person types.

use std::path::{self, Path, PathBuf};

use session_registry::{
    Error, Found, MatchedBy, ProjectPath, Query, Session, SessionRegistry, StateFilter,
};

use crate::current_dir;
use crate::escape::unescaped;
use crate::failure::Failure;
use crate::place::elsewhere;
use crate::same_directory;

/// How what was typed names a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Its whole id, alias, name or path.
    Whole,
    /// The beginning of its id.
    Id,
    /// The value of one of its aliases, without the namespace.
    AliasValue,
    /// Its name in another case.
    Folded,
    /// The beginning of its name.
    Beginning,
}

impl Fit {
    /// What part of the session was typed; `None` if it is a whole.
    pub(crate) fn part(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::Id => Some("the beginning of an id"),
            Self::AliasValue => Some("the value of an alias"),
            Self::Folded => Some("a name in another case"),
            Self::Beginning => Some("the beginning of a name"),
        }
    }

    fn is_loose(self) -> bool {
        matches!(self, Self::AliasValue | Self::Folded | Self::Beginning)
    }
}

/// What was typed may be what this program printed, escaped. And a path says nothing where the current
/// directory is gone, which is told where it matters.
pub(crate) fn find(registry: &SessionRegistry, query: &str) -> Result<(Session, Fit), Failure> {
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
    if is_path(query) && elsewhere(query).is_none() {
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
    let is_directory = is_path && elsewhere(query).is_none() && Path::new(query).is_dir();
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
        Some(fit) if fit.is_loose() && fit != Fit::AliasValue && is_path => {
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
    query == "."
        || query == ".."
        || query.contains(path::is_separator)
        || elsewhere(query).is_some()
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
        MatchedBy::AliasValue => Fit::AliasValue,
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
    if found.is_empty() && elsewhere(query).is_none() {
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

/// What the text may mean as the path of a project, the likeliest first: the place that is no local
/// one; the real directory; as a shell sees
/// it that came through a link; one that is gone, below its real parent; the path as it was typed.
pub(crate) fn project_paths(query: impl AsRef<Path>) -> Vec<ProjectPath> {
    let query = query.as_ref();
    if let Some(place) = elsewhere(query) {
        return place.into_iter().collect();
    }
    let typed = path::absolute(query).ok();
    let gone = typed.as_deref().and_then(below_real_parent);
    let real = ProjectPath::resolve(query).ok();
    let texts = [current_dir::logical(query), gone, typed];
    let texts = texts.into_iter().flatten();
    real.into_iter()
        .chain(texts.filter_map(|path| ProjectPath::new(path).ok()))
        .collect()
}

fn below_real_parent(path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?.canonicalize().ok()?;
    Some(parent.join(path.file_name()?))
}
