//! Waiting for what happens in the registry, whichever process does it.

mod deaths;
mod iterate;
mod look;
#[cfg(target_os = "linux")]
mod pollable;

use std::fmt;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
pub use pollable::PollableWatch;

use super::SessionRegistry;
use crate::error::Result;
use crate::session::Changes;
use crate::store::{Glance, Means, Wait, Waking};
use deaths::Deaths;

/// How often everything is looked at, whatever woke or did not.
const TICK: Duration = Duration::from_secs(1);
/// How long a watch lets things happen after it told of some, before it tells of more: many who look at once, for
/// every commit, would slow down who commits.
const BREATH: Duration = Duration::from_millis(2);
/// Longer than anybody waits.
const LONGEST: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Tells what happens in a registry, in the order in which it is committed, by whichever process: none lost,
/// doubled or told too early, or it says that some were [`lost`](field@crate::Changes::lost).
///
/// It is a position and a way to wait. It has no thread, and pins nothing between calls; while it waits it costs
/// next to nothing and writes nothing. On Linux the operating system wakes it, in some 0.1 ms; elsewhere, and where
/// the system has no such means left, it looks every 20 ms for two seconds after a change, and every 100 ms then.
/// It keeps the registry open.
///
/// That an owner died is told too, as [`OwnerGone`](crate::ChangeKind::OwnerGone): within a second, and mostly at once on
/// Linux. First of all for every claim whose owner is dead already, then once for each claim. Such a change has the
/// position of the watch, and does not move it.
///
/// As an iterator it waits for as long as it takes, and ends after the first
/// [`Closed`](crate::Error::Closed), [`FileReplaced`](crate::Error::FileReplaced) or [`SchemaTooNew`](crate::Error::SchemaTooNew), which
/// it yields. For a loop that waits for other things too there is [`pollable`](Self::pollable).
///
/// ```
/// use std::time::Duration;
///
/// use session_registry::{ChangeKind, ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let mut watch = registry.watch()?;
/// assert_eq!(watch.try_next()?, None);
/// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
/// let happened = watch.next_within(Duration::from_secs(5))?.expect("a change");
/// assert_eq!(happened.changes[0].kind, ChangeKind::Registered);
/// # Ok(())
/// # }
/// ```
#[must_use = "a watch tells nothing by itself: ask it, or iterate over it"]
pub struct Watch {
    registry: SessionRegistry,
    waking: Waking,
    position: u64,
    /// The state that was read last.
    seen: Option<Glance>,
    deaths: Deaths,
    /// When everything is looked at again.
    tick: Instant,
    /// Until when to let things happen.
    breath: Option<Instant>,
    /// When to look again, because a peer was in the way.
    retry: Option<Instant>,
    /// Whether the iterator failed last, or has ended.
    failed: bool,
    ended: bool,
}

impl SessionRegistry {
    /// Returns a watch of what any process commits from now on.
    ///
    /// # Errors
    ///
    /// What [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let mut watch = registry.watch()?;
    /// registry.set_max_sessions(3)?;
    /// assert_eq!(watch.try_next()?.map(|happened| happened.revision), Some(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch(&self) -> Result<Watch> {
        self.watch_by(Means::Best, None)
    }

    /// Returns a watch of what any process committed after `revision`, as far as it is kept (see
    /// [`changes_since`](Self::changes_since)). With the revision of a [`Snapshot`](crate::Snapshot) nothing is
    /// missed between what that lists and what the watch tells.
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
    /// let snapshot = registry.snapshot()?;
    /// let mut shown = snapshot.list_all()?;
    /// let mut watch = registry.watch_from(snapshot.revision()?)?;
    /// drop(snapshot);
    /// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
    ///
    /// while let Some(happened) = watch.try_next()? {
    ///     for change in happened.changes {
    ///         let Some(id) = change.id else { continue };
    ///         shown.retain(|session| session.id() != id);
    ///         shown.extend(registry.lookup(id)?);
    ///     }
    /// }
    /// assert_eq!(shown, registry.list_all()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch_from(&self, revision: u64) -> Result<Watch> {
        self.watch_by(Means::Best, Some(revision))
    }

    pub(crate) fn watch_by(&self, means: Means, from: Option<u64>) -> Result<Watch> {
        // Listens first and reads then: what comes between wakes.
        let waking = self.inner.store.waking(means);
        let newest = self.revision()?;
        Ok(Watch {
            registry: self.clone(),
            waking,
            position: from.unwrap_or(newest),
            seen: None,
            deaths: Deaths::default(),
            tick: Instant::now() + TICK,
            breath: None,
            retry: None,
            failed: false,
            ended: false,
        })
    }
}

impl Watch {
    /// Waits until something happened, `timeout` at most; `None` when nothing did in time. Never waits longer than
    /// that, also for peers that are in the way. Zero looks once.
    ///
    /// For 2 ms after it told of something it lets more come together.
    ///
    /// # Errors
    ///
    /// [`Closed`](crate::Error::Closed) after the registry was closed, also while this waits;
    /// [`FileReplaced`](crate::Error::FileReplaced) within a second after that;
    /// [`SchemaTooNew`](crate::Error::SchemaTooNew) after a newer program migrated the file; and what
    /// [every read](crate#errors) can answer, without [`Busy`](crate::Error::Busy).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let mut watch = registry.watch()?;
    /// assert_eq!(watch.next_within(Duration::from_millis(1))?, None);
    /// # Ok(())
    /// # }
    /// ```
    pub fn next_within(&mut self, timeout: Duration) -> Result<Option<Changes>> {
        let wait = Wait::of(timeout.min(LONGEST));
        if let Some(breath) = self.breath.take() {
            self.rest(wait.ends_by(breath));
        }
        loop {
            let happened = self.look(wait)?;
            if happened.is_some() {
                self.breath = Some(Instant::now() + BREATH);
                return Ok(happened);
            }
            if wait.is_over() {
                return Ok(None);
            }
            let next = wait.ends_by(self.next_look());
            self.waking.wait(next);
        }
    }

    /// Returns what happened since, without waiting for anything; `None` when nothing did, or when a peer is in the
    /// way just now.
    ///
    /// # Errors
    ///
    /// As [`next_within`](Self::next_within).
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let mut watch = registry.watch()?;
    /// registry.close()?;
    /// assert_eq!(watch.try_next().unwrap_err().code(), "closed");
    /// # Ok(())
    /// # }
    /// ```
    pub fn try_next(&mut self) -> Result<Option<Changes>> {
        self.look(Wait::of(Duration::ZERO))
    }

    /// Returns the revision up to which everything was told: where another watch would go on.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// registry.set_max_sessions(3)?;
    /// assert_eq!(registry.watch()?.revision(), 1);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.position
    }

    /// Lets time pass.
    fn rest(&self, until: Instant) {
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("revision", &self.position)
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}
