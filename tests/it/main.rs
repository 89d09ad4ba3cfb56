//! What a program that uses the registry sees, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
#![allow(clippy::print_stderr, reason = "random tests print their seeds")]

mod damage;
mod processes;
mod support;
mod world;

#[cfg(feature = "cli")]
mod command_line;
