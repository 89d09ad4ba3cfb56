//! Where the bytes live: the file, the backend the engine runs on, how files come to be and are let in.

pub(in crate::store) mod admission;
pub(in crate::store) mod backend;
pub(in crate::store) mod copy;
pub(in crate::store) mod create;
pub(in crate::store) mod descriptors;
pub(in crate::store) mod directory;
pub(in crate::store) mod file;
pub(in crate::store) mod file_system;
pub(in crate::store) mod header;
pub(in crate::store) mod host;
pub(in crate::store) mod image;
pub(in crate::store) mod inspection;
pub(in crate::store) mod leftovers;
mod length;
pub(in crate::store) mod locks;
pub(in crate::store) mod medium;
pub(in crate::store) mod overlay;
pub(in crate::store) mod owners_folder;
pub(in crate::store) mod plain;
pub(in crate::store) mod process;
pub(in crate::store) mod reader;
pub(in crate::store) mod recognition;
pub(in crate::store) mod whose;
