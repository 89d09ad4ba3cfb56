//! Why a path cannot be a project path.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::ProjectPath;
use super::text::{CodePoint, Quoted, excerpt};

/// The last part of a path says most, so this is long enough to keep nearly every path whole.
const EXCERPT_CHARS: usize = 200;

/// The path cannot be a project path. The message repeats the first 200 characters of it, with
/// control characters escaped; the cause of [`ProjectPathProblem::Io`] is the
/// [`source`](StdError::source).
///
/// Serde writes it as an object: `path`; `rule`, the variant of the problem in `snake_case`; and the other
/// fields of that variant.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    /// Returns the rule that the path breaks.
    ///
    /// ```
    /// use session_registry::{ProjectPath, ProjectPathProblem};
    ///
    /// let error = ProjectPath::new("work/app").unwrap_err();
    /// assert!(matches!(error.problem(), ProjectPathProblem::Relative));
    /// ```
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

impl Serialize for InvalidProjectPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_map(None)?;
        fields.serialize_entry("path", &self.path)?;
        fields.serialize_entry("rule", self.problem.rule())?;
        match self.problem {
            ProjectPathProblem::TooLong { bytes } => fields.serialize_entry("bytes", &bytes)?,
            ProjectPathProblem::ControlCharacter { character, index } => {
                fields.serialize_entry("character", &character)?;
                fields.serialize_entry("index", &index)?;
            }
            _ => {}
        }
        fields.end()
    }
}

/// The rule that an [`InvalidProjectPath`] breaks. Of two paths that could not be read, the problem is the same
/// if the kinds of the I/O errors are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ProjectPathProblem {
    /// There is no text.
    Empty,
    /// It depends on the current directory, and is no URI either.
    Relative,
    /// It is not Unicode text.
    NotUtf8,
    /// It is longer than [`ProjectPath::MAX_BYTES`] once normalised.
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// One of its components is `..`.
    ParentComponent,
    /// It has a NUL byte, which no file system can store.
    NulByte,
    /// It begins with two `\\`, as paths of Windows do, and names no directory on a drive or a share: it is a
    /// device, a volume by its id, or a server without a share.
    UnsupportedForm,
    /// It is a URI, and what stands before `://` is no scheme: not 2 to 32 letters `a` to `z`, digits, `+`,
    /// `.` and `-`.
    Scheme,
    /// It is a `file:` URI. The directory has a path, which is its one name.
    FileUri,
    /// It is a URI and has a control character.
    ControlCharacter {
        /// The first such character.
        character: char,
        /// Its byte offset.
        index: usize,
    },
    /// It is a URI that ends in several `/`. One is removed; with two, it is open which place is meant.
    TrailingSeparators,
    /// There is nothing at the path. Only [`ProjectPath::resolve`] reports this.
    Missing,
    /// There is something else at the path. Only [`ProjectPath::resolve`] reports this.
    NotADirectory,
    /// The path could not be read. Only [`ProjectPath::resolve`] reports this.
    Io(Arc<io::Error>),
    /// It is a URI or a path of another system, and names no place in the files of this one. Only the
    /// conversion into a [`PathBuf`](std::path::PathBuf) reports this.
    NotLocal,
}

impl PartialEq for ProjectPathProblem {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::TooLong { bytes }, Self::TooLong { bytes: other }) => bytes == other,
            (
                Self::ControlCharacter { character, index },
                Self::ControlCharacter {
                    character: other,
                    index: at,
                },
            ) => character == other && index == at,
            (Self::Io(error), Self::Io(other)) => error.kind() == other.kind(),
            _ => self.rule() == other.rule(),
        }
    }
}

impl Eq for ProjectPathProblem {}

impl ProjectPathProblem {
    pub(super) fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            io::ErrorKind::NotADirectory => Self::NotADirectory,
            _ => Self::Io(Arc::new(error)),
        }
    }

    fn rule(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Relative => "relative",
            Self::NotUtf8 => "not_utf8",
            Self::TooLong { .. } => "too_long",
            Self::ParentComponent => "parent_component",
            Self::NulByte => "nul_byte",
            Self::UnsupportedForm => "unsupported_form",
            Self::Scheme => "scheme",
            Self::FileUri => "file_uri",
            Self::ControlCharacter { .. } => "control_character",
            Self::TrailingSeparators => "trailing_separators",
            Self::Missing => "missing",
            Self::NotADirectory => "not_a_directory",
            Self::Io(_) => "io",
            Self::NotLocal => "not_local",
        }
    }
}

impl fmt::Display for ProjectPathProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "it is empty",
            Self::Relative => "it is not absolute",
            Self::NotUtf8 => "it is not valid UTF-8",
            Self::TooLong { bytes } => {
                let most = ProjectPath::MAX_BYTES;
                return write!(f, "it has {bytes} bytes; at most {most} are allowed");
            }
            Self::ParentComponent => "it has a `..` component",
            Self::NulByte => "it has a NUL byte",
            Self::UnsupportedForm => "it names no directory on a drive or a share",
            Self::Scheme => {
                "its scheme is not 2 to 32 of the letters a to z, digits, `+`, `.` and `-`"
            }
            Self::FileUri => "it is a `file:` URI; the path itself is wanted",
            Self::ControlCharacter { character, index } => {
                let character = CodePoint(*character);
                return write!(f, "it has control character {character} at byte {index}");
            }
            Self::TrailingSeparators => "it ends in several `/`",
            Self::Missing => "it does not exist",
            Self::NotADirectory => "it is not a directory",
            Self::Io(_) => "it could not be read",
            Self::NotLocal => "it is no path of this system",
        })
    }
}

impl StdError for ProjectPathProblem {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            // The error itself, not the pointer to it, so that it can be told by its type.
            Self::Io(error) => Some(error.as_ref()),
            _ => None,
        }
    }
}
