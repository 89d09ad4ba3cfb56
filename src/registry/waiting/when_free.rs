//! Beginning as soon as there is room, for those who would rather wait than be refused.

use std::time::Duration;

use super::wish::Wish;
use crate::error::Result;
use crate::registry::register::as_new;
use crate::registry::rules::Displacement;
use crate::registry::{Opened, SessionRegistry, Started};
use crate::session::{Liveness, Session, SessionId};
use crate::store::Waiters;

impl SessionRegistry {
    /// Begins to work in a project as [`start`](Self::start) does, as soon as it can: while the limit, or the number
    /// of sessions per project, leaves no room, it waits, for as long as `patience` lasts.
    ///
    /// Who waits stands in a line, which all processes see: of those for whom there is room, the first comes first,
    /// whatever they wait to do. A process that dies leaves the line. One that is stopped (Ctrl-Z) is passed when it
    /// has left room untaken for a second. Calls that do not wait, such as [`start`](Self::start) and
    /// [`register`](Self::register), do not stand in line, and may be faster.
    ///
    /// A patience of zero is [`start`](Self::start); one that no clock can hold never ends. Waiting holds nothing that
    /// others need, and wakes for what others commit, and 4 times a second for those who die. Leaving the line
    /// in vain is a write, for which the call may wait for the busy timeout more.
    ///
    /// # Errors
    ///
    /// When the patience is over, the refusal that stood last, of these:
    /// [`LimitReached`](crate::Error::LimitReached), [`AlreadyClaimed`](crate::Error::AlreadyClaimed); or
    /// [`Busy`](crate::Error::Busy), if there never was one but others came first, or kept the file locked.
    /// At once whatever else [`start`](Self::start) answers. Nothing was changed, and nothing is left in the line.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::options().max_sessions(1).in_memory()?;
    /// let session = |path| Ok::<_, session_registry::Error>(registry.session(ProjectPath::new(path)?).build());
    /// let first = registry.register(session("/work/first")?)?;
    /// let refused = registry.start_when_free(session("/work/second")?, Duration::from_millis(1));
    /// assert_eq!(refused.unwrap_err().code(), "session_limit_reached");
    ///
    /// let other = registry.clone();
    /// let closing = std::thread::spawn(move || other.close_session(first.id()));
    /// let started = registry.start_when_free(session("/work/second")?, Duration::from_secs(60))?;
    /// assert_eq!(registry.list_ids()?, [started.session().id()]);
    /// # closing.join().unwrap()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn start_when_free(&self, session: Session, patience: Duration) -> Result<Started> {
        if patience.is_zero() {
            return self.start(session);
        }
        self.inner.store.check_access()?;
        session.validate()?;
        let session = as_new(session);
        let wish = Wish::Start(session.clone());
        self.when_free(wish, patience, |call, gate| {
            self.begin_start(call, session.clone(), gate)
        })
    }

    /// Begins to drive a session as [`resume`](Self::resume) does, as soon as it can: while the session is closed and
    /// there is no room to open it again, it waits in line, as [`start_when_free`](Self::start_when_free) says. It
    /// does not wait for whoever drives the session.
    ///
    /// # Errors
    ///
    /// When the patience is over, the refusal that stood last, of these:
    /// [`LimitReached`](crate::Error::LimitReached), [`ProjectAlreadyOpen`](crate::Error::ProjectAlreadyOpen); or
    /// [`Busy`](crate::Error::Busy), if there never was one but others came first, or kept the file locked.
    /// At once whatever else [`resume`](Self::resume) answers, [`AlreadyClaimed`](crate::Error::AlreadyClaimed)
    /// among it. Nothing was changed, and nothing is left in the line.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// registry.close_session(id)?;
    /// registry.set_max_sessions(0)?;
    /// let refused = registry.resume_when_free(id, Duration::from_millis(1));
    /// assert_eq!(refused.unwrap_err().code(), "session_limit_reached");
    ///
    /// let other = registry.clone();
    /// let raising = std::thread::spawn(move || other.set_max_sessions(10));
    /// let started = registry.resume_when_free(id, Duration::from_secs(60))?;
    /// assert_eq!(started.session().id(), id);
    /// # raising.join().unwrap()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn resume_when_free(&self, id: SessionId, patience: Duration) -> Result<Started> {
        if patience.is_zero() {
            return self.resume(id);
        }
        self.inner.store.check_access()?;
        self.when_free(Wish::Resume(id), patience, |call, gate| {
            self.begin_resume(call, id, Displacement::DeadOwner, gate)
        })
    }

    /// Registers a session as [`register_opened`](Self::register_opened) does, as soon as it can: while the limit, or
    /// the number of sessions per project, leaves no room, it waits in line, as
    /// [`start_when_free`](Self::start_when_free) says. Nobody drives the session then.
    ///
    /// # Errors
    ///
    /// When the patience is over, the refusal that stood last, of these:
    /// [`LimitReached`](crate::Error::LimitReached), [`ProjectAlreadyOpen`](crate::Error::ProjectAlreadyOpen); or
    /// [`Busy`](crate::Error::Busy), if there never was one but others came first, or kept the file locked.
    /// At once whatever else [`register`](Self::register) answers, and what [`claim`](Self::claim) answers about the
    /// owner's lock file, which who waits needs too. Nothing was changed, and nothing is left in the line.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let session = || Ok::<_, session_registry::Error>(registry.session(ProjectPath::new("/work/app")?).build());
    /// let patience = Duration::from_millis(1);
    /// let first = registry.register_when_free(session()?, patience)?.session;
    /// let refused = registry.register_when_free(session()?, patience);
    /// assert_eq!(refused.unwrap_err().code(), "project_already_open");
    /// # assert_eq!(registry.list_ids()?, [first.id()]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn register_when_free(&self, session: Session, patience: Duration) -> Result<Opened> {
        if patience.is_zero() {
            return self.register_opened(session);
        }
        self.inner.store.check_access()?;
        session.validate()?;
        let session = as_new(session);
        let wish = Wish::Register(session.clone());
        self.when_free(wish, patience, |call, gate| {
            self.begin_register(call, session.clone(), gate)
        })
    }

    /// Returns how many wait in line for a slot: calls of any process that is proven alive.
    ///
    /// # Errors
    ///
    /// What [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// assert_eq!(SessionRegistry::in_memory()?.waiting()?, 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn waiting(&self) -> Result<u64> {
        let waiters = self.ask(|view| view.reads().waiters())?;
        let mut probe = self.inner.owners.probe();
        let alive = waiters
            .iter()
            .filter(|(number, row)| probe.liveness_of_waiter(*number, row) == Liveness::Alive);
        Ok(alive.count() as u64)
    }
}
