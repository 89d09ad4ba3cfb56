//! Who shares a commit: the queue of callers, their calls, and the one who leads.

pub(in crate::store) mod call;
pub(in crate::store) mod lead;
pub(in crate::store) mod queue;
