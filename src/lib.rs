#![doc = include_str!("../README.md")]

mod error;
mod session;

pub use error::{BoxedSource, Error, Result, StorageError};
pub use session::*;
