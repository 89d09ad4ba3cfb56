//! What several tests need.

pub(crate) mod child;
pub(crate) mod place;
pub(crate) mod refusal;
pub(crate) mod soak;
pub(crate) mod values;
