//! What a caller changes in its copy of a session.

use std::collections::{BTreeMap, BTreeSet};

use super::{Alias, NameOrigin, ProjectPath, Said, Session, SessionConfig, SessionName, Tag};

impl Session {
    /// Changes the name of this copy, which is then [given](NameOrigin::Given) by somebody, even if it was called
    /// that before.
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
        let parts = self.change();
        parts.name = name;
        parts.name_origin = Said::new(NameOrigin::Given);
    }

    /// Changes the name of this copy if nobody gave it, and returns whether nobody did. The name stays
    /// [automatic](NameOrigin::Automatic): for programs that make up a title from what is worked on.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionName, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// let title = SessionName::new("Mend the parser")?;
    /// let session = registry.modify(id, |session| _ = session.suggest_name(title.clone()))?;
    /// assert_eq!(session.name(), "Mend the parser");
    ///
    /// registry.rename(id, SessionName::new("parser")?)?;
    /// let session = registry.modify(id, |session| _ = session.suggest_name(title.clone()))?;
    /// assert_eq!(session.name(), "parser", "somebody gave that name");
    /// # Ok(())
    /// # }
    /// ```
    pub fn suggest_name(&mut self, name: SessionName) -> bool {
        let is_automatic = self.name_origin() == NameOrigin::Automatic;
        if is_automatic && *self.name() != name {
            self.change().name = name;
        }
        is_automatic
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

    /// Returns the aliases of this copy, to change.
    ///
    /// ```
    /// use session_registry::{Alias, ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// let alias = Alias::new("claude:0197")?;
    /// let session = registry.modify(id, |session| _ = session.aliases_mut().insert(alias.clone()))?;
    /// assert!(session.aliases().contains(&alias));
    /// # Ok(())
    /// # }
    /// ```
    pub fn aliases_mut(&mut self) -> &mut BTreeSet<Alias> {
        self.change().aliases.change()
    }

    /// Returns the tags of this copy, to change.
    pub fn tags_mut(&mut self) -> &mut BTreeSet<Tag> {
        self.change().tags.change()
    }

    /// Changes whether every [`prune`](crate::SessionRegistry::prune) keeps it.
    pub fn set_pinned(&mut self, pinned: bool) {
        self.change().pinned = Said::new(pinned);
    }
}
