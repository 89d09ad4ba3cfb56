//! Projects whose directory is missing.

use std::io;

use session_registry::Session;

/// Whether the project is a directory of this system that does not exist. What cannot be looked at is not gone,
/// nor is a place elsewhere.
pub(crate) fn is_gone(session: &Session) -> bool {
    let Some(path) = session.project_path().local_path() else {
        return false;
    };
    path.metadata().is_err_and(|error| {
        let kind = error.kind();
        kind == io::ErrorKind::NotFound || kind == io::ErrorKind::NotADirectory
    })
}
