//! What several tests need.

pub(crate) mod child;
pub(crate) mod owners;
pub(crate) mod place;
pub(crate) mod raw;
pub(crate) mod records;
pub(crate) mod system;
pub(crate) mod values;

pub(crate) use crate::shared::{refusal, soak};
