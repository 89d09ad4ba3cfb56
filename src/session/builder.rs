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
    pub fn id(mut self, id: SessionId) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets the name. Default: the last component of the project path, without characters that a
    /// name may not have and cut to its limits; `session` if nothing is left.
    pub fn name(mut self, name: SessionName) -> Self {
        self.name = Some(name);
        self
    }

    /// Sets the settings. Default: [`SessionConfig::new`].
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

    /// Sets when the session began. Default: now.
    pub fn created_at(mut self, created_at: Timestamp) -> Self {
        self.created_at = Some(created_at);
        self
    }

    /// The session, at revision 0 and last updated when it was created. Settings and metadata are
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
