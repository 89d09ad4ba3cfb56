//! What a session is: its values and their rules.

mod as_text;
mod builder;
mod choice;
mod config;
mod id;
mod invalid;
mod invalid_path;
mod metadata;
mod name;
mod owner;
mod project_path;
mod record;
mod rfc3339;
mod state;
mod text;
mod text_serde;
mod timestamp;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

pub use builder::SessionBuilder;
pub use choice::InvalidChoice;
pub(crate) use choice::choices;
pub use config::SessionConfig;
pub use id::{InvalidSessionId, SessionId};
pub use invalid::{InvalidSession, SessionProblem};
pub use invalid_path::{InvalidProjectPath, ProjectPathProblem};
pub(crate) use name::folded;
pub use name::{InvalidSessionName, SessionName};
pub use owner::{Liveness, Owner};
pub use project_path::ProjectPath;
pub use rfc3339::InvalidTimestamp;
pub use state::{CloseReason, SessionState};
pub(crate) use text_serde::TextVisitor;
pub use timestamp::Timestamp;

/// One unit of work on one project directory: what the registry stores and hands out.
///
/// A `Session` is a value. Changing it changes nothing in the registry until it is handed to a call
/// that writes; two are equal when all their fields are. Cloning one is cheap: clones share their
/// fields until one of them is changed.
///
/// Serde writes it as an object with the fields `id`, `name`, `project_path`, `config`, `metadata`,
/// `created_at`, `updated_at`, `last_active_at`, `revision` and `state`. Reading checks every rule,
/// [`validate`] included; `config`, `metadata`, `revision`, `state`, `updated_at` (then `created_at`) and
/// `last_active_at` (then `updated_at`) may be missing, and unknown fields are ignored.
///
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

/// Every field of a [`Session`], in the order in which serde writes them.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename = "Session")]
pub(crate) struct SessionParts {
    pub(crate) id: SessionId,
    pub(crate) name: SessionName,
    pub(crate) project_path: ProjectPath,
    pub(crate) config: SessionConfig,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) last_active_at: Timestamp,
    pub(crate) revision: u64,
    pub(crate) state: SessionState,
}

impl Session {
    /// The longest metadata key, in bytes.
    pub const MAX_METADATA_KEY_BYTES: usize = 64;

    /// The most that all metadata keys and values have together, in bytes: 16 KiB.
    pub const MAX_METADATA_BYTES: usize = 16 * 1024;

    /// A new session on an existing directory, named after it, with a random id, default settings and
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

    /// Begins a session on a project path, with defaults for all else.
    pub fn builder(project_path: ProjectPath) -> SessionBuilder {
        SessionBuilder::new(project_path)
    }

    /// What names this session for good.
    #[must_use]
    pub fn id(&self) -> SessionId {
        self.0.id
    }

    /// What people call it; others may have the same name.
    #[must_use]
    pub fn name(&self) -> &SessionName {
        &self.0.name
    }

    /// The directory it works on.
    #[must_use]
    pub fn project_path(&self) -> &ProjectPath {
        &self.0.project_path
    }

    /// Its language model settings.
    #[must_use]
    pub fn config(&self) -> &SessionConfig {
        &self.0.config
    }

    /// Free pairs of strings for the embedding program: keys of 1 to 64 bytes without control
    /// characters, all pairs together at most 16 KiB.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.0.metadata
    }

    /// When it began. Never changes once registered.
    #[must_use]
    pub fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When the registry last stored a change of it; at first, when it began.
    #[must_use]
    pub fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }

    /// When somebody last worked in it: at first when it began, then when it was last claimed, reopened
    /// or [touched](crate::SessionRegistry::touch).
    #[must_use]
    pub fn last_active_at(&self) -> Timestamp {
        self.0.last_active_at
    }

    /// Whether it is open.
    #[must_use]
    pub fn state(&self) -> SessionState {
        self.0.state
    }

    /// How often it has changed since it was registered; 0 at first.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.0.revision
    }

    /// Changes the name of this copy.
    pub fn set_name(&mut self, name: SessionName) {
        self.change().name = name;
    }

    /// Changes the project path of this copy.
    pub fn set_project_path(&mut self, project_path: ProjectPath) {
        self.change().project_path = project_path;
    }

    /// Changes the settings of this copy.
    pub fn set_config(&mut self, config: SessionConfig) {
        self.change().config = config;
    }

    /// The metadata of this copy, to change; the limits of [`metadata`](Session::metadata) are
    /// checked when the session is written, or by [`validate`](Session::validate).
    pub fn metadata_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.change().metadata
    }

    /// Checks the settings and the metadata; id, name, path and times are valid by construction.
    /// Every call that writes a session does this first.
    ///
    /// # Errors
    ///
    /// [`InvalidSession`] with every problem, in field order.
    pub fn validate(&self) -> Result<(), InvalidSession> {
        let mut problems = self.0.config.problems();
        problems.extend(metadata::problems(&self.0.metadata));
        InvalidSession::unless_empty(problems)
    }

    pub(crate) fn from_parts(parts: SessionParts) -> Self {
        Self(Arc::new(parts))
    }

    /// The fields, of this copy alone.
    fn change(&mut self) -> &mut SessionParts {
        Arc::make_mut(&mut self.0)
    }

    pub(crate) fn set_id(&mut self, id: SessionId) {
        self.change().id = id;
    }

    pub(crate) fn set_updated_at(&mut self, updated_at: Timestamp) {
        self.change().updated_at = updated_at;
    }

    pub(crate) fn set_last_active_at(&mut self, last_active_at: Timestamp) {
        self.change().last_active_at = last_active_at;
    }

    pub(crate) fn set_state(&mut self, state: SessionState) {
        self.change().state = state;
    }

    pub(crate) fn set_revision(&mut self, revision: u64) {
        self.change().revision = revision;
    }

    /// Takes over what an update may change: name, path, settings and metadata.
    pub(crate) fn take_content(&mut self, from: &Self) {
        let (own, from) = (self.change(), &from.0);
        own.name.clone_from(&from.name);
        own.project_path.clone_from(&from.project_path);
        own.config.clone_from(&from.config);
        own.metadata.clone_from(&from.metadata);
    }

    /// Whether an update from one to the other would change nothing: name, path, settings and
    /// metadata are the same.
    pub(crate) fn same_content(&self, other: &Self) -> bool {
        let (own, other) = (&self.0, &other.0);
        own.name == other.name
            && own.project_path == other.project_path
            && own.config.same_as(&other.config)
            && own.metadata == other.metadata
    }
}

impl Serialize for Session {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SessionParts {
            id,
            name,
            project_path,
            config,
            metadata,
            created_at,
            updated_at,
            last_active_at,
            revision,
            state,
        } = &*self.0;
        f.debug_struct("Session")
            .field("id", id)
            .field("name", name)
            .field("project_path", project_path)
            .field("config", config)
            .field("metadata", metadata)
            .field("created_at", created_at)
            .field("updated_at", updated_at)
            .field("last_active_at", last_active_at)
            .field("revision", revision)
            .field("state", state)
            .finish()
    }
}

#[cfg(test)]
mod tests;
