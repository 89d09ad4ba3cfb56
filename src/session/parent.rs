//! Where a session comes from.

use serde::{Deserialize, Serialize};

use super::{SessionId, choices};

/// The session that another one came from, and how.
///
/// It is set once, when the session is registered, and never changes. The parent need not be registered, then
/// or later: whatever happens to it happens to no child. Serde writes it as an object with the fields `id` and
/// `relation`.
///
/// ```
/// use session_registry::{ProjectPath, Relation, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let main = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
/// let side = Session::builder(ProjectPath::new("/work/app-side")?)
///     .parent(main.id(), Relation::Fork)
///     .build();
/// let parent = registry.register(side)?.parent().unwrap();
/// assert_eq!((parent.id, parent.relation), (main.id(), Relation::Fork));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Parent {
    /// The id of the parent.
    pub id: SessionId,
    /// What the session is to it.
    pub relation: Relation,
}

impl Parent {
    pub(crate) const fn new(id: SessionId, relation: Relation) -> Self {
        Self { id, relation }
    }
}

/// What a session is to its parent. Printed, read and written by serde as `child`, `fork` or `continuation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Relation {
    /// It works for its parent, as a sub-agent does.
    Child,
    /// It began as a copy of its parent, and goes its own way.
    Fork,
    /// It goes on where its parent ended.
    Continuation,
}

choices! { Relation, "a relation":
    Child => "child",
    Fork => "fork",
    Continuation => "continuation",
}
