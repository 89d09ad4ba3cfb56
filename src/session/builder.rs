//! A session is put together here, before it is registered.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Alias, NameOrigin, Parent, ProjectPath, Relation, Said, Session, SessionConfig, SessionId,
    SessionName, SessionParts, SessionState, Tag, Timestamp,
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
    name: Option<(SessionName, NameOrigin)>,
    config: SessionConfig,
    metadata: BTreeMap<String, String>,
    aliases: BTreeSet<Alias>,
    tags: BTreeSet<Tag>,
    pinned: bool,
    parent: Option<Parent>,
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
            aliases: BTreeSet::new(),
            tags: BTreeSet::new(),
            pinned: false,
            parent: None,
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

    /// Sets the name, as [given](NameOrigin::Given) by somebody. Default: an automatic one, the last component of the project path, without characters that a
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
        self.name = Some((name, NameOrigin::Given));
        self
    }

    /// Sets a name that nobody chose, such as one made up by a program: [`Session::suggest_name`] may change it.
    ///
    /// ```
    /// use session_registry::{NameOrigin, ProjectPath, Session, SessionName};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let session = Session::builder(ProjectPath::new("/work/app")?)
    ///     .automatic_name(SessionName::new("Mend the parser")?)
    ///     .build();
    /// assert_eq!(session.name_origin(), NameOrigin::Automatic);
    /// # Ok(())
    /// # }
    /// ```
    pub fn automatic_name(mut self, name: SessionName) -> Self {
        self.name = Some((name, NameOrigin::Automatic));
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
    /// control characters, all pairs together at most 64 KiB. Default: none.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Adds the key of another system; a session has at most 16. Default: none.
    ///
    /// ```
    /// use session_registry::{Alias, ProjectPath, Session};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let session = Session::builder(ProjectPath::new("/work/app")?)
    ///     .alias(Alias::new("acp:sess_42")?)
    ///     .build();
    /// assert!(session.aliases().contains("acp:sess_42"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn alias(mut self, alias: Alias) -> Self {
        self.aliases.insert(alias);
        self
    }

    /// Adds a tag; a session has at most 32. Default: none.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, Tag};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let session = Session::builder(ProjectPath::new("/work/app")?)
    ///     .tag(Tag::new("review")?)
    ///     .build();
    /// assert!(session.tags().contains("review"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tags.insert(tag);
        self
    }

    /// Sets whether the session is kept by every [`prune`](crate::SessionRegistry::prune). Default: `false`.
    pub fn pinned(mut self, pinned: bool) -> Self {
        self.pinned = pinned;
        self
    }

    /// Sets the session that this one comes from, and how; it need not be registered. Default: none.
    pub fn parent(mut self, id: SessionId, relation: Relation) -> Self {
        self.parent = Some(Parent::new(id, relation));
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
        let (name, name_origin) = self
            .name
            .unwrap_or_else(|| (self.project_path.default_name(), NameOrigin::Automatic));
        Session::from_parts(SessionParts {
            id: self.id.unwrap_or_else(SessionId::random),
            name,
            name_origin: Said::new(name_origin),
            project_path: self.project_path,
            config: self.config,
            metadata: self.metadata,
            aliases: Said::new(self.aliases),
            tags: Said::new(self.tags),
            pinned: Said::new(self.pinned),
            parent: self.parent,
            created_at,
            updated_at: created_at,
            last_active_at: created_at,
            revision: 0,
            state: SessionState::Open,
        })
    }
}
