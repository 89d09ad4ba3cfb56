//! Writing: every change of the file goes through here, and waiting callers share a commit.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, Job, Ran};
use super::queue::{Answered, Batch, Queue};
use crate::error::{Error, Result, StorageError};
use crate::store::Store;
use crate::store::disk::admission;
use crate::store::fault::{Fault, guarded};
use crate::store::format::schema;
use crate::store::format::tables::Tables;
use crate::store::rows::write::WriteTx;
use crate::store::settings::{Settings, Wait};

impl Store {
    /// Runs `operation` in a write transaction, perhaps together with other callers' and perhaps more
    /// than once; `Ok` means committed and synced. The operation checks first and writes then.
    pub(crate) fn write<T, F>(&self, action: &'static str, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        self.write_within(action, self.engine.settings.start(), operation)
    }

    /// As [`write`](Self::write), but only if no lock has to be waited for.
    pub(crate) fn try_write<T, F>(&self, action: &'static str, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let at_once = Settings {
            busy_timeout: Duration::ZERO,
            ..self.engine.settings
        };
        self.write_within(action, at_once.start(), operation)
    }

    /// As [`write`](Self::write), in a call that began before.
    pub(crate) fn write_within<T, F>(
        &self,
        action: &'static str,
        wait: Wait,
        operation: F,
    ) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let context = self.engine.context(action, wait);
        // Before any of our own locks, which a fork has as they were.
        self.engine
            .check_process()
            .map_err(|fault| fault.into_error(context))?;
        let call = Call::new(operation);
        let job: Arc<dyn Job> = Arc::<Call<T, F>>::clone(&call);
        self.queue
            .run(job, wait, |queue| self.commit_waiting(queue, wait))
            .map_err(|fault| fault.into_error(context))?;
        match call.take_result() {
            Some(result) => result.map_err(|fault| fault.into_error(context)),
            None => Err(Error::OutcomeUnknown(StorageError::new(
                action,
                self.path(),
                "the call was not decided",
            ))),
        }
    }

    /// Leads one commit: decides every waiting call in one transaction.
    fn commit_waiting(&self, queue: &Queue, wait: Wait) -> Result<Answered, Fault> {
        let led = guarded(|| self.lead(queue, wait));
        if let Err(Fault::Panicked(_)) = &led {
            self.engine.note_broken();
        }
        led
    }

    fn lead(&self, queue: &Queue, wait: Wait) -> Result<Answered, Fault> {
        self.engine.let_go();
        let (_held, transaction) = self.engine.begin_write(wait)?;
        let decided = self.decide_waiting(queue, &transaction);
        let Decided {
            batch,
            wrote,
            spoiled,
        } = decided.inspect_err(|fault| self.engine.note(fault))?;
        if let Some(culprit) = spoiled {
            // Nothing was changed, for anybody: the culprit has its error, the others try again.
            self.abort(transaction);
            Ok(batch.finish(|position| position == culprit))
        } else if wrote.contains(&true) {
            Ok(self.commit(transaction, batch, &wrote))
        } else {
            self.abort(transaction);
            Ok(batch.finish(|_| true))
        }
    }

    /// Undoes what was not committed. An engine that fails at this may keep its write lock for ever, so
    /// it is reopened.
    fn abort(&self, transaction: redb::WriteTransaction) {
        if guarded(|| Ok(transaction.abort()?)).is_err() {
            self.engine.note_broken();
        }
    }

    fn decide_waiting<'q>(
        &self,
        queue: &'q Queue,
        transaction: &redb::WriteTransaction,
    ) -> Result<Decided<'q>, Fault> {
        let mut tables = guarded(|| {
            let tables = WriteTx::open(transaction)?;
            self.check_writable(&tables)?;
            Ok(tables)
        })?;
        let mut batch = queue.take();
        let mut wrote = Vec::new();
        let mut spoiled = None;
        while let Some(job) = batch.job(wrote.len()) {
            tables.forget_changes();
            match job.run(&mut tables) {
                Ran::Decided => wrote.push(tables.has_changed()),
                Ran::Spoiled { engine_broken } => {
                    if engine_broken {
                        self.engine.note_broken();
                    }
                    spoiled = Some(wrote.len());
                    break;
                }
            }
            // Who came while the others were decided shares their commit.
            if batch.job(wrote.len()).is_none() {
                batch.take_more();
            }
            if batch.job(wrote.len()).is_none() {
                batch.take_returning();
            }
        }
        Ok(Decided {
            batch,
            wrote,
            spoiled,
        })
    }

    /// Commits, and answers the calls of the batch; `wrote` tells which of them changed something.
    fn commit(
        &self,
        transaction: redb::WriteTransaction,
        mut batch: Batch<'_>,
        wrote: &[bool],
    ) -> Answered {
        batch.begin_commit();
        let wrote = |position: usize| wrote.get(position).copied().unwrap_or(false);
        match self.engine.commit(transaction) {
            Ok(()) => batch.finish(|_| true),
            Err(failure) => {
                for (position, job) in batch.jobs().enumerate() {
                    if wrote(position) {
                        job.fail(failure.fault());
                    }
                }
                // What the others were told may rest on changes that did not happen: decided again.
                batch.finish(wrote)
            }
        }
    }

    /// Refuses to write into a file of a newer schema: another process may have migrated it.
    fn check_writable(&self, tables: &impl Tables) -> Result<(), Fault> {
        let version = schema::read_version(tables.meta()?)?;
        if version.schema == self.engine.newest() {
            Ok(())
        } else {
            Err(admission::too_new(
                self.path(),
                version,
                self.engine.newest(),
            ))
        }
    }
}

/// What became of a batch before its commit.
struct Decided<'q> {
    batch: Batch<'q>,
    /// By position: whether the call changed something.
    wrote: Vec<bool>,
    /// The position of the call that made the transaction unfit to commit.
    spoiled: Option<usize>,
}
