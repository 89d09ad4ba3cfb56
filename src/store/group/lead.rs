//! Writing: every change of the file goes through here, and waiting callers share a commit.

use std::sync::Arc;

use redb::WriteTransaction;

use super::batch::Batch;
use super::job::{Job, Operation, Verdict};
use super::queue::Queue;
use super::ticket::Announcement;
use crate::error::{Error, Result, StorageError};
use crate::store::disk::recognition;
use crate::store::engine::{Engine, OpenDatabase};
use crate::store::fault::{Context, Fault, guarded};
use crate::store::format::schema;
use crate::store::format::tables::Tables;
use crate::store::rows::touched::Touched;
use crate::store::rows::write::WriteTx;
use crate::store::wait::Wait;

/// Runs `operation` in a write transaction, perhaps together with other callers' and perhaps more than
/// once; `Ok` means committed and synced. The operation checks first and writes then.
pub(in crate::store) fn write<T, F>(
    engine: &Engine,
    queue: &Queue,
    context: Context<'_>,
    operation: Arc<Operation<T, F>>,
) -> Result<T>
where
    T: Send + 'static,
    F: FnMut(&mut WriteTx<'_>) -> Result<T, Fault> + Send + 'static,
{
    // Before any of our own locks, which a fork has as they were.
    let checked = engine.check_process();
    checked.map_err(|fault| fault.into_error(context))?;
    let job: Arc<dyn Job> = Arc::<Operation<T, F>>::clone(&operation);
    let leader = Leader {
        engine,
        wait: context.wait,
    };
    queue
        .run(job, context.wait, |queue| leader.lead(queue))
        .map_err(|fault| fault.into_error(context))?;
    match operation.take_result() {
        Some(result) => result.map_err(|fault| fault.into_error(context)),
        None => Err(Error::OutcomeUnknown(StorageError::new(
            context.action,
            context.path,
            "the call was not decided",
        ))),
    }
}

/// The caller whose thread makes the commit, for all who wait.
struct Leader<'e> {
    engine: &'e Engine,
    wait: Wait,
}

impl Leader<'_> {
    /// Leads one commit: decides every waiting call in one transaction.
    fn lead(&self, queue: &Queue) -> Result<Announcement, Fault> {
        let led = guarded(|| self.decide_and_commit(queue));
        if let Err(Fault::Panicked(_)) = &led {
            self.engine.note_broken();
        }
        led
    }

    fn decide_and_commit(&self, queue: &Queue) -> Result<Announcement, Fault> {
        let (held, transaction) = self.engine.begin_write(self.wait)?;
        let decided = self.decide(queue, &transaction);
        let Decision {
            batch,
            wrote,
            culprit,
            touched,
        } = decided.inspect_err(|fault| self.engine.note(fault))?;
        if let Some(culprit) = culprit {
            // Nothing was changed, for anybody: the culprit has its error, the others try again.
            self.abort(transaction);
            Ok(batch.finish(|position| position == culprit))
        } else if wrote.contains(&true) {
            Ok(self.commit(&held, (transaction, touched), batch, &wrote))
        } else {
            // Refusals and calls that found all as they want it cost no sync.
            self.abort(transaction);
            Ok(batch.finish(|_| true))
        }
    }

    /// Undoes what was not committed. An engine that fails at this may keep its write lock for ever, so
    /// it is reopened.
    fn abort(&self, transaction: WriteTransaction) {
        if guarded(|| Ok(transaction.abort()?)).is_err() {
            self.engine.note_broken();
        }
    }

    fn decide<'q>(
        &self,
        queue: &'q Queue,
        transaction: &WriteTransaction,
    ) -> Result<Decision<'q>, Fault> {
        // Before anybody is taken from the queue: a failure here is the leader's alone, and those who wait
        // lead and fail, or not, by themselves.
        let mut tables = guarded(|| {
            let tables = WriteTx::new(transaction);
            self.check_writable(&tables)?;
            Ok(tables)
        })?;
        // Taken only now, under the write lock, so that all who came while it was waited for are in it.
        let mut batch = Batch::take(queue);
        let mut wrote = Vec::new();
        // In order of arrival, each on what those before it have written: the limit holds among them too.
        while let Some(job) = batch.job(wrote.len()) {
            tables.begin_call();
            match job.run(&mut tables) {
                Verdict::Sound => wrote.push(tables.has_changed()),
                // Half a change must not be committed, and cannot be undone by itself: all or nothing.
                Verdict::Spoiled { engine_broken } => {
                    if engine_broken {
                        self.engine.note_broken();
                    }
                    let culprit = Some(wrote.len());
                    return Ok(Decision {
                        batch,
                        wrote,
                        culprit,
                        touched: Touched::All,
                    });
                }
            }
            // Who came while the others were decided shares their commit.
            if batch.job(wrote.len()).is_none() {
                batch.take_more();
            }
            // And so does who was here for the last commit and is about to call again.
            if batch.job(wrote.len()).is_none() {
                batch.take_returning();
            }
        }
        Ok(Decision {
            batch,
            wrote,
            culprit: None,
            touched: tables.touched().clone(),
        })
    }

    /// Commits, and answers the calls of the batch; `wrote` tells which of them changed something.
    fn commit(
        &self,
        held: &OpenDatabase,
        (transaction, touched): (WriteTransaction, Touched),
        mut batch: Batch<'_>,
        wrote: &[bool],
    ) -> Announcement {
        batch.begin_commit();
        let wrote = |position: usize| wrote.get(position).copied().unwrap_or(false);
        match self.engine.commit(held, transaction, touched) {
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
        let newest = self.engine.newest();
        if version.schema == newest {
            Ok(())
        } else {
            Err(recognition::too_new(self.engine.path(), version, newest))
        }
    }
}

/// What became of a batch before its commit.
struct Decision<'q> {
    batch: Batch<'q>,
    /// By position: whether the call changed something.
    wrote: Vec<bool>,
    /// The position of the call that made the transaction unfit to commit.
    culprit: Option<usize>,
    /// What the transaction will have changed.
    touched: Touched,
}
