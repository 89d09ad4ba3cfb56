//! The current directory, which may be gone.

use std::env;
use std::io;
use std::path::{self, Path, PathBuf};

use crate::failure::Failure;

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
    let real = path.canonicalize().or_else(|_| path::absolute(path));
    Ok(real.unwrap_or_else(|_| path.to_path_buf()))
}

/// What is the matter with it.
pub(crate) fn problem(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "the current directory no longer exists",
        _ => "could not learn the current directory",
    }
}
