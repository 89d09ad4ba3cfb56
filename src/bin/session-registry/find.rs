//! Which session is meant by what a person types.

use std::path::{self, Path, PathBuf};

use session_registry::{ProjectPath, Session, SessionId, SessionRegistry};

use crate::failure::Failure;
use crate::locate::Locator;

/// Fewer digits of an id than this name no session.
const LEAST_PREFIX: usize = 4;

/// The session in question and the registry it is in, which is not created for the asking.
pub(crate) fn existing(
    locator: &Locator,
    query: &str,
) -> Result<(SessionRegistry, Session), Failure> {
    let no_match = || {
        let query = query.to_owned();
        Failure::NoMatch { query }
    };
    let registry = locator.open_existing()?.ok_or_else(no_match)?;
    let session = session(&registry, query)?.ok_or_else(no_match)?;
    Ok((registry, session))
}

/// The session with that id, exact name, project path or beginning of an id: the first of these that
/// fits decides.
pub(crate) fn session(registry: &SessionRegistry, query: &str) -> Result<Option<Session>, Failure> {
    if let Ok(id) = query.parse::<SessionId>()
        && let Some(session) = registry.lookup(id)?
    {
        return Ok(Some(session));
    }
    if let Some(session) = only(query, registry.lookup_all_by_name(query)?)? {
        return Ok(Some(session));
    }
    for path in project_paths(query) {
        if let Some(session) = registry.lookup_by_path(&path)? {
            return Ok(Some(session));
        }
    }
    only(query, by_prefix(registry, query)?)
}

fn only(query: &str, mut candidates: Vec<Session>) -> Result<Option<Session>, Failure> {
    if candidates.len() > 1 {
        let query = query.to_owned();
        return Err(Failure::Ambiguous { query, candidates });
    }
    Ok(candidates.pop())
}

/// What the text may mean as a path, the likeliest first: the real directory; one that is gone, below
/// its real parent; the path as it was typed.
fn project_paths(query: &str) -> impl Iterator<Item = ProjectPath> {
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

fn by_prefix(registry: &SessionRegistry, query: &str) -> Result<Vec<Session>, Failure> {
    let prefix = digits(query);
    if prefix.len() < LEAST_PREFIX || !prefix.chars().all(|c| c.is_ascii_hexdigit()) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for id in registry.list_ids()? {
        if digits(&id.to_string()).starts_with(&prefix) {
            found.extend(registry.lookup(id)?);
        }
    }
    Ok(found)
}

fn digits(id: &str) -> String {
    id.replace('-', "").to_ascii_lowercase()
}
