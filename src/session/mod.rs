//! What a session is: its values and their rules.

mod activity;
mod alias;
mod as_text;
mod builder;
mod change_kind;
mod changes;
mod choice;
mod config;
mod extension;
mod feed;
mod id;
mod invalid;
mod invalid_name;
mod invalid_path;
mod matched_by;
mod metadata;
mod name;
mod name_origin;
mod owner;
mod parent;
mod parts;
mod program_name;
mod project_path;
mod record;
mod report;
mod rfc3339;
mod said;
mod state;
mod status;
mod tag;
mod text;
mod text_serde;
mod timestamp;
mod validate;
mod visible;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

pub use activity::{Activity, ActivityReport};
pub use alias::{Alias, InvalidAlias};
pub use builder::SessionBuilder;
pub use change_kind::ChangeKind;
pub use choice::InvalidChoice;
pub(crate) use choice::choices;
pub use config::SessionConfig;
pub use feed::{Change, Changes};
pub use id::{InvalidSessionId, SessionId};
pub use invalid::{InvalidSession, SessionProblem};
pub use invalid_name::InvalidSessionName;
pub use invalid_path::{InvalidProjectPath, ProjectPathProblem};
pub use matched_by::MatchedBy;
pub use name::SessionName;
pub(crate) use name::folded;
pub use name_origin::NameOrigin;
pub use owner::{Liveness, Owner};
pub use parent::{Parent, Relation};
pub(crate) use parts::SessionParts;
pub use program_name::InvalidProgram;
pub(crate) use program_name::{program_name, program_of_file};
pub use project_path::ProjectPath;
pub(crate) use report::check_note;
pub use report::{InvalidNote, Report};
pub use rfc3339::InvalidTimestamp;
pub(crate) use said::Said;
pub use state::{CloseReason, SessionState};
pub use status::SessionStatus;
pub use tag::{InvalidTag, Tag};
pub(crate) use text_serde::TextVisitor;
pub use timestamp::Timestamp;

/// One unit of work on one project directory: what the registry stores and hands out.
///
/// A `Session` is a value. Changing it changes nothing in the registry until it is handed to a call
/// that writes; two are equal when all their fields are. Cloning one is cheap: clones share their
/// fields until one of them is changed.
///
/// Serde writes it as an object with the fields `id`, `name`, `name_origin`, `project_path`, `config`,
/// `metadata`, `aliases`, `tags`, `pinned`, `parent`, `created_at`, `updated_at`, `last_active_at`, `revision`
/// and `state`. Reading checks every rule, [`validate`] included; `config`, `metadata`, `parent`, `revision`,
/// `state`, `updated_at` (then `created_at`) and `last_active_at` (then `updated_at`) may be missing, and unknown
/// fields are ignored. `name_origin`, `aliases`, `tags` and `pinned` may be missing too: the session then has
/// none, its name is automatic if it is what the project path ends with, and an [`update`] leaves them as they are
/// stored, so that a copy which an older program made wipes nothing.
///
/// [`update`]: crate::SessionRegistry::update
/// [`validate`]: Session::validate
///
/// ```
/// use session_registry::{ProjectPath, Session, SessionConfig};
///
/// # fn main() -> session_registry::Result<()> {
/// let session = Session::builder(ProjectPath::new("/work/app")?)
///     .config(SessionConfig::new().provider("anthropic").model("opus"))
///     .build();
/// assert_eq!(session.name().as_str(), "app");
/// assert_eq!(session.revision(), 0);
/// session.validate()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Deserialize)]
#[serde(try_from = "record::SessionRecord")]
pub struct Session(Arc<SessionParts>);

impl Session {
    /// The longest metadata key, in bytes.
    pub const MAX_METADATA_KEY_BYTES: usize = 64;

    /// The most that all metadata keys and values have together, in bytes: 64 KiB.
    pub const MAX_METADATA_BYTES: usize = 64 * 1024;

    /// The most aliases that a session has.
    pub const MAX_ALIASES: usize = 16;

    /// The most tags that a session has.
    pub const MAX_TAGS: usize = 32;

    /// Returns a new session on an existing directory, named after it, with a random id, default settings and
    /// the present time.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidProjectPath`](crate::Error::InvalidProjectPath) if [`ProjectPath::resolve`]
    /// refuses the directory.
    ///
    /// ```
    /// use session_registry::Session;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let session = Session::for_project(".")?;
    /// assert!(session.project_path().local_path().is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_project(dir: impl AsRef<Path>) -> crate::Result<Self> {
        Ok(Self::builder(ProjectPath::resolve(dir)?).build())
    }

    /// Begins a session on a project path, with defaults for all else: a random id, the name of the
    /// directory, the settings of [`SessionConfig::new`], no metadata, and the time of the system clock. A
    /// program or test with a clock of its own hands its time to
    /// [`created_at`](SessionBuilder::created_at), so that the session and the registry, which has
    /// [`RegistryOptions::clock`](crate::RegistryOptions::clock), agree on what time it is.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry, Timestamp};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let noon: Timestamp = "2026-01-01T12:00:00Z".parse()?;
    /// let registry = SessionRegistry::options().clock(move || noon).in_memory()?;
    /// let session = Session::builder(ProjectPath::new("/work/app")?).created_at(noon).build();
    /// let session = registry.register(session)?;
    /// assert_eq!((session.created_at(), session.updated_at()), (noon, noon));
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(project_path: ProjectPath) -> SessionBuilder {
        SessionBuilder::new(project_path)
    }

    /// Returns what names this session for good.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// Returns what people call it; others may have the same name.
    #[must_use]
    pub fn name(&self) -> &SessionName {
        &self.0.name
    }

    /// Returns the directory it works on.
    #[must_use]
    pub fn project_path(&self) -> &ProjectPath {
        &self.0.project_path
    }

    /// Returns its language model settings.
    pub fn config(&self) -> &SessionConfig {
        &self.0.config
    }

    /// Returns free pairs of strings for the embedding program: keys of 1 to 64 bytes without control
    /// characters, all pairs together at most 64 KiB.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.0.metadata
    }

    /// Returns who chose the name.
    #[must_use]
    pub fn name_origin(&self) -> NameOrigin {
        *self.0.name_origin
    }

    /// Returns what it is called in other systems: at most 16 aliases, none of which another session of the
    /// registry has.
    #[must_use]
    pub fn aliases(&self) -> &BTreeSet<Alias> {
        &self.0.aliases
    }

    /// Returns the words it is grouped by, at most 32.
    #[must_use]
    pub fn tags(&self) -> &BTreeSet<Tag> {
        &self.0.tags
    }

    /// Returns whether every [`prune`](crate::SessionRegistry::prune) keeps it.
    #[must_use]
    pub fn is_pinned(&self) -> bool {
        *self.0.pinned
    }

    /// Returns the session it comes from, and how. Never changes once registered.
    #[must_use]
    pub fn parent(&self) -> Option<Parent> {
        self.0.parent
    }

    /// Returns when it began. Never changes once registered.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// Returns when the registry last stored a change of it; at first, when it began.
    #[must_use]
    pub fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }

    /// Returns when somebody last worked in it: at first when it began, then when it was last claimed,
    /// reopened or [touched](crate::SessionRegistry::touch), or its owner
    /// [reported](crate::SessionRegistry::report).
    #[must_use]
    pub fn last_active_at(&self) -> Timestamp {
        self.0.last_active_at
    }

    /// Returns whether it is open, and of a closed one when and why it was closed.
    ///
    /// ```
    /// use session_registry::{CloseReason, ProjectPath, Session, SessionRegistry, SessionState};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// assert!(session.state().is_open());
    /// let session = registry.close_session(session.id())?;
    /// let SessionState::Closed { reason, .. } = session.state() else { panic!("it is closed") };
    /// assert_eq!(reason, CloseReason::Requested);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn state(&self) -> SessionState {
        self.0.state
    }

    /// Returns how often it has changed since it was registered; 0 at first. An
    /// [`update`](crate::SessionRegistry::update) of a copy with an older revision is refused.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionName, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// assert_eq!(session.revision(), 0);
    /// let session = registry.rename(session.id(), SessionName::new("api")?)?;
    /// assert_eq!(session.revision(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.revision
    }
}

#[cfg(test)]
mod tests;
