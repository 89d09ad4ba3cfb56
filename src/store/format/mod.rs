//! Which bytes are in the file: tables, keys, rows, index entries, and the schema that they follow.

pub(in crate::store) mod change_row;
pub(in crate::store) mod claim_row;
pub(in crate::store) mod entries;
pub(in crate::store) mod head;
pub(in crate::store) mod keys;
pub(in crate::store) mod read_tables;
pub(in crate::store) mod schema;
pub(in crate::store) mod session_row;
pub(in crate::store) mod tables;
pub(in crate::store) mod waiter_row;
mod words;
pub(in crate::store) mod write_tables;
