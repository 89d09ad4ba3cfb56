//! What a valid project path is, and the one place where this module asks the disk.

use std::fmt;
use std::path::{Component, MAIN_SEPARATOR, Path, PathBuf};
use std::str::FromStr;

use super::SessionName;
use super::as_text::as_text;
use super::invalid_path::{InvalidProjectPath, ProjectPathProblem};

/// The directory a session works on: an absolute path in UTF-8, in one spelling.
///
/// At most [`MAX_BYTES`](ProjectPath::MAX_BYTES) bytes, no NUL byte, no `..` component (`a..b` is a
/// name like any other); `.` components and doubled or trailing separators are removed. That a path
/// is absolute and free of `..` are rules of the original Elixir registry. Two paths are equal when
/// their text is: neither letter case nor Unicode form is folded, and only
/// [`resolve`](ProjectPath::resolve) looks through symbolic links.
///
/// ```
/// use session_registry::ProjectPath;
///
/// # fn main() -> session_registry::Result<()> {
/// let path = ProjectPath::new("/work//app/./")?;
/// assert_eq!(path.as_str(), "/work/app");
/// assert!(path.starts_with(&ProjectPath::new("/work")?));
/// assert!(ProjectPath::new("/work/../etc").is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectPath(String);

impl ProjectPath {
    /// The longest path, in bytes of UTF-8 once normalised.
    pub const MAX_BYTES: usize = 4096;

    /// Normalises and checks the text of an absolute path. The disk is not asked: nothing need exist
    /// there.
    ///
    /// # Errors
    ///
    /// [`InvalidProjectPath`] if the path is empty, not UTF-8, relative or too long, or has a NUL byte
    /// or a `..` component.
    ///
    /// ```
    /// use session_registry::{ProjectPath, ProjectPathProblem};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// assert_eq!(ProjectPath::new("/work/./app/")?, "/work/app");
    /// let refused = ProjectPath::new("app").unwrap_err();
    /// assert!(matches!(refused.problem(), ProjectPathProblem::Relative));
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(path: impl AsRef<Path>) -> Result<Self, InvalidProjectPath> {
        let path = path.as_ref();
        match path.to_str() {
            Some(text) => text.parse(),
            None => Err(InvalidProjectPath::new(path, ProjectPathProblem::NotUtf8)),
        }
    }

    /// The real path of an existing directory: a relative path starts at the current directory,
    /// `..` components and symbolic links are followed. On Windows the result has the verbatim form
    /// `\\?\C:\...` that [`std::fs::canonicalize`] gives.
    ///
    /// # Errors
    ///
    /// [`InvalidProjectPath`] if there is nothing there or no directory, if the path cannot be read,
    /// or if the real path breaks a rule of [`new`](ProjectPath::new); it is then the real path that
    /// the error names.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let here = std::env::current_dir()?.canonicalize()?;
    /// assert_eq!(ProjectPath::resolve(".")?.local_path(), Some(here.as_path()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn resolve(path: impl AsRef<Path>) -> Result<Self, InvalidProjectPath> {
        let path = path.as_ref();
        let real =
            real_directory(path).map_err(|problem| InvalidProjectPath::new(path, problem))?;
        Self::new(real)
    }

    /// Returns the path for calls of the standard library; `None` where it names no place in the files of
    /// this system. Today every project path does; a later version may know projects that are elsewhere.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let path = ProjectPath::resolve(".")?;
    /// assert!(path.local_path().is_some_and(|path| path.is_dir()));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn local_path(&self) -> Option<&Path> {
        Some(self.path()).filter(|path| path.is_absolute())
    }

    /// Returns the path as text.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// assert_eq!(ProjectPath::new("/work/app/")?.as_str(), "/work/app");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether this path is `ancestor` or lies below it, by whole components: `/work/app` is below
    /// `/work`, not below `/wo`.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let app = ProjectPath::new("/work/app")?;
    /// assert!(app.starts_with(&ProjectPath::new("/work")?));
    /// assert!(!app.starts_with(&ProjectPath::new("/wo")?));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        self.path().starts_with(ancestor.path())
    }

    /// Returns the directory above; `None` for a root.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let work = ProjectPath::new("/work")?;
    /// assert_eq!(work.parent().as_ref().map(ProjectPath::as_str), Some("/"));
    /// assert_eq!(ProjectPath::new("/")?.parent(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let parent = self.path().parent()?.to_str()?;
        Some(Self(parent.to_owned()))
    }

    /// The name of a session nobody named: the last component as far as it can be a name, else
    /// `session`.
    pub(crate) fn default_name(&self) -> SessionName {
        SessionName::nearest(self.last_component().unwrap_or_default())
    }

    /// The last component, if there is any.
    pub(super) fn last_component(&self) -> Option<&str> {
        self.path().file_name().and_then(|name| name.to_str())
    }

    /// The text as the path it is.
    fn path(&self) -> &Path {
        Path::new(&self.0)
    }
}

fn normalise(text: &str) -> Result<String, ProjectPathProblem> {
    let path = Path::new(text);
    if text.is_empty() {
        return Err(ProjectPathProblem::Empty);
    }
    if text.contains('\0') {
        return Err(ProjectPathProblem::NulByte);
    }
    if !path.is_absolute() {
        return Err(ProjectPathProblem::Relative);
    }
    let text = if is_normal(text) {
        text.to_owned()
    } else {
        without_dots(path)?
            .into_os_string()
            .into_string()
            .map_err(|_| ProjectPathProblem::NotUtf8)?
    };
    if text.len() > ProjectPath::MAX_BYTES {
        return Err(ProjectPathProblem::TooLong { bytes: text.len() });
    }
    Ok(text)
}

/// Whether there is nothing to remove, as in every path that was stored. May say no where there is not.
fn is_normal(text: &str) -> bool {
    let odd = |pair: &[u8]| matches!(pair, [b'/', b'/' | b'.']);
    MAIN_SEPARATOR == '/'
        && !text.ends_with('/')
        && (!text.as_bytes().windows(2).any(odd)
            || text
                .split('/')
                .skip(1)
                .all(|component| !matches!(component, "" | "." | "..")))
}

fn without_dots(path: &Path) -> Result<PathBuf, ProjectPathProblem> {
    let mut kept = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => return Err(ProjectPathProblem::ParentComponent),
            Component::CurDir => {}
            other => kept.push(other),
        }
    }
    Ok(kept)
}

fn real_directory(path: &Path) -> Result<PathBuf, ProjectPathProblem> {
    let bytes = path.as_os_str().as_encoded_bytes();
    if bytes.is_empty() {
        return Err(ProjectPathProblem::Empty);
    }
    if bytes.contains(&0) {
        return Err(ProjectPathProblem::NulByte);
    }
    let real = path.canonicalize().map_err(ProjectPathProblem::from_io)?;
    if !real
        .metadata()
        .map_err(ProjectPathProblem::from_io)?
        .is_dir()
    {
        return Err(ProjectPathProblem::NotADirectory);
    }
    Ok(real)
}

impl fmt::Display for ProjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ProjectPath {
    type Err = InvalidProjectPath;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        normalise(path)
            .map(Self)
            .map_err(|problem| InvalidProjectPath::new(Path::new(path), problem))
    }
}

macro_rules! try_from {
    ($($text:ty),+) => {$(
        impl TryFrom<$text> for ProjectPath {
            type Error = InvalidProjectPath;

            fn try_from(path: $text) -> Result<Self, Self::Error> {
                Self::new(path)
            }
        }
    )+};
}

try_from!(&str, String, &Path, PathBuf);

/// Fails where [`local_path`](ProjectPath::local_path) has none.
impl TryFrom<ProjectPath> for PathBuf {
    type Error = InvalidProjectPath;

    fn try_from(path: ProjectPath) -> Result<Self, Self::Error> {
        match path.local_path() {
            Some(_) => Ok(Self::from(path.0)),
            None => Err(InvalidProjectPath::new(
                path.path(),
                ProjectPathProblem::NotLocal,
            )),
        }
    }
}

as_text!(ProjectPath);

#[cfg(all(test, unix))]
mod tests;
