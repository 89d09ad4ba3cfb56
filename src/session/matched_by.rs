//! How what a person typed names a session.

use super::choices;

/// How what was typed names a session: the first of these that fits any session decides, in this order.
/// Printed, read and written by serde as `id`, `alias`, `name`, `path`, `alias_value`, `id_prefix`, `folded_name` or
/// `name_prefix`.
///
/// ```
/// use session_registry::{MatchedBy, ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// registry.register(Session::builder(ProjectPath::new("/work/Backend")?).build())?;
/// assert_eq!(registry.find("Backend")?.by, MatchedBy::Name);
/// assert_eq!(registry.find("back")?.by, MatchedBy::NamePrefix);
/// assert!(!registry.find("back")?.by.is_exact());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MatchedBy {
    /// Its whole id.
    Id,
    /// A whole alias, `namespace:value`.
    Alias,
    /// Its exact name.
    Name,
    /// Its exact project path.
    Path,
    /// The value of an alias, whatever the namespace.
    AliasValue,
    /// The beginning of its id, 4 hexadecimal digits or more.
    IdPrefix,
    /// Its name, whatever the case.
    FoldedName,
    /// The beginning of its name, whatever the case.
    NamePrefix,
}

choices! { MatchedBy, "a way to match":
    Id => "id",
    Alias => "alias",
    Name => "name",
    Path => "path",
    AliasValue => "alias_value",
    IdPrefix => "id_prefix",
    FoldedName => "folded_name",
    NamePrefix => "name_prefix",
}

impl MatchedBy {
    /// Whether the whole id, alias, name or path was given, so that nothing was guessed.
    #[must_use]
    pub fn is_exact(self) -> bool {
        matches!(self, Self::Id | Self::Alias | Self::Name | Self::Path)
    }
}
