//! A session is put together here, before it is registered.

use std::collections::BTreeMap;

use super::{
    ProjectPath, Session, SessionConfig, SessionId, SessionName, SessionParts, SessionState,
    Timestamp,
};

/// Puts a [`Session`] together; begins with [`Session::builder`].
///
/// ```
/// use session_registry::{ProjectPath, Session, SessionName};
///
/// # fn main() -> session_registry::Result<()> {
/// let session = Session::builder(ProjectPath::new("/work/app")?)
///     .name(SessionName::new("My app")?)
///     .metadata("branch", "main")
///     .build();
/// assert_eq!(session.metadata()["branch"], "main");
/// assert_eq!(session.updated_at(), session.created_at());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct SessionBuilder {
    project_path: ProjectPath,
    id: Option<SessionId>,
    name: Option<SessionName>,
    config: SessionConfig,
    metadata: BTreeMap<String, String>,
    created_at: Option<Timestamp>,
}

impl SessionBuilder {
    pub(super) fn new(project_path: ProjectPath) -> Self {
        Self {
            project_path,
            id: None,
            name: None,
            config: SessionConfig::new(),
            metadata: BTreeMap::new(),
            created_at: None,
        }
    }

    /// Sets the id. Default: a new [random](SessionId::random) one.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionId};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let id: SessionId = "0f8fad5b-d9cb-469f-a165-70867728950e".parse()?;
    /// assert_eq!(Session::builder(ProjectPath::new("/work/app")?).id(id).build().id(), id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn id(mut self, id: SessionId) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the name. Default: the last component of the project path, without characters that a
    /// name may not have and cut to its limits; `session` if nothing is left.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionName};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let builder = Session::builder(ProjectPath::new("/work/app")?);
    /// assert_eq!(builder.clone().build().name(), "app");
    /// assert_eq!(builder.name(SessionName::new("api")?).build().name(), "api");
    /// # Ok(())
    /// # }
    /// ```
    pub fn name(mut self, name: SessionName) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the settings. Default: [`SessionConfig::new`].
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionConfig};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let config = SessionConfig::new().provider("anthropic").model("opus");
    /// let session = Session::builder(ProjectPath::new("/work/app")?).config(config.clone()).build();
    /// assert_eq!(session.config(), &config);
    /// # Ok(())
    /// # }
    /// ```
    pub fn config(mut self, config: SessionConfig) -> Self {
        self.config = config;
        self
    }

    /// Adds one pair, replacing an earlier one with the same key. Keys have 1 to 64 bytes without
    /// control characters, all pairs together at most 16 KiB. Default: none.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Sets when the session began. Default: when [`build`](Self::build) is called, by the system clock; a
    /// program with a clock of its own sets its time here.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, Timestamp};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let noon: Timestamp = "2026-01-01T12:00:00Z".parse()?;
    /// let session = Session::builder(ProjectPath::new("/work/app")?).created_at(noon).build();
    /// assert_eq!((session.created_at(), session.last_active_at()), (noon, noon));
    /// # Ok(())
    /// # }
    /// ```
    pub fn created_at(mut self, created_at: Timestamp) -> Self {
        self.created_at = Some(created_at);
        self
    }

    /// Returns the session, at revision 0 and last updated when it was created. Settings and metadata are
    /// checked when it is registered, or by [`Session::validate`].
    #[must_use]
    pub fn build(self) -> Session {
        let created_at = self.created_at.unwrap_or_else(Timestamp::now);
        Session::from_parts(SessionParts {
            id: self.id.unwrap_or_else(SessionId::random),
            name: self
                .name
                .unwrap_or_else(|| self.project_path.default_name()),
            project_path: self.project_path,
            config: self.config,
            metadata: self.metadata,
            created_at,
            updated_at: created_at,
            last_active_at: created_at,
            revision: 0,
            state: SessionState::Open,
        })
    }
}
