//! The current directory, which may be gone.

use std::env;
use std::io;
use std::path::{self, Component, Path, PathBuf};

use crate::failure::Failure;
use crate::plain_path::plain;
use crate::same_directory::Directory;

/// Fails if a path means nothing because the current directory is gone.
pub(crate) fn check(path: &Path) -> Result<(), Failure> {
    if path.is_relative() {
        env::current_dir().map_err(Failure::NoCurrentDirectory)?;
    }
    Ok(())
}

/// The real path of what is there; of what is not, the path as it was typed.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    check(path)?;
    let real = path
        .canonicalize()
        .map(plain)
        .or_else(|_| path::absolute(path));
    Ok(real.unwrap_or_else(|_| path.to_path_buf()))
}

/// A path as the shell sees it, which may have come to the current directory through a link; `None` if that
/// is another place.
pub(crate) fn logical(path: &Path) -> Option<PathBuf> {
    let shown = env::var_os("PWD").map(PathBuf::from)?;
    if path.is_absolute() || !shown.is_absolute() {
        return None;
    }
    let here = Directory::at(Path::new("."))?;
    if Directory::at(&shown)? != here {
        return None;
    }
    let logical = without_dots(&shown.join(path))?;
    // Going up from a link leads elsewhere for a shell than for the system.
    (Directory::at(&logical) == Directory::at(path)).then_some(logical)
}

/// Without `.` and `..`, as text.
fn without_dots(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => clean.pop().then_some(())?,
            component => clean.push(component),
        }
    }
    Some(clean)
}

/// What is the matter with it.
pub(crate) fn problem(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "the current directory no longer exists",
        _ => "could not learn the current directory",
    }
}
