//! What can happen in a registry.

use super::choices;

/// What happened, as a [`Change`](crate::Change) tells it. Printed, read and written by serde as one word in
/// `snake_case`.
///
/// One call tells at most one thing of each session: closing, reaping and unregistering a session end its claim
/// too, and are all that is told. Only a call that opens a session and claims it tells both, in this order.
///
/// ```
/// use session_registry::ChangeKind;
///
/// assert_eq!("registered".parse(), Ok(ChangeKind::Registered));
/// assert_eq!(ChangeKind::OwnerGone.to_string(), "owner_gone");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeKind {
    /// A session was registered.
    Registered,
    /// What a session says about itself was changed: its name, path, settings, metadata, aliases, tags or pin.
    Updated,
    /// Somebody worked in a session: its last activity moved, and nothing else.
    Active,
    /// A session was closed: as asked, or because its owner had died.
    Closed,
    /// A closed session was opened again.
    Reopened,
    /// A session was removed, record and all.
    Removed,
    /// A session was claimed, by whoever claims it now.
    Claimed,
    /// The claim on a session ended. The session stays open.
    Released,
    /// The owner of a session said something else about what it does, or about who really drives.
    Reported,
    /// The owner of a session died, or went away without a word. Nobody commits that: a watch finds it out.
    OwnerGone,
    /// Every session was removed.
    Cleared,
    /// A limit was set: of all sessions, or of those of one project.
    LimitSet,
    /// Another default session was chosen, or none.
    DefaultSet,
    /// More than is told one by one: an import, a call that changed more than 256 sessions, or an index that was
    /// mended. List everything again.
    Everything,
}

choices! { ChangeKind, "a kind of change":
    Registered => "registered",
    Updated => "updated",
    Active => "active",
    Closed => "closed",
    Reopened => "reopened",
    Removed => "removed",
    Claimed => "claimed",
    Released => "released",
    Reported => "reported",
    OwnerGone => "owner_gone",
    Cleared => "cleared",
    LimitSet => "limit_set",
    DefaultSet => "default_set",
    Everything => "everything",
}
