//! A call's place in the queue: who waits, who leads, who has an answer.

use std::sync::Arc;
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

use super::job::Job;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
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
    job: Arc<dyn Job>,
    stage: Mutex<Stage>,
    moved: Condvar,
}

impl Ticket {
    pub(super) fn new(job: Arc<dyn Job>, stage: Stage) -> Arc<Self> {
        Arc::new(Self {
            job,
            stage: Mutex::new(stage),
            moved: Condvar::new(),
        })
    }

    pub(super) fn job(&self) -> &Arc<dyn Job> {
        &self.job
    }

    pub(super) fn stage(&self) -> Stage {
        *self.stage.lock()
    }

    /// Changes the stage, of which the caller is told later or never.
    pub(super) fn mark(&self, stage: Stage) {
        *self.stage.lock() = stage;
    }

    pub(super) fn tell(&self) {
        self.moved.notify_one();
    }

    /// Waits while the stage is one in which the caller has nothing to do, and returns the one that comes:
    /// `Leading`, `Done`, or `Waiting` when `deadline` passed first. A call that is taken gets its answer,
    /// so that no deadline counts meanwhile.
    pub(super) fn wait(&self, deadline: Instant) -> Stage {
        let mut stage = self.stage.lock();
        loop {
            match *stage {
                Stage::Leading | Stage::Done => return *stage,
                Stage::Taken => self.moved.wait(&mut stage),
                Stage::Waiting => {
                    let woken = self.moved.wait_until(&mut stage, deadline);
                    if woken.timed_out() {
                        return Stage::Waiting;
                    }
                }
            }
        }
    }
}

/// Calls that have their answers, the last one first: when this is dropped they are told.
#[must_use]
pub(in crate::store) struct Announcement(pub(super) Vec<Arc<Ticket>>);

impl Drop for Announcement {
    fn drop(&mut self) {
        self.0.iter().rev().for_each(|ticket| ticket.tell());
    }
}
