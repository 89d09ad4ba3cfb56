//! Removing the records of closed sessions, by policy and on demand only.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::SessionRegistry;
use super::rules::can_be_now;
use crate::error::{Error, Result};
use crate::session::{Session, SessionState, Timestamp};
use crate::store::{Fault, Reads, Walks};

/// Which closed sessions to remove: those that every rule of the policy gives up. Open ones and
/// [pinned](Session::is_pinned) ones are never removed.
///
/// Serde writes it as an object with the fields `closed_for_longer_than` (an object of `secs` and `nanos`)
/// and `keep_last`. Either may be missing, which is no such rule; a field that is unknown is refused.
///
/// ```
/// use std::time::{Duration, Instant};
/// use session_registry::{PrunePolicy, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let month = Duration::from_secs(30 * 24 * 60 * 60);
/// let policy = PrunePolicy::new().closed_for_longer_than(month).keep_last(3);
/// assert_eq!(registry.plan_prune(&policy)?, registry.prune(&policy)?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[must_use = "a policy does nothing until it is handed to a call"]
pub struct PrunePolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_for_longer_than: Option<Duration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_last: Option<u64>,
}

impl PrunePolicy {
    /// Returns a policy without rules, which is refused.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives up sessions that were closed longer ago than this, by the registry's clock. One that is behind
    /// the newest [`updated_at`](Session::updated_at) is wrong for certain: then nothing is given up. One
    /// that is ahead cannot be told from time that has passed; look at
    /// [`plan_prune`](SessionRegistry::plan_prune) first, or [keep](Self::keep_last) a number too.
    pub fn closed_for_longer_than(mut self, age: Duration) -> Self {
        self.closed_for_longer_than = Some(age);
        self
    }

    /// Gives up all but the `count` sessions of each project path that were closed last. No clock changes
    /// that order.
    pub fn keep_last(mut self, count: u64) -> Self {
        self.keep_last = Some(count);
        self
    }

    fn check(&self) -> Result<()> {
        if self.closed_for_longer_than.is_none() && self.keep_last.is_none() {
            return Err(Error::EmptyPrunePolicy);
        }
        Ok(())
    }

    /// Whether nothing is given up because nobody knows how long ago anything was.
    fn is_void(&self, reads: &impl Walks, time: Time) -> Result<bool, Fault> {
        Ok(self.closed_for_longer_than.is_some()
            && !can_be_now(reads, time.now, time.began.elapsed())?)
    }

    fn gives_up_age(&self, session: &Session, now: Timestamp) -> bool {
        match (self.closed_for_longer_than, session.state()) {
            (Some(age), SessionState::Closed { at, .. }) => now.duration_since(at) > age,
            _ => true,
        }
    }

    /// The sessions to remove, by project path, the longest closed first.
    fn select(&self, reads: &impl Walks, time: Time) -> Result<Vec<Session>, Fault> {
        let mut selected = Vec::new();
        if self.is_void(reads, time)? {
            return Ok(selected);
        }
        let mut group: Vec<Session> = Vec::new();
        let mut close_group = |group: &mut Vec<Session>| {
            let keep = self
                .keep_last
                .map_or(0, |keep| usize::try_from(keep).unwrap_or(usize::MAX));
            group.truncate(group.len().saturating_sub(keep));
            group.retain(|session| !session.is_pinned() && self.gives_up_age(session, time.now));
            selected.append(group);
        };
        reads.walk_closed(|session| {
            if group
                .last()
                .is_some_and(|last| last.project_path() != session.project_path())
            {
                close_group(&mut group);
            }
            group.push(session);
            Ok(())
        })?;
        close_group(&mut group);
        Ok(selected)
    }
}

/// What the clock said when a call began, and when that was.
#[derive(Clone, Copy)]
struct Time {
    now: Timestamp,
    began: Instant,
}

impl Time {
    fn read(registry: &SessionRegistry) -> Self {
        let now = registry.now();
        let began = Instant::now();
        Self { now, began }
    }
}

impl SessionRegistry {
    /// Returns the closed sessions that [`prune`](Self::prune) would remove now. Changes nothing. A clock that
    /// has jumped ahead makes every session look old, and no program can tell; a person who looks at this can.
    ///
    /// # Errors
    ///
    /// [`EmptyPrunePolicy`](Error::EmptyPrunePolicy), and what [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{ProjectPath, PrunePolicy, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let policy = PrunePolicy::new().keep_last(0);
    /// assert!(registry.plan_prune(&policy)?.is_empty(), "an open session stays");
    /// registry.close_session(id)?;
    /// assert_eq!(registry.plan_prune(&policy)?[0].id(), id);
    /// assert!(registry.contains(id)?, "it was only looked at");
    /// # Ok(())
    /// # }
    /// ```
    pub fn plan_prune(&self, policy: &PrunePolicy) -> Result<Vec<Session>> {
        policy.check()?;
        let time = Time::read(self);
        self.ask(|view| policy.select(view.reads(), time))
    }

    /// Removes the records of closed sessions that the policy gives up, and returns them, by project path
    /// and the longest closed first. Never happens by itself.
    ///
    /// # Errors
    ///
    /// [`EmptyPrunePolicy`](Error::EmptyPrunePolicy), and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{Error, PrunePolicy, ProjectPath, Session, SessionRegistry};
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let id = registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?.id();
    /// registry.close_session(id)?;
    /// let nothing = registry.prune(&PrunePolicy::new());
    /// assert!(matches!(nothing, Err(Error::EmptyPrunePolicy)));
    /// let removed = registry.prune(&PrunePolicy::new().keep_last(0))?;
    /// assert_eq!(removed[0].id(), id);
    /// assert!(!registry.contains(id)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn prune(&self, policy: &PrunePolicy) -> Result<Vec<Session>> {
        policy.check()?;
        let (policy, time) = (*policy, Time::read(self));
        self.call().write("prune", move |tx| {
            let selected = policy.select(tx, time)?;
            let default = tx.chosen_default()?;
            for session in &selected {
                tx.remove(session)?;
            }
            if selected.iter().any(|session| Some(session.id()) == default) {
                tx.set_default_session(None)?;
            }
            Ok(selected)
        })
    }
}
