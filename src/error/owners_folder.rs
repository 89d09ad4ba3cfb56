//! Why the folder of the owners' lock files proves nothing.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

/// Why no session can be claimed: the folder of the owners' lock files, and what is wrong with it.
///
/// ```
/// use session_registry::{Error, ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let file = directory.path().join("sessions.redb");
/// let registry = SessionRegistry::open(&file)?;
/// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
/// // Whatever stands in its place, it is no folder of this registry's owner.
/// std::fs::write(directory.path().join("sessions.redb.owners"), "")?;
/// match registry.claim(id) {
///     Err(Error::OwnersFolder(folder)) => {
///         assert!(folder.path().ends_with("sessions.redb.owners"));
///         assert_eq!(folder.owner(), None);
///     }
///     other => panic!("unexpected: {other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sessions cannot be claimed here: the folder {} {problem}", path.display())]
pub struct OwnersFolderError {
    path: PathBuf,
    problem: OwnersFolderProblem,
}

impl OwnersFolderError {
    pub(crate) fn new(path: &Path, problem: OwnersFolderProblem) -> Self {
        Self {
            path: path.to_path_buf(),
            problem,
        }
    }

    /// Returns the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns what is wrong with it.
    #[must_use]
    pub fn problem(&self) -> OwnersFolderProblem {
        self.problem
    }

    /// Returns the user id of the folder's owner, or of the registry's where there is no folder yet; `None`
    /// where no folder stands.
    #[must_use]
    pub fn owner(&self) -> Option<u32> {
        match self.problem {
            OwnersFolderProblem::NotADirectory => None,
            OwnersFolderProblem::OwnedBy { owner, .. }
            | OwnersFolderProblem::WritableByOthers { owner, .. }
            | OwnersFolderProblem::NotYours { owner, .. } => Some(owner),
        }
    }
}

/// What is wrong with the folder of the owners' lock files. Its JSON names it as `rule`, beside the figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
#[non_exhaustive]
pub enum OwnersFolderProblem {
    /// What stands there is no directory, or a link.
    NotADirectory,
    /// It belongs to a user who is neither the registry's owner, nor the user of this process, nor root.
    #[non_exhaustive]
    OwnedBy {
        /// The user id of the folder's owner.
        owner: u32,
        /// The user id of the registry's owner.
        registry_owner: u32,
    },
    /// Users other than its owner may make and remove files in it.
    #[non_exhaustive]
    WritableByOthers {
        /// The user id of the folder's owner.
        owner: u32,
        /// Its permission bits.
        mode: u32,
    },
    /// Claims are for the registry's owner and root, and this process is somebody else's.
    #[non_exhaustive]
    NotYours {
        /// The user id of the one whose it is.
        owner: u32,
        /// The user id of this process.
        user: u32,
    },
}

impl fmt::Display for OwnersFolderProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADirectory => write!(f, "is no directory"),
            Self::OwnedBy {
                owner,
                registry_owner,
            } => write!(
                f,
                "belongs to user {owner}, and the registry to user {registry_owner}"
            ),
            Self::WritableByOthers { owner, mode } => write!(
                f,
                "of user {owner} may be written by others (mode {mode:04o})"
            ),
            Self::NotYours { owner, user } => write!(
                f,
                "is for user {owner} and root, and this process is user {user}'s"
            ),
        }
    }
}
