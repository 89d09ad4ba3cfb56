//! Files that are not what was written: every call answers rightly or with a typed error, and a refused
//! file stays as it was.

pub(crate) mod examiner;
mod flips;
mod foreign;
pub(crate) mod image;
pub(crate) mod live;
mod pages;
mod rows;
mod verdicts;
