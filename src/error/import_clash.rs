//! Why sessions of an import cannot be registered.

use std::collections::BTreeSet;
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

impl ImportClash {
    /// The line of the import that clashes, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        match self {
            Self::Id { line, .. } | Self::Alias { line, .. } | Self::Path { line, .. } => *line,
        }
    }
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

/// How many sessions clash, and with what. One session may clash by its id and by its path.
pub(super) struct Clashing<'a>(pub(super) &'a [ImportClash]);

/// More clashes than these are only counted, so that a message stays readable.
const MOST_SHOWN: usize = 5;

impl fmt::Display for Clashing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: BTreeSet<_> = self.0.iter().map(ImportClash::line).collect();
        match lines.len() {
            1 => write!(f, "1 of the imported sessions clashes with registered ones")?,
            count => write!(
                f,
                "{count} of the imported sessions clash with registered ones"
            )?,
        }
        let mut before = ": ";
        for clash in self.0.iter().take(MOST_SHOWN) {
            write!(f, "{before}{clash}")?;
            before = "; ";
        }
        if self.0.len() > MOST_SHOWN {
            write!(f, "; ...")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clashes(lines: &[u64]) -> Vec<ImportClash> {
        let id = SessionId::from(uuid::Uuid::nil());
        lines
            .iter()
            .map(|line| ImportClash::Id { line: *line, id })
            .collect()
    }

    #[test]
    fn clashes_of_one_session_were_counted_as_sessions() {
        let told = |lines: &[u64]| Clashing(&clashes(lines)).to_string();
        let is = "00000000-0000-0000-0000-000000000000 is registered";
        assert_eq!(
            told(&[2, 2]),
            format!(
                "1 of the imported sessions clashes with registered ones: line 2: session {is}; \
                 line 2: session {is}"
            )
        );
        let several = told(&[2, 2, 3, 4, 4, 5]);
        assert!(
            several.starts_with("4 of the imported sessions clash with registered ones: line 2: "),
            "{several}"
        );
        assert!(several.ends_with("is registered; ..."), "{several}");
    }
}
