//! What happened in the registry, for those who ask.

use super::{SessionRegistry, Snapshot};
use crate::error::Result;
use crate::session::Changes;
use crate::store::Log;

impl SessionRegistry {
    /// Returns how much ever happened in this registry: its revision goes up by one for each
    /// [`Change`](crate::Change), whoever made it. 0 in a new one.
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
    /// assert_eq!(registry.revision()?, 0);
    /// let path = ProjectPath::new("/work/app")?;
    /// registry.register(Session::builder(path.clone()).build())?;
    /// // Who is refused has changed nothing.
    /// assert!(registry.register(Session::builder(path).build()).is_err());
    /// assert_eq!(registry.revision()?, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn revision(&self) -> Result<u64> {
        self.ask(|view| view.reads().revision())
    }

    /// Returns what happened after `revision`, by any process, oldest first. Never waits for more.
    ///
    /// At least the last 1,024 changes are kept. Who asks from further back, or from a revision that this
    /// registry has not had, such as one of the file that it is a [copy](Self::backup_to) of, gets
    /// [`lost`](field@crate::Changes::lost) and no change: list everything again, and go on from there.
    ///
    /// # Errors
    ///
    /// What [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ChangeKind, ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// let position = registry.revision()?;
    ///
    /// registry.close_session(id)?;
    /// let since = registry.changes_since(position)?;
    /// assert_eq!((since.revision, since.lost), (position + 1, false));
    /// assert_eq!(since.changes[0].kind, ChangeKind::Closed);
    /// assert_eq!(since.changes[0].session_revision, Some(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn changes_since(&self, revision: u64) -> Result<Changes> {
        self.ask(|view| view.reads().changes_since(revision))
    }
}

impl Snapshot {
    /// As [`SessionRegistry::revision`], in the state of this snapshot: where to go on from after what it lists.
    ///
    /// # Errors
    ///
    /// What [every question to a snapshot](Snapshot) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let snapshot = registry.snapshot()?;
    /// let (listed, position) = (snapshot.list_all()?, snapshot.revision()?);
    /// drop(snapshot);
    /// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    /// assert!(listed.is_empty());
    /// assert_eq!(registry.changes_since(position)?.changes.len(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn revision(&self) -> Result<u64> {
        self.ask(|view| view.reads().revision())
    }
}
