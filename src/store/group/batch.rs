//! The calls that share one commit: taken together, decided one by one, and told last.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::job::Job;
use super::queue::Queue;
use super::ticket::{Announcement, Ticket};
use crate::error::{Error, StorageError};
use crate::store::fault::Fault;

/// How many calls share one commit at most, so that the first of them does not wait for ever.
pub(in crate::store) const LARGEST_BATCH: usize = 256;

/// How long a commit is put off for callers who are expected back.
const LONGEST_MOMENT: Duration = Duration::from_micros(100);

/// Calls whose answers are being decided. When the batch is dropped with neither answered nor sent back,
/// because the leader panicked, they go back to the queue; once a commit has begun, their outcome is
/// unknown.
pub(in crate::store) struct Batch<'a> {
    queue: &'a Queue,
    tickets: Vec<Arc<Ticket>>,
    committing: bool,
    /// When the moment is over that is given to returning callers.
    moment_ends: Option<Instant>,
}

impl<'a> Batch<'a> {
    /// Takes the calls that wait now, in order of arrival, the leader's first.
    pub(in crate::store) fn take(queue: &'a Queue) -> Self {
        let mut batch = Self {
            queue,
            tickets: Vec::new(),
            committing: false,
            moment_ends: None,
        };
        batch.take_more();
        batch
    }

    pub(super) fn jobs(&self) -> impl Iterator<Item = &Arc<dyn Job>> {
        self.tickets.iter().map(|ticket| ticket.job())
    }

    pub(super) fn job(&self, position: usize) -> Option<Arc<dyn Job>> {
        let ticket = self.tickets.get(position)?;
        Some(Arc::clone(ticket.job()))
    }

    /// Takes those who have come to wait meanwhile, as far as they fit.
    pub(super) fn take_more(&mut self) {
        let room = LARGEST_BATCH.saturating_sub(self.tickets.len());
        self.queue.hand_out(room, &mut self.tickets);
    }

    /// As [`take_more`](Self::take_more), and gives those a moment who were here for the last batch and
    /// will be back: a commit costs far more than the moment. Does nothing where nobody else was.
    pub(super) fn take_returning(&mut self) {
        let expected = self.queue.crowd().min(LARGEST_BATCH);
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
    pub(super) fn finish(mut self, answered: impl Fn(usize) -> bool) -> Announcement {
        self.settle(answered)
    }

    fn settle(&mut self, answered: impl Fn(usize) -> bool) -> Announcement {
        let tickets = std::mem::take(&mut self.tickets);
        self.queue.take_back(tickets, answered)
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
                ticket.job().fail(Fault::Rule(error));
            }
        }
        drop(self.settle(|_| committing));
    }
}
