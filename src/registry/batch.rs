//! Several changes that are made together or not at all.

use super::change::store_content;
use super::draft::Draft;
use super::reap::{Reap, Reaper};
use super::register::as_new;
use super::{CloseAs, SessionRegistry, operations};
use crate::error::{Error, Result};
use crate::session::{Session, SessionId, SessionName, Timestamp};
use crate::store::{Claims, Fault, Reads, Writes};

/// Changes of sessions that [`SessionRegistry::apply`] makes in this order, in one commit, or not at all. At most
/// [`MAX_OPERATIONS`](Self::MAX_OPERATIONS) of them.
///
/// ```
/// use session_registry::{Batch, ProjectPath, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let session = |name: &str| Ok::<_, session_registry::Error>(registry.session(ProjectPath::new(name)?).build());
/// let batch = Batch::new().register(session("/work/app")?).register(session("/work/web")?);
/// assert_eq!((batch.len(), registry.apply(batch)?.len()), (2, 2));
/// assert_eq!(registry.count()?, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a batch does nothing until it is applied"]
pub struct Batch {
    operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq)]
enum Operation {
    Register(Session),
    Update(Session),
    Rename(SessionId, SessionName),
    Close(SessionId),
    Reopen(SessionId),
    Unregister(SessionId),
}

impl Batch {
    /// How many operations a batch may have.
    pub const MAX_OPERATIONS: usize = 256;

    /// Returns a batch without an operation.
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a session, as [`SessionRegistry::register`] does, though nobody is closed to make room.
    pub fn register(self, session: Session) -> Self {
        self.and(Operation::Register(session))
    }

    /// Stores what a session says, as [`SessionRegistry::update`] does.
    pub fn update(self, session: Session) -> Self {
        self.and(Operation::Update(session))
    }

    /// Gives a session a name, as [`SessionRegistry::rename`] does.
    pub fn rename(self, id: SessionId, name: SessionName) -> Self {
        self.and(Operation::Rename(id, name))
    }

    /// Closes a session, as [`SessionRegistry::close_session`] does.
    pub fn close_session(self, id: SessionId) -> Self {
        self.and(Operation::Close(id))
    }

    /// Opens a closed session again, as [`SessionRegistry::reopen`] does, though nobody is closed to make room.
    pub fn reopen(self, id: SessionId) -> Self {
        self.and(Operation::Reopen(id))
    }

    /// Removes a session, as [`SessionRegistry::unregister`] does.
    pub fn unregister(self, id: SessionId) -> Self {
        self.and(Operation::Unregister(id))
    }

    /// Returns how many operations there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether there is no operation.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    fn and(mut self, operation: Operation) -> Self {
        self.operations.push(operation);
        self
    }

    /// Returns the operations as they can be made, or what is wrong with them whatever the registry holds.
    fn into_checked(mut self) -> Result<Vec<Operation>> {
        let operations = self.len();
        if operations > Self::MAX_OPERATIONS {
            let most = Self::MAX_OPERATIONS;
            return Err(Error::BatchTooLong { operations, most });
        }
        for (index, operation) in self.operations.iter_mut().enumerate() {
            operation.check().map_err(|error| refused(index, error))?;
        }
        Ok(self.operations)
    }
}

impl Operation {
    /// Brings what is given into form, if it is valid.
    fn check(&mut self) -> Result<()> {
        match self {
            Self::Register(session) => {
                session.validate()?;
                *session = as_new(session.clone());
            }
            Self::Update(session) => session.validate()?,
            Self::Rename(..) | Self::Close(_) | Self::Reopen(_) | Self::Unregister(_) => {}
        }
        Ok(())
    }

    /// Answers the session as it is then, or was when it was removed.
    fn make(
        &self,
        tx: &mut (impl Reads + Claims + Writes),
        reaper: &Reaper,
        now: Timestamp,
    ) -> Result<Option<Session>, Fault> {
        let owners = &reaper.owners;
        let session = match self {
            Self::Register(session) => operations::register(tx, reaper, session, now)?.session,
            Self::Update(session) => {
                store_content(tx, session.id(), session.revision(), session, now)?
            }
            Self::Rename(id, name) => operations::rename(tx, *id, name, now)?,
            Self::Close(id) => operations::close(tx, owners, *id, CloseAs::Anybody, now)?,
            Self::Reopen(id) => operations::reopen(tx, reaper, *id, now)?.session,
            Self::Unregister(id) => return operations::unregister(tx, owners, *id),
        };
        Ok(Some(session))
    }
}

/// Names the operation that is refused.
fn refused(index: usize, error: Error) -> Error {
    let source = Box::new(error);
    Error::BatchRefused { index, source }
}

impl SessionRegistry {
    /// Makes several changes in one commit: all of them, or none. They are decided in their order, each by the rules
    /// and in the state that those before it make: a session that is registered can be renamed, and an alias that
    /// one gives up be taken by the next. Returns for each the session as it was stored then, or as it was when it
    /// was removed; `None` where there was none to remove. A batch without an operation changes nothing.
    ///
    /// Two updates made from one revision do not both fit: the second is a conflict. Nobody is closed to make room:
    /// close whom you mean to close earlier in the batch. The clock is read once for all of it.
    ///
    /// # Errors
    ///
    /// [`BatchTooLong`](Error::BatchTooLong) with more than 256 operations.
    /// [`BatchRefused`](Error::BatchRefused) with the index, counted from 0, and the refusal of the first operation
    /// that is refused, where a session that is invalid by itself comes before all others; nothing was changed. Also
    /// what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{Batch, Error, ProjectPath, SessionName, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let session = || Ok::<_, Error>(registry.session(ProjectPath::new("/work/app")?).build());
    /// let old = registry.register(session()?)?;
    ///
    /// // The project's session makes way for the next one, or else stays as it is.
    /// let new = session()?;
    /// let batch = Batch::new()
    ///     .rename(old.id(), SessionName::new("before the rewrite")?)
    ///     .close_session(old.id())
    ///     .register(new.clone());
    /// let made = registry.apply(batch.clone())?;
    /// assert_eq!(made[1].as_ref().map(|session| session.revision()), Some(2));
    /// assert_eq!(registry.list_ids()?, [new.id()]);
    ///
    /// match registry.apply(batch).unwrap_err() {
    ///     Error::BatchRefused { index, source, .. } => {
    ///         assert_eq!((index, source.code()), (2, "session_exists"));
    ///     }
    ///     other => panic!("unexpected: {other:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn apply(&self, batch: Batch) -> Result<Vec<Option<Session>>> {
        self.inner.store.check_access()?;
        let operations = batch.into_checked()?;
        if operations.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.now();
        let reaper = Reaper {
            reap: Reap::Never,
            ..self.reaper()
        };
        self.call().write("change sessions in", move |tx| {
            let mut draft = Draft::over(tx);
            let mut answers = Vec::with_capacity(operations.len());
            for (index, operation) in operations.iter().enumerate() {
                let answer = operation.make(&mut draft, &reaper, now);
                answers.push(answer.map_err(|fault| match fault {
                    Fault::Rule(error) => refused(index, error).into(),
                    // The file, not the operation, is at fault.
                    other => other,
                })?);
            }
            // No rule can refuse any of it now.
            for write in draft.into_writes() {
                write.carry_out(tx)?;
            }
            Ok(answers)
        })
    }
}
