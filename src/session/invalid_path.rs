//! Why a path cannot be a project path.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;

use super::ProjectPath;
use super::text::{Quoted, excerpt};

/// The last part of a path says most, so this is long enough to keep nearly every path whole.
const EXCERPT_CHARS: usize = 200;

/// The path cannot be a project path. The message repeats the first 200 characters of it, with
/// control characters escaped; the cause of [`ProjectPathProblem::Io`] is the
/// [`source`](StdError::source).
#[derive(Debug)]
pub struct InvalidProjectPath {
    path: String,
    problem: ProjectPathProblem,
}

impl InvalidProjectPath {
    pub(super) fn new(path: &Path, problem: ProjectPathProblem) -> Self {
        Self {
            path: excerpt(&path.to_string_lossy(), EXCERPT_CHARS),
            problem,
        }
    }

    /// The rule that the path breaks.
    #[must_use]
    pub fn problem(&self) -> &ProjectPathProblem {
        &self.problem
    }
}

impl fmt::Display for InvalidProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} cannot be a project path: {}",
            Quoted(&self.path),
            self.problem
        )
    }
}

impl StdError for InvalidProjectPath {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.problem.source()
    }
}

/// The rule that an [`InvalidProjectPath`] breaks.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProjectPathProblem {
    /// There is no text.
    #[error("it is empty")]
    Empty,
    /// It depends on the current directory.
    #[error("it is not absolute")]
    Relative,
    /// It is not Unicode text.
    #[error("it is not valid UTF-8")]
    NotUtf8,
    /// It is longer than [`ProjectPath::MAX_BYTES`] once normalised.
    #[error("it has {bytes} bytes; at most {} are allowed", ProjectPath::MAX_BYTES)]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// One of its components is `..`.
    #[error("it has a `..` component")]
    ParentComponent,
    /// It has a NUL byte, which no file system can store.
    #[error("it has a NUL byte")]
    NulByte,
    /// There is nothing at the path. Only [`ProjectPath::resolve`] reports this.
    #[error("it does not exist")]
    Missing,
    /// There is something else at the path. Only [`ProjectPath::resolve`] reports this.
    #[error("it is not a directory")]
    NotADirectory,
    /// The path could not be read. Only [`ProjectPath::resolve`] reports this.
    #[error("it could not be read")]
    Io(#[source] io::Error),
}

impl ProjectPathProblem {
    pub(super) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::NotADirectory => Self::NotADirectory,
            _ => Self::Io(error),
        }
    }
}
