//! What several tests need.

pub(crate) mod child;
pub(crate) mod soak;
