//! How a question is answered fast and right.

pub(in crate::store) mod asking;
pub(in crate::store) mod cache;
