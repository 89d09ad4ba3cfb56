//! Why sessions of an import cannot be registered.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::session::{Alias, ProjectPath, SessionId};

/// Why one session of an import cannot be registered.
///
/// Serde writes it as an object: `kind`, which is `id`, `alias` or `path`, and the fields of the variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ImportClash {
    /// A session with this id is registered.
    #[non_exhaustive]
    Id {
        /// The line of the import, counted from 1.
        line: u64,
        /// The id both sessions carry.
        id: SessionId,
    },
    /// Another session has the alias, be it open or closed.
    #[non_exhaustive]
    Alias {
        /// The line of the import, counted from 1.
        line: u64,
        /// The alias both sessions want.
        alias: Alias,
        /// The session that has it.
        holder: SessionId,
    },
    /// Another open session holds the project path.
    #[non_exhaustive]
    Path {
        /// The line of the import, counted from 1.
        line: u64,
        /// The path both sessions want.
        project_path: ProjectPath,
        /// The session that has it.
        holder: SessionId,
    },
}

impl fmt::Display for ImportClash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id { line, id } => write!(f, "line {line}: session {id} is registered"),
            Self::Alias {
                line,
                alias,
                holder,
            } => write!(f, "line {line}: alias {alias} is taken by session {holder}"),
            Self::Path {
                line,
                project_path,
                holder,
            } => write!(
                f,
                "line {line}: project {project_path} is open in session {holder}"
            ),
        }
    }
}

/// The first clashes, so that a message stays readable.
pub(super) fn list(clashes: &[ImportClash]) -> String {
    let mut text: Vec<_> = clashes.iter().take(5).map(ToString::to_string).collect();
    if clashes.len() > text.len() {
        text.push("...".into());
    }
    text.join("; ")
}
