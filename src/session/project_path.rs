//! What a valid project path is, and the one place where this module asks the disk.

mod form;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::SessionName;
use super::as_text::as_text;
use super::invalid_path::{InvalidProjectPath, ProjectPathProblem};
use form::Form;

/// The place a session works on, in one spelling: the absolute path of a directory, here or on another system,
/// or a URI for what is no local directory.
///
/// Which of them a text is, the text alone decides, on every system alike:
///
/// | form | spellings | their one text |
/// |---|---|---|
/// | Unix | `/work/app`, `//work/./app/` | `/work/app`; only `/` separates |
/// | drive | `C:\work\app`, `c:/work/app/`, `\\?\C:\work\app` | `C:\work\app` |
/// | share | `\\server\share\app`, `\\?\UNC\server\share\app` | `\\server\share\app` |
/// | URI | `ssh://dev1/work/app`, `SSH://dev1/work/app/` | `ssh://dev1/work/app` |
///
/// At most [`MAX_BYTES`](ProjectPath::MAX_BYTES) bytes of UTF-8, no NUL byte, no `..` component (`a..b` is a
/// name like any other). In paths, `.` components and doubled or trailing separators are removed. Other paths
/// that begin with `\\?\` or `\\.\` are refused. The scheme of a URI has 2 to 32 of the letters `a` to `z`, digits,
/// `+`, `.` and `-`; one `/` at the end is removed and nothing else touched, so that two URIs may well name
/// one place; control characters, several `/` at the end, and `file:` are refused.
///
/// That a path is absolute and free of `..` are rules of the original Elixir registry. Two places are equal
/// when their text is: neither letter case (but for drives and schemes) nor Unicode form is folded, and only
/// [`resolve`](ProjectPath::resolve) looks through symbolic links. Of its methods it alone asks the disk;
/// [`local_path`](ProjectPath::local_path) tells which places there may be in the files of this system.
///
/// ```
/// use session_registry::ProjectPath;
///
/// # fn main() -> session_registry::Result<()> {
/// let path = ProjectPath::new("/work//app/./")?;
/// assert_eq!(path.as_str(), "/work/app");
/// assert!(path.starts_with(&ProjectPath::new("/work")?));
/// assert!(ProjectPath::new("/work/../etc").is_err());
///
/// let remote = ProjectPath::new("ssh://dev1/work/app/")?;
/// assert_eq!(remote.as_str(), "ssh://dev1/work/app");
/// assert_eq!(remote.local_path(), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectPath(String);

impl ProjectPath {
    /// The longest path or URI, in bytes of UTF-8 once normalised.
    pub const MAX_BYTES: usize = 4096;

    /// Normalises and checks the text of an absolute path or of a URI, as the table above has it. The disk is
    /// not asked: nothing need exist there.
    ///
    /// # Errors
    ///
    /// [`InvalidProjectPath`] if the text is empty, not UTF-8, relative or too long, has a NUL byte or a `..`
    /// component, or breaks a rule of its form.
    ///
    /// ```
    /// use session_registry::{ProjectPath, ProjectPathProblem};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// assert_eq!(ProjectPath::new("/work/./app/")?, "/work/app");
    /// assert_eq!(ProjectPath::new("c:/work/app")?, r"C:\work\app");
    /// assert_eq!(ProjectPath::new("scratch://notes")?, "scratch://notes");
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
    /// `..` components and symbolic links are followed. The text is always that of a path of this system, so
    /// that `ssh://dev1` is the directory `dev1` in one of the name `ssh:`.
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

    /// Returns the path for calls of the standard library; `None` for a URI, which to the system would be a
    /// *relative* path, and for a path of another system: `C:\work` on Unix, `/work` on Windows. Whether there
    /// is anything is not asked.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let path = ProjectPath::resolve(".")?;
    /// assert!(path.local_path().is_some_and(|path| path.is_dir()));
    /// assert_eq!(ProjectPath::new("ssh://dev1/work")?.local_path(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn local_path(&self) -> Option<&Path> {
        self.local_path_on(cfg!(windows))
    }

    fn local_path_on(&self, windows: bool) -> Option<&Path> {
        let is_local = Form::of(&self.0).is_local(windows);
        is_local.then(|| Path::new(&self.0))
    }

    /// Returns the path or URI as text.
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

    /// Returns whether this place is `ancestor` or lies below it, by whole components: `/work/app` is below
    /// `/work`, not below `/wo`. Places of different forms never lie in each other.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let app = ProjectPath::new("/work/app")?;
    /// assert!(app.starts_with(&ProjectPath::new("/work")?));
    /// assert!(!app.starts_with(&ProjectPath::new("/wo")?));
    /// let remote = ProjectPath::new("ssh://dev1/work/app")?;
    /// assert!(remote.starts_with(&ProjectPath::new("ssh://dev1")?));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn starts_with(&self, ancestor: &Self) -> bool {
        form::starts_with(&self.0, &ancestor.0)
    }

    /// Returns the place above; `None` for a root, which is `/`, a drive, a share, or a URI's scheme and
    /// authority.
    ///
    /// ```
    /// use session_registry::ProjectPath;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let work = ProjectPath::new("/work")?;
    /// assert_eq!(work.parent().as_ref().map(ProjectPath::as_str), Some("/"));
    /// assert_eq!(ProjectPath::new("/")?.parent(), None);
    /// assert_eq!(ProjectPath::new("ssh://dev1")?.parent(), None);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        form::parent(&self.0).map(|parent| Self(parent.to_owned()))
    }

    /// The name of a session nobody named: the last component as far as it can be a name, else
    /// `session`.
    pub(crate) fn default_name(&self) -> SessionName {
        SessionName::nearest(self.last_component())
    }

    /// What comes after the last separator; empty in a root that ends in one.
    pub(super) fn last_component(&self) -> &str {
        form::last_component(&self.0)
    }
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
        let refused = |problem| InvalidProjectPath::new(Path::new(path), problem);
        let text = form::canonical(path).map_err(refused)?;
        if text.len() > Self::MAX_BYTES {
            let bytes = text.len();
            return Err(refused(ProjectPathProblem::TooLong { bytes }));
        }
        Ok(Self(text.into_owned()))
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
                Path::new(path.as_str()),
                ProjectPathProblem::NotLocal,
            )),
        }
    }
}

as_text!(ProjectPath);

#[cfg(all(test, unix))]
mod tests;
