//! Concurrent calls, and whether some serial order explains what they answered.

pub(crate) mod calls;
pub(crate) mod checker;
pub(crate) mod model;
