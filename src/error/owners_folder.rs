//! Why the folder of the owners' lock files proves nothing.

use std::fmt;

use serde::Serialize;

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
