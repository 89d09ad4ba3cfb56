//! Group commit: callers that wait together share one transaction. Whoever comes first leads: it takes
//! the engine's write lock, then everybody who is waiting by then, decides their calls in the order of
//! arrival, commits once, and hands the lead to the next. There is no background thread.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::call::Job;
use super::fault::Fault;
use super::settings::Wait;
use crate::error::{Error, StorageError};

#[cfg(test)]
mod tests;

/// How many calls share one commit at most, so that the first of them does not wait for ever.
pub(super) const LARGEST_BATCH: usize = 256;

/// How long a commit is put off for callers who are expected back.
const LONGEST_MOMENT: Duration = Duration::from_micros(100);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In the queue; may leave.
    Waiting,
    /// At the head of the queue, and leading.
    Leading,
    /// In a batch; its answer comes.
    Taken,
    /// Its answer is there.
    Done,
}

pub(super) struct Ticket {
    pub(super) job: Arc<dyn Job>,
    stage: Mutex<Stage>,
    moved: Condvar,
}

impl Ticket {
    fn set(&self, stage: Stage) {
        *self.stage.lock() = stage;
        self.moved.notify_one();
    }

    fn is_done(&self) -> bool {
        *self.stage.lock() == Stage::Done
    }
}

#[derive(Default)]
pub(super) struct Queue {
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Arc<Ticket>>,
    led: bool,
    /// How many callers the last batch served and left waiting: as many may be back for the next.
    crowd: usize,
}

impl Queue {
    /// Brings `job` through a commit that `lead` makes: on this thread, or on that of a caller who came
    /// before. `lead` is called while this job's result is open and this thread is the leader; it takes
    /// a batch when it is ready to decide, and its error is this call's.
    pub(super) fn run(
        &self,
        job: Arc<dyn Job>,
        wait: Wait,
        mut lead: impl FnMut(&Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let ticket = self.join(job);
        if !self.await_lead(&ticket, wait)? {
            return Ok(());
        }
        let _hand_over = HandOver {
            queue: self,
            ticket: &ticket,
        };
        while !ticket.is_done() {
            if let Err(fault) = lead(self) {
                // What this call was answered counts for more than how the lead ended.
                return if ticket.is_done() { Ok(()) } else { Err(fault) };
            }
        }
        Ok(())
    }

    fn join(&self, job: Arc<dyn Job>) -> Arc<Ticket> {
        let mut line = self.line.lock();
        let stage = if line.led {
            Stage::Waiting
        } else {
            Stage::Leading
        };
        line.led = true;
        let ticket = Arc::new(Ticket {
            job,
            stage: Mutex::new(stage),
            moved: Condvar::new(),
        });
        line.waiting.push_back(Arc::clone(&ticket));
        ticket
    }

    /// Waits to lead (`true`) or to be answered (`false`). The deadline counts until the call is taken.
    fn await_lead(&self, ticket: &Arc<Ticket>, wait: Wait) -> Result<bool, Fault> {
        let mut stage = ticket.stage.lock();
        loop {
            match *stage {
                Stage::Leading => return Ok(true),
                Stage::Done => return Ok(false),
                Stage::Taken => ticket.moved.wait(&mut stage),
                Stage::Waiting => {
                    if !ticket
                        .moved
                        .wait_until(&mut stage, wait.deadline)
                        .timed_out()
                    {
                        continue;
                    }
                    drop(stage);
                    if self.leave(ticket) {
                        return Err(Fault::TimedOut);
                    }
                    stage = ticket.stage.lock();
                }
            }
        }
    }

    /// Leaves the queue; `false` when the call was taken, or given the lead, a moment before.
    fn leave(&self, ticket: &Arc<Ticket>) -> bool {
        let mut line = self.line.lock();
        if *ticket.stage.lock() != Stage::Waiting {
            return false;
        }
        line.waiting.retain(|other| !Arc::ptr_eq(other, ticket));
        true
    }

    /// Takes the calls that wait now, in order of arrival, the leader's first.
    pub(super) fn take(&self) -> Batch<'_> {
        let mut batch = Batch {
            queue: self,
            tickets: Vec::new(),
            committing: false,
            moment_ends: None,
        };
        batch.take_more();
        batch
    }

    #[cfg(test)]
    pub(super) fn waiting(&self) -> usize {
        self.line.lock().waiting.len()
    }
}

/// Ends a lead, however it ends: the leader leaves the queue and the next one leads.
struct HandOver<'a> {
    queue: &'a Queue,
    ticket: &'a Arc<Ticket>,
}

impl Drop for HandOver<'_> {
    fn drop(&mut self) {
        let mut line = self.queue.line.lock();
        line.waiting
            .retain(|other| !Arc::ptr_eq(other, self.ticket));
        match line.waiting.front() {
            Some(next) => next.set(Stage::Leading),
            None => line.led = false,
        }
    }
}

/// Calls whose answers are being decided. When the batch is dropped with neither answered nor sent back,
/// because the leader panicked, they go back to the queue; once a commit has begun, their outcome is
/// unknown.
pub(super) struct Batch<'a> {
    queue: &'a Queue,
    tickets: Vec<Arc<Ticket>>,
    committing: bool,
    /// When the moment is over that is given to returning callers.
    moment_ends: Option<Instant>,
}

impl Batch<'_> {
    pub(super) fn jobs(&self) -> impl Iterator<Item = &Arc<dyn Job>> {
        self.tickets.iter().map(|ticket| &ticket.job)
    }

    pub(super) fn job(&self, position: usize) -> Option<Arc<dyn Job>> {
        let ticket = self.tickets.get(position)?;
        Some(Arc::clone(&ticket.job))
    }

    /// Takes those who have come to wait meanwhile, as far as they fit. Nobody is woken for that: a call
    /// that is taken has nothing to do but wait on.
    pub(super) fn take_more(&mut self) {
        let mut line = self.queue.line.lock();
        let room = LARGEST_BATCH.saturating_sub(self.tickets.len());
        let count = line.waiting.len().min(room);
        for ticket in line.waiting.drain(..count) {
            *ticket.stage.lock() = Stage::Taken;
            self.tickets.push(ticket);
        }
    }

    /// As [`take_more`](Self::take_more), and gives those a moment who were here for the last batch and
    /// will be back: a commit costs far more than the moment. Does nothing where nobody else was.
    pub(super) fn take_returning(&mut self) {
        let expected = self.queue.line.lock().crowd.min(LARGEST_BATCH);
        if self.tickets.len() >= expected {
            return;
        }
        let before = self.tickets.len();
        let end = *self
            .moment_ends
            .get_or_insert_with(|| Instant::now() + LONGEST_MOMENT);
        while self.tickets.len() == before && Instant::now() < end {
            std::thread::yield_now();
            self.take_more();
        }
    }

    /// Notes that from now on the calls may have taken effect.
    pub(super) fn begin_commit(&mut self) {
        self.committing = true;
    }

    /// Ends the batch: the calls for which `answered` holds (by position) have their answers, the others
    /// go back to the front of the queue to be decided again.
    pub(super) fn finish(mut self, answered: impl Fn(usize) -> bool) {
        self.settle(answered);
    }

    fn settle(&mut self, answered: impl Fn(usize) -> bool) {
        let mut line = self.queue.line.lock();
        line.crowd = self.tickets.len() + line.waiting.len();
        let mut done = Vec::new();
        for (position, ticket) in std::mem::take(&mut self.tickets)
            .into_iter()
            .enumerate()
            .rev()
        {
            if answered(position) {
                done.push(ticket);
            } else {
                ticket.set(Stage::Waiting);
                line.waiting.push_front(ticket);
            }
        }
        drop(line);
        // Whoever is woken may be back at once: not while this thread keeps the line.
        for ticket in done.into_iter().rev() {
            ticket.set(Stage::Done);
        }
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if self.tickets.is_empty() {
            return;
        }
        let committing = self.committing;
        if committing {
            for ticket in &self.tickets {
                let source = "the thread that was committing panicked";
                let error = Error::OutcomeUnknown(StorageError::new("commit to", None, source));
                ticket.job.fail(Fault::Rule(error));
            }
        }
        self.settle(|_| committing);
    }
}
