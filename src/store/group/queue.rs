//! Group commit: callers that wait together share one transaction. Whoever comes first leads: it takes
//! the engine's write lock, then everybody who is waiting by then, decides their calls in the order of
//! arrival, commits once, and hands the lead to the next. There is no background thread.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};

use super::call::Job;
use crate::store::fault::Fault;
use crate::store::settings::Wait;

mod batch;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(in crate::store) use batch::LARGEST_BATCH;
pub(in crate::store) use batch::{Answered, Batch};

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

pub(in crate::store) struct Ticket {
    pub(in crate::store) job: Arc<dyn Job>,
    stage: Mutex<Stage>,
    moved: Condvar,
}

impl Ticket {
    /// Changes the stage, of which the caller is told later or never.
    fn mark(&self, stage: Stage) {
        *self.stage.lock() = stage;
    }

    fn tell(&self) {
        self.moved.notify_one();
    }

    fn is_done(&self) -> bool {
        *self.stage.lock() == Stage::Done
    }
}

#[derive(Default)]
pub(in crate::store) struct Queue {
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
    /// a batch when it is ready to decide, answers whom it has answered, and its error is this call's.
    pub(in crate::store) fn run(
        &self,
        job: Arc<dyn Job>,
        wait: Wait,
        mut lead: impl FnMut(&Self) -> Result<Answered, Fault>,
    ) -> Result<(), Fault> {
        let ticket = self.join(job);
        if !self.await_lead(&ticket, wait)? {
            return Ok(());
        }
        let mut answered = None;
        // Goes before `answered`: waking many takes long, and the next one leads meanwhile.
        let _hand_over = HandOver {
            queue: self,
            ticket: &ticket,
        };
        while !ticket.is_done() {
            drop(answered.take());
            match lead(self) {
                Ok(some) => answered = Some(some),
                // What this call was answered counts for more than how the lead ended.
                Err(fault) => return if ticket.is_done() { Ok(()) } else { Err(fault) },
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

    #[cfg(test)]
    pub(in crate::store) fn waiting(&self) -> usize {
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
            Some(next) => {
                next.mark(Stage::Leading);
                next.tell();
            }
            None => line.led = false,
        }
    }
}
