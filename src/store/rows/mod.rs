//! What one transaction can do: read, find, write and verify rows together with their index entries.

pub(in crate::store) mod claims;
mod indexed;
pub(in crate::store) mod lists;
pub(in crate::store) mod order;
pub(in crate::store) mod read;
pub(in crate::store) mod rebuild;
pub(in crate::store) mod resolve;
mod source;
pub(in crate::store) mod verification;
pub(in crate::store) mod verify;
pub(in crate::store) mod view;
pub(in crate::store) mod walk;
pub(in crate::store) mod write;
pub(in crate::store) mod writes;
