//! Saying what whoever drives a session does.

use std::sync::Arc;

use super::SessionRegistry;
use super::change::store_activity;
use super::rules::{check_open, claimed, is_activity_due, registered_head};
use crate::error::Result;
use crate::session::{Activity, Report, SessionId, Timestamp};
use crate::store::{ClaimRow, Claims, Fault, Head, Lists, Owners, WriteTx};

impl SessionRegistry {
    /// Notes what whoever drives a session does now: for the hook processes of an owner, which have no claim of their
    /// own. Whoever has, reports [through it](crate::Claim::report).
    ///
    /// It moves neither the revision nor `updated_at`, and so comes in the way of no
    /// [`update`](Self::update). If it says what was said before, activity and note alike, it writes nothing, so that it
    /// can be called often; else it counts as activity as a [`touch`](Self::touch) does. What is reported of an owner
    /// that is dead is stored, and read by nobody.
    ///
    /// # Errors
    ///
    /// [`InvalidNote`](crate::Error::InvalidNote), before anything is read; then the first that applies:
    /// [`NotFound`](crate::Error::NotFound), [`SessionClosed`](crate::Error::SessionClosed),
    /// [`NotClaimed`](crate::Error::NotClaimed), [`OwnershipLost`](crate::Error::OwnershipLost) when the claim has
    /// another epoch than the report; and what [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::{Activity, ProjectPath, Report, SessionRegistry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let registry = SessionRegistry::open(&file)?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let waiting = Report::new(Activity::Waiting).note("may I push?");
    /// assert_eq!(registry.report(id, waiting.clone()).unwrap_err().code(), "not_claimed");
    /// let claim = registry.claim(id)?;
    ///
    /// // A process that the owner started, and told the id and the epoch.
    /// let hook = SessionRegistry::open(&file)?;
    /// hook.report(id, waiting.clone().epoch(claim.epoch()))?;
    /// let activity = registry.status(id)?.activity.unwrap();
    /// assert_eq!(activity.activity, Activity::Waiting);
    ///
    /// let other = registry.take_over(id)?;
    /// assert_eq!(registry.status(id)?.activity, None, "a new claim begins without one");
    /// let late = hook.report(id, waiting.epoch(claim.epoch()));
    /// assert_eq!(late.unwrap_err().code(), "ownership_lost");
    /// # drop(other);
    /// # Ok(())
    /// # }
    /// ```
    pub fn report(&self, id: SessionId, report: Report) -> Result<()> {
        self.inner.store.check_access()?;
        let statement = Statement::of(id, &report, self.now())?;
        let owners = Arc::clone(&self.inner.owners);
        // Looked at first, because a report that says nothing new should cost no transaction.
        let call = self.call();
        if !call.read("read", |view| statement.is_new(view.reads(), &owners))? {
            return Ok(());
        }
        call.write("report on a session in", move |tx| {
            statement.store(tx, &owners)
        })
    }
}

/// What is said of the claim of a session.
pub(super) struct Statement {
    id: SessionId,
    /// Of which claim it is said; `None`: of whatever there is.
    epoch: Option<u64>,
    said: (Activity, Option<String>),
    now: Timestamp,
}

impl Statement {
    pub(super) fn of(id: SessionId, report: &Report, now: Timestamp) -> Result<Self> {
        Ok(Self {
            id,
            epoch: report.of_epoch(),
            said: report.said()?,
            now,
        })
    }

    /// Whether it would write.
    pub(super) fn is_new(
        &self,
        reads: &(impl Lists + Claims),
        owners: &Owners,
    ) -> Result<bool, Fault> {
        Ok(self.news(reads, owners)?.is_some())
    }

    /// Stores it, unless it was said before.
    pub(super) fn store(&self, tx: &mut WriteTx<'_>, owners: &Owners) -> Result<(), Fault> {
        let Some((head, claim)) = self.news(tx, owners)? else {
            return Ok(());
        };
        tx.put_report(self.id, &claim)?;
        if is_activity_due(&head, self.now) {
            store_activity(tx, &head, self.now)?;
        }
        Ok(())
    }

    /// The session, and its claim as it would be; `None` if that is what it is.
    fn news(
        &self,
        reads: &(impl Lists + Claims),
        owners: &Owners,
    ) -> Result<Option<(Head, ClaimRow)>, Fault> {
        let head = registered_head(reads, self.id)?;
        check_open(&head)?;
        let claim = claimed(reads, owners, self.id, self.epoch)?;
        let claim = claim.saying(self.said.clone(), self.now);
        Ok(claim.map(|claim| (head, claim)))
    }
}
