//! What one transaction can do: read, find, write and verify rows together with their index entries.

pub(in crate::store) mod claims;
pub(in crate::store) mod closed;
pub(in crate::store) mod happening;
mod indexed;
pub(in crate::store) mod lists;
pub(in crate::store) mod log;
pub(in crate::store) mod order;
pub(in crate::store) mod read;
pub(in crate::store) mod rebuild;
mod recorded;
pub(in crate::store) mod resolve;
mod row_parts;
pub(in crate::store) mod scan;
mod source;
pub(in crate::store) mod sums;
pub(in crate::store) mod touched;
pub(in crate::store) mod verification;
pub(in crate::store) mod verify;
mod verify_log;
pub(in crate::store) mod view;
pub(in crate::store) mod waiters;
pub(in crate::store) mod walk;
pub(in crate::store) mod write;
pub(in crate::store) mod writes;
