//! Parts of messages that depend on what is known.

use std::fmt;
use std::path::Path;

use crate::session::{Liveness, Owner};

/// Who is in the way of whoever wants to drive, close or remove a session.
pub(super) fn driven(owner: &Owner) -> String {
    match owner.liveness {
        Liveness::Unknown => {
            format!("was claimed by {owner}, and nobody can tell whether that still runs")
        }
        _ => format!("is driven by {owner}"),
    }
}

/// Who has a session now.
pub(super) fn by(owner: Option<&Owner>) -> String {
    owner
        .map(|owner| format!(": {owner} has it now"))
        .unwrap_or_default()
}

/// What is damaged, and how.
pub(super) struct Corruption<'a> {
    pub(super) path: Option<&'a Path>,
    pub(super) detail: &'a str,
}

impl fmt::Display for Corruption<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path {
            Some(path) => write!(f, "registry {} is damaged: {}", path.display(), self.detail),
            None => write!(f, "the registry in memory is damaged: {}", self.detail),
        }
    }
}

/// Which schema version a file has, and which are known.
pub(super) fn too_new(path: &Path, found: u32, supported: u32) -> String {
    let path = path.display();
    format!("registry {path} has schema version {found}; this program supports up to {supported}")
}

/// Which schema version a file has, and what has to be done first.
pub(super) fn too_old(path: &Path, found: u32, supported: u32) -> String {
    let path = path.display();
    format!(
        "registry {path} has schema version {found}, and must be opened for writing once to be migrated to {supported}"
    )
}

/// What to do where processes cannot share a file.
pub(super) fn not_shared(path: &Path) -> String {
    let path = path.display();
    format!(
        "registry {path} cannot be shared between processes here; open it with Sharing::Exclusive"
    )
}

/// What stands behind the holder of a project that may have several sessions.
pub(super) fn beside(open: u64, most: u32) -> String {
    if (open, most) == (1, 1) {
        return String::new();
    }
    let others = open.saturating_sub(1);
    format!(" and {others} more; at most {most} may be")
}
