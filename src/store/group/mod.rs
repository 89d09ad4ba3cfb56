//! Who shares a commit: the queue of callers, their calls, and the one who leads.

mod batch;
mod job;
mod lead;
mod queue;
mod ticket;

#[cfg(test)]
pub(in crate::store) use batch::{Batch, LARGEST_BATCH};
pub(in crate::store) use job::Operation;
pub(in crate::store) use lead::write;
pub(in crate::store) use queue::Queue;
