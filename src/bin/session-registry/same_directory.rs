//! One directory under several paths, as where a project was moved and a link left behind.

use std::path::{self, Path, PathBuf};

use session_registry::{Query, Session, SessionRegistry};

use crate::failure::Failure;

/// What a directory is, whatever its path.
#[cfg(unix)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Directory {
    device: u64,
    inode: u64,
}

#[cfg(unix)]
impl Directory {
    /// `None` if there is none.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;

        let metadata = path.metadata().ok().filter(|found| found.is_dir())?;
        let (device, inode) = (metadata.dev(), metadata.ino());
        Some(Self { device, inode })
    }
}

/// What a directory is, as far as its real path tells.
#[cfg(not(unix))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Directory(PathBuf);

#[cfg(not(unix))]
impl Directory {
    /// `None` if there is none.
    pub(crate) fn at(path: &Path) -> Option<Self> {
        let real = path.canonicalize().ok()?;
        real.is_dir().then_some(Self(real))
    }
}

/// The open session whose project is this directory, whatever it is called there.
pub(crate) fn session_on(
    registry: &SessionRegistry,
    directory: &Path,
) -> Result<Option<Session>, Failure> {
    let Some(wanted) = Directory::at(directory) else {
        return Ok(None);
    };
    Ok(on_any_of(registry, &[wanted])?.map(|(_, session)| session))
}

/// The open session whose project is the nearest directory at or above this path, and how many directories lie
/// between.
pub(crate) fn session_around(
    registry: &SessionRegistry,
    path: &Path,
) -> Result<Option<(usize, Session)>, Failure> {
    let real: PathBuf = path
        .canonicalize()
        .or_else(|_| path::absolute(path))
        .unwrap_or_default();
    let above: Vec<_> = real.ancestors().filter_map(Directory::at).collect();
    let missing = real.ancestors().count() - above.len();
    let found = on_any_of(registry, &above)?;
    Ok(found.map(|(place, session)| (place + missing, session)))
}

/// The session on the first of these that has one, and which that is.
fn on_any_of(
    registry: &SessionRegistry,
    wanted: &[Directory],
) -> Result<Option<(usize, Session)>, Failure> {
    let mut best = None;
    for page in registry.pages(&Query::new().limit(Query::MAX_LIMIT)) {
        for session in page? {
            let project = session.project_path().local_path().and_then(Directory::at);
            let place = project.and_then(|project| wanted.iter().position(|w| *w == project));
            let is_nearer = |place: &usize| best.as_ref().is_none_or(|(best, _)| place < best);
            if let Some(place) = place.filter(is_nearer) {
                best = Some((place, session));
            }
        }
    }
    Ok(best)
}
