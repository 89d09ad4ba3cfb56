//! What a program that uses the registry sees, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
#![allow(clippy::print_stderr, reason = "random tests print their seeds")]

mod bad_input;
mod clock;
#[cfg(feature = "cli")]
mod command_line;
mod compact;
mod damage;
mod default_session;
mod fast;
mod full_disk;
mod get_or_register;
mod handle;
mod life;
mod limit;
mod list;
mod lookup;
mod model;
mod modify;
mod opening;
mod processes;
mod register;
mod rename;
mod sharing;
mod snapshot;
mod support;
mod surroundings;
mod tidy;
mod unregister;
mod update;
mod world;
