//! Every question, written once for the registry and for its snapshots.

use super::{SessionRegistry, Snapshot};
use crate::error::Result;
use crate::session::{Alias, ProjectPath, Session, SessionId};
use crate::store::{Lists, LookupKey, Reads};

macro_rules! questions {
    ($asked:ident) => {
        impl $asked {
            /// Returns the session with this id, open or closed.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionId, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
            /// let id = session.id();
            /// assert_eq!(registry.lookup(id)?, Some(session));
            /// assert_eq!(registry.lookup(SessionId::random())?, None);
            /// # Ok(())
            /// # }
            /// ```
            pub fn lookup(&self, id: SessionId) -> Result<Option<Session>> {
                self.find_one(LookupKey::Id(id))
            }

            /// Returns the open session that holds this project path; of several, the most recently active. The match is exact: neither a directory
            /// inside it nor another spelling is found.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
            /// assert_eq!(registry.lookup_by_path(&ProjectPath::new("/work/app/")?)?, Some(session));
            /// assert_eq!(registry.lookup_by_path(&ProjectPath::new("/work/app/src")?)?, None);
            /// # Ok(())
            /// # }
            /// ```
            pub fn lookup_by_path(&self, path: &ProjectPath) -> Result<Option<Session>> {
                self.find_one(LookupKey::Path(path))
            }

            /// Returns every open session of this project path, most recently active first; of those that were
            /// active at the same time the one with the higher id.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::options().max_sessions_per_project(2).in_memory()?;
            /// let path = ProjectPath::new("/work/app")?;
            /// for _ in 0..2 {
            ///     registry.register(Session::builder(path.clone()).build())?;
            /// }
            /// let sessions = registry.lookup_all_by_path(&path)?;
            /// assert_eq!(sessions.len(), 2);
            /// assert_eq!(registry.lookup_by_path(&path)?.as_ref(), sessions.first());
            /// # Ok(())
            /// # }
            /// ```
            pub fn lookup_all_by_path(&self, path: &ProjectPath) -> Result<Vec<Session>> {
                self.ask(|view| view.reads().sessions_on_path(path))
            }

            /// Returns the session that has this alias, open or closed.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{Alias, ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let alias = Alias::new("acp:sess_42")?;
            /// let session = Session::builder(ProjectPath::new("/work/app")?).alias(alias.clone()).build();
            /// let id = registry.register(session)?.id();
            /// let closed = registry.close_session(id)?;
            /// assert_eq!(registry.lookup_by_alias(&alias)?, Some(closed));
            /// # Ok(())
            /// # }
            /// ```
            pub fn lookup_by_alias(&self, alias: &Alias) -> Result<Option<Session>> {
                self.ask(|view| view.reads().session_by_alias(alias))
            }

            /// Returns the open session with exactly this name; of several, the oldest. `My-Project` and
            /// `my-project ` do not find `my-project`.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
            /// assert_eq!(registry.lookup_by_name("app")?, Some(session));
            /// assert_eq!(registry.lookup_by_name("App")?, None);
            /// # Ok(())
            /// # }
            /// ```
            pub fn lookup_by_name(&self, name: &str) -> Result<Option<Session>> {
                self.find_one(LookupKey::Name(name))
            }

            /// Returns every open session with exactly this name, oldest first.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// for path in ["/work/app", "/old/app"] {
            ///     registry.register(Session::builder(ProjectPath::new(path)?).build())?;
            /// }
            /// let found = registry.lookup_all_by_name("app")?;
            /// assert_eq!(found.len(), 2);
            /// assert_eq!(registry.lookup_by_name("app")?.as_ref(), found.first());
            /// # Ok(())
            /// # }
            /// ```
            pub fn lookup_all_by_name(&self, name: &str) -> Result<Vec<Session>> {
                self.ask(|view| view.reads().sessions_by_name(name, usize::MAX))
            }

            /// Whether a session with this id is registered, open or closed.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
            /// assert!(registry.contains(session.id())?);
            /// registry.unregister(session.id())?;
            /// assert!(!registry.contains(session.id())?);
            /// # Ok(())
            /// # }
            /// ```
            pub fn contains(&self, id: SessionId) -> Result<bool> {
                self.ask(|view| view.reads().contains(id))
            }

            /// Returns every open session, oldest first: by creation time, then by id.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer. When rows are damaged,
            /// [`Corrupted`](crate::Error::Corrupted) names all of them.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry, Timestamp};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// for (path, began) in [("/work/new", 2), ("/work/old", 1)] {
            ///     let session = Session::builder(ProjectPath::new(path)?)
            ///         .created_at(Timestamp::from_micros(began));
            ///     registry.register(session.build())?;
            /// }
            /// let names: Vec<_> = registry.list_all()?.iter().map(|s| s.name().to_string()).collect();
            /// assert_eq!(names, ["old", "new"]);
            /// # Ok(())
            /// # }
            /// ```
            pub fn list_all(&self) -> Result<Vec<Session>> {
                self.ask(|view| view.reads().all())
            }

            /// Returns the ids of the open sessions, in the order of [`list_all`](Self::list_all).
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
            /// assert_eq!(registry.list_ids()?, [session.id()]);
            /// # Ok(())
            /// # }
            /// ```
            pub fn list_ids(&self) -> Result<Vec<SessionId>> {
                self.ask(|view| view.reads().ids(usize::MAX))
            }

            /// Returns how many sessions are open. Takes the same time however many there are.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// assert_eq!(registry.count()?, 0);
            /// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
            /// assert_eq!(registry.count()?, 1);
            /// # Ok(())
            /// # }
            /// ```
            pub fn count(&self) -> Result<u64> {
                self.ask(|view| view.reads().count())
            }

            /// Whether no session is open.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// assert!(registry.is_empty()?);
            /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
            /// registry.close_session(id)?;
            /// assert!(registry.is_empty()?, "closed ones do not count");
            /// # Ok(())
            /// # }
            /// ```
            pub fn is_empty(&self) -> Result<bool> {
                Ok(self.count()? == 0)
            }

            /// Returns the default session: the one that was
            /// [set](SessionRegistry::set_default_session), while it is open, else the oldest open one;
            /// `None` when there are none.
            ///
            /// # Errors
            ///
            /// What [every read](crate#errors) can answer.
            ///
            /// ```
            /// use session_registry::{ProjectPath, Session, SessionRegistry};
            ///
            /// # fn main() -> session_registry::Result<()> {
            /// let registry = SessionRegistry::in_memory()?;
            /// assert_eq!(registry.default_session_id()?, None);
            /// let session = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
            /// assert_eq!(registry.default_session_id()?, Some(session.id()));
            /// # Ok(())
            /// # }
            /// ```
            pub fn default_session_id(&self) -> Result<Option<SessionId>> {
                self.ask(|view| view.reads().default_session())
            }
        }
    };
}

questions!(SessionRegistry);
questions!(Snapshot);
