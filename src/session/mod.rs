//! What a session is: its values and their rules.

mod as_text;
mod builder;
mod choice;
mod config;
mod id;
mod invalid;
mod invalid_name;
mod invalid_path;
mod matched_by;
mod metadata;
mod name;
mod owner;
mod parts;
mod project_path;
mod record;
mod rfc3339;
mod state;
mod text;
mod text_serde;
mod timestamp;
mod visible;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

pub use builder::SessionBuilder;
pub use choice::InvalidChoice;
pub(crate) use choice::choices;
pub use config::SessionConfig;
pub use id::{InvalidSessionId, SessionId};
pub use invalid::{InvalidSession, SessionProblem};
pub use invalid_name::InvalidSessionName;
pub use invalid_path::{InvalidProjectPath, ProjectPathProblem};
pub use matched_by::MatchedBy;
pub use name::SessionName;
pub(crate) use name::folded;
pub use owner::{Liveness, Owner};
pub(crate) use parts::SessionParts;
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

impl Session {
    /// The longest metadata key, in bytes.
    pub const MAX_METADATA_KEY_BYTES: usize = 64;

    /// The most that all metadata keys and values have together, in bytes: 16 KiB.
    pub const MAX_METADATA_BYTES: usize = 16 * 1024;

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
    /// characters, all pairs together at most 16 KiB.
    #[must_use]
    pub fn metadata(&self) -> &BTreeMap<String, String> {
        &self.0.metadata
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
    /// reopened or [touched](crate::SessionRegistry::touch).
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

    /// Changes the name of this copy.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionName, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let mut copy = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// copy.set_name(SessionName::new("api")?);
    /// assert_eq!(registry.lookup_by_name("api")?, None, "nobody was told yet");
    /// let stored = registry.update(copy)?;
    /// assert_eq!(registry.lookup_by_name("api")?, Some(stored));
    /// # Ok(())
    /// # }
    /// ```
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

    /// Returns the settings of this copy, to change; their rules are checked when the session is written, or by
    /// [`validate`](Session::validate).
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// let session = registry.modify(id, |session| session.config_mut().temperature = 0.2)?;
    /// assert_eq!((session.config().temperature, session.config().max_tokens), (0.2, 4096));
    /// # Ok(())
    /// # }
    /// ```
    pub fn config_mut(&mut self) -> &mut SessionConfig {
        &mut self.change().config
    }

    /// Returns the metadata of this copy, to change; the limits of [`metadata`](Session::metadata) are
    /// checked when the session is written, or by [`validate`](Session::validate).
    pub fn metadata_mut(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.change().metadata
    }

    /// Checks the settings and the metadata; id, name, path and times are valid by construction.
    /// Every call that writes a session does this first.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let mut session = Session::builder(ProjectPath::new("/work/app")?).build();
    /// session.validate()?;
    /// session.config_mut().max_tokens = 0;
    /// assert_eq!(session.validate().unwrap_err().problems().len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidSession`] with every problem, in field order.
    pub fn validate(&self) -> Result<(), InvalidSession> {
        let mut problems = self.0.config.problems();
        problems.extend(metadata::problems(&self.0.metadata));
        InvalidSession::unless_empty(problems)
    }
}

#[cfg(test)]
mod tests;
