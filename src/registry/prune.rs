//! Removing the records of closed sessions, by policy and on demand only.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::SessionRegistry;
use super::rules::can_be_now;
use crate::error::{Error, Result};
use crate::session::{Session, Timestamp};
use crate::store::{ClosedEntry, ClosedInOrder, ClosedPlace, Fault, Reads, Walks, WriteTx};

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
/// assert_eq!(registry.plan_prune(&policy)?.total, registry.prune(&policy)?.removed);
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

    fn gives_up_age(&self, closed_at: Timestamp, now: Timestamp) -> bool {
        self.closed_for_longer_than
            .is_none_or(|age| now.duration_since(closed_at) > age)
    }

    /// Looks for what is given up behind a place, but not yet at whether it is pinned.
    fn look<R: Walks + ClosedInOrder>(
        &self,
        reads: &R,
        behind: Option<&ClosedPlace>,
        time: Time,
    ) -> Result<Piece, Fault> {
        if self.is_void(reads, time)? {
            return Ok(Piece::default());
        }
        let mut piece = reads.closed_behind(behind, self.keep_last.unwrap_or(0), PIECE)?;
        piece
            .entries
            .retain(|entry| self.gives_up_age(entry.closed_at, time.now));
        Ok(Piece {
            entries: piece.entries,
            next: piece.next,
        })
    }
}

/// So many closed sessions are looked at in one read transaction.
const PIECE: usize = 4096;
/// So many are removed in one write transaction, which keeps others from writing for some ten milliseconds.
const TOGETHER: usize = 256;

/// Some of what is given up.
#[derive(Default)]
struct Piece {
    entries: Vec<ClosedEntry>,
    next: Option<ClosedPlace>,
}

/// What pruning did.
///
/// Serde writes it as an object with the field `removed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PruneReport {
    /// How many sessions were removed.
    pub removed: u64,
}

/// What pruning would do.
///
/// Serde writes it as an object with the fields `total` and `sessions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PrunePlan {
    /// How many sessions would be removed.
    pub total: u64,
    /// Those that would be removed first, by project path and the longest closed first: at most
    /// [`PAGE`](Self::PAGE).
    pub sessions: Vec<Session>,
}

impl PrunePlan {
    /// How many sessions a plan names at most.
    pub const PAGE: usize = 100;
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
    /// Returns how many closed sessions [`prune`](Self::prune) would remove now, and the first of them. Changes
    /// nothing. A clock that has jumped ahead makes every session look old, and no program can tell; a person who
    /// looks at this can.
    ///
    /// It looks at every closed session, 4,096 in one read transaction at most, so nobody's pages are kept for long;
    /// where others write meanwhile the number comes from more than one moment.
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
    /// assert_eq!(registry.plan_prune(&policy)?.total, 0, "an open session stays");
    /// registry.close_session(id)?;
    /// let plan = registry.plan_prune(&policy)?;
    /// assert_eq!((plan.total, plan.sessions[0].id()), (1, id));
    /// assert!(registry.contains(id)?, "it was only looked at");
    /// # Ok(())
    /// # }
    /// ```
    pub fn plan_prune(&self, policy: &PrunePolicy) -> Result<PrunePlan> {
        policy.check()?;
        let time = Time::read(self);
        let mut plan = PrunePlan::default();
        let mut behind = None;
        loop {
            let (found, next) = self.ask(|view| {
                let reads = view.reads();
                let piece = policy.look(reads, behind.as_ref(), time)?;
                let room = PrunePlan::PAGE.saturating_sub(plan.sessions.len());
                let mut found = PrunePlan::default();
                for entry in &piece.entries {
                    if let Some(session) = reads.still_closed(entry)?
                        && !session.is_pinned()
                    {
                        found.total += 1;
                        if found.sessions.len() < room {
                            found.sessions.push(session);
                        }
                    }
                }
                Ok((found, piece.next))
            })?;
            plan.total += found.total;
            plan.sessions.extend(found.sessions);
            if next.is_none() {
                return Ok(plan);
            }
            behind = next;
        }
    }

    /// Removes the records of closed sessions that the policy gives up, by project path and the longest closed
    /// first, and returns how many. Never happens by itself.
    ///
    /// This is a series of commits, of 256 sessions at most. Each is whole by itself and keeps others from writing for
    /// some ten milliseconds, however many sessions there are; between them others have their turns. What is
    /// reopened, pinned or closed anew meanwhile stays. Which to keep of a project is decided shortly before its
    /// others are removed, so of those that others remove meanwhile none is made up for.
    ///
    /// # Errors
    ///
    /// [`EmptyPrunePolicy`](Error::EmptyPrunePolicy), and what [every write](crate#errors) can answer: what was
    /// removed by then stays removed, and pruning again goes on with the rest.
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
    /// let report = registry.prune(&PrunePolicy::new().keep_last(0))?;
    /// assert_eq!(report.removed, 1);
    /// assert!(!registry.contains(id)?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn prune(&self, policy: &PrunePolicy) -> Result<PruneReport> {
        self.inner.store.check_access()?;
        policy.check()?;
        let time = Time::read(self);
        let mut report = PruneReport::default();
        let mut behind = None;
        loop {
            let piece = self.ask(|view| policy.look(view.reads(), behind.as_ref(), time))?;
            for entries in piece.entries.chunks(TOGETHER) {
                let entries = entries.to_vec();
                let removed = self
                    .call()
                    .write("prune", move |tx| remove_all(tx, &entries));
                report.removed += removed?;
            }
            if piece.next.is_none() {
                return Ok(report);
            }
            behind = piece.next;
        }
    }
}

/// Removes those that are closed as they were, and not pinned; returns how many.
fn remove_all(tx: &mut WriteTx<'_>, entries: &[ClosedEntry]) -> Result<u64, Fault> {
    let mut selected = Vec::new();
    for entry in entries {
        let session = tx.still_closed(entry)?;
        selected.extend(session.filter(|session| !session.is_pinned()));
    }
    let default = tx.chosen_default()?;
    for session in &selected {
        tx.remove(session)?;
    }
    if selected.iter().any(|session| Some(session.id()) == default) {
        tx.set_default_session(None)?;
    }
    Ok(selected.len() as u64)
}
