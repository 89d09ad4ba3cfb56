//! Group commit: callers that wait together share one transaction. Whoever comes first leads: it takes
//! the engine's write lock, then everybody who is waiting by then, decides their calls in the order of
//! arrival, commits once, and hands the lead to the next. There is no background thread.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;

use super::job::Job;
use super::ticket::{Announcement, Stage, Ticket};
use crate::store::fault::Fault;
use crate::store::wait::Wait;

#[cfg(test)]
mod tests;

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
        mut lead: impl FnMut(&Self) -> Result<Announcement, Fault>,
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
        while ticket.stage() != Stage::Done {
            drop(answered.take());
            match lead(self) {
                Ok(some) => answered = Some(some),
                // What this call was answered counts for more than how the lead ended.
                Err(_) if ticket.stage() == Stage::Done => return Ok(()),
                Err(fault) => return Err(fault),
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
        let ticket = Ticket::new(job, stage);
        line.waiting.push_back(Arc::clone(&ticket));
        ticket
    }

    /// Waits to lead (`true`) or to be answered (`false`). The deadline counts until the call is taken.
    fn await_lead(&self, ticket: &Arc<Ticket>, wait: Wait) -> Result<bool, Fault> {
        loop {
            match ticket.wait(wait.deadline) {
                Stage::Leading => return Ok(true),
                Stage::Done => return Ok(false),
                Stage::Waiting | Stage::Taken => {}
            }
            // Taken, or given the lead, in the instant in which the deadline passed: waits on.
            if self.leave(ticket) {
                return Err(Fault::TimedOut);
            }
        }
    }

    /// Leaves the queue; `false` when the call was taken, or given the lead, a moment before.
    fn leave(&self, ticket: &Arc<Ticket>) -> bool {
        let mut line = self.line.lock();
        if ticket.stage() != Stage::Waiting {
            return false;
        }
        line.waiting.retain(|other| !Arc::ptr_eq(other, ticket));
        true
    }

    /// Moves the calls that wait now into `batch`, in order of arrival and `at_most` of them; one that shares with
    /// nobody only as the first, and none beside it. Nobody is woken for that: a call that is taken has nothing to
    /// do but wait on.
    pub(super) fn hand_out(&self, at_most: usize, batch: &mut Vec<Arc<Ticket>>) {
        let mut line = self.line.lock();
        for _ in 0..at_most {
            let is_shared = batch.first().is_none_or(|first| !first.job().is_alone());
            let fits =
                |next: &Arc<Ticket>| is_shared && (batch.is_empty() || !next.job().is_alone());
            if !line.waiting.front().is_some_and(fits) {
                return;
            }
            if let Some(ticket) = line.waiting.pop_front() {
                ticket.mark(Stage::Taken);
                batch.push(ticket);
            }
        }
    }

    /// Returns how many callers may be back for the next batch.
    pub(super) fn crowd(&self) -> usize {
        self.line.lock().crowd
    }

    /// Ends a batch: the calls for which `answered` holds (by position) have their answers, the others go
    /// back to the front of the queue to be decided again.
    pub(super) fn take_back(
        &self,
        batch: Vec<Arc<Ticket>>,
        answered: impl Fn(usize) -> bool,
    ) -> Announcement {
        let mut line = self.line.lock();
        line.crowd = batch.len() + line.waiting.len();
        let mut done = Vec::new();
        for (position, ticket) in batch.into_iter().enumerate().rev() {
            if answered(position) {
                ticket.mark(Stage::Done);
                done.push(ticket);
            } else {
                ticket.mark(Stage::Waiting);
                // Its deadline counts again.
                ticket.tell();
                line.waiting.push_front(ticket);
            }
        }
        Announcement(done)
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
