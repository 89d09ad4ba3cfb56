//! What a program that uses the registry sees, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
#![allow(clippy::print_stderr, reason = "random tests print their seeds")]

mod default_session;
mod get_or_register;
mod life;
mod limit;
mod modify;
mod processes;
mod register;
mod rename;
mod support;
mod unregister;
mod update;

#[cfg(feature = "cli")]
mod command_line;
