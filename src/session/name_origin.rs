//! Who chose a name.

use super::{ProjectPath, SessionName, choices};

/// Who chose a session's name: somebody, or a program by itself. Printed, read and written by serde as `given`
/// or `automatic`.
///
/// [`Session::suggest_name`](super::Session::suggest_name) changes automatic names only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameOrigin {
    /// Somebody gave it: it stays until somebody gives another.
    Given,
    /// It comes from the project path, or was suggested by a program.
    Automatic,
}

choices! { NameOrigin, "an origin of a name":
    Given => "given",
    Automatic => "automatic",
}

impl NameOrigin {
    /// What the origin of a name was, where nobody wrote it down: a name that is exactly what its project path
    /// ends with was automatic.
    pub(super) fn guess(name: &SessionName, path: &ProjectPath) -> Self {
        let automatic = match path.last_component() {
            "" => SessionName::FALLBACK,
            last => last,
        };
        if name == automatic {
            Self::Automatic
        } else {
            Self::Given
        }
    }
}
