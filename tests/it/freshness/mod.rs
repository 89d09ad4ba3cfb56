//! Group commit and the read shortcuts, from outside: whatever the timing, the answers are those of some
//! serial order, and no lookup is older than what was acknowledged before it.

pub(crate) mod fresh;
mod histories;
