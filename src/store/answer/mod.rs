//! How a question is answered fast and right.

mod cache;
mod lookups;

pub(in crate::store) use lookups::Lookups;
