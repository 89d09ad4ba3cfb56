//! Every way a call can fail, and what is true afterwards.

mod causes;
mod import_clash;
mod json;
mod kinds;
mod owners_folder;
mod phrases;
mod sort;
mod storage;
#[cfg(test)]
mod tests;

pub use import_clash::ImportClash;
pub use kinds::Error;
pub use owners_folder::{OwnersFolderError, OwnersFolderProblem};
pub use storage::StorageError;

/// The result of every fallible call in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
