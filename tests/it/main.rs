//! What a program that uses the registry sees, on real files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]
#![cfg_attr(
    not(target_os = "linux"),
    allow(
        unused_imports,
        dead_code,
        reason = "what only Linux or Unix has is tried there alone"
    )
)]
#![allow(clippy::print_stderr, reason = "random tests print their seeds")]

mod bad_input;
mod batch;
mod choices;
mod claims;
mod clock;
mod closing;
#[cfg(feature = "cli")]
mod command_line;
mod compact;
mod crowd;
mod damage;
mod default_session;
mod feed;
mod finding;
mod forms;
mod freshness;
#[cfg(unix)]
mod full_disk;
mod get_or_register;
mod handle;
mod json;
mod limit;
mod listing;
mod model;
mod modify;
mod opening;
mod places;
mod processes;
mod reading;
mod register;
mod relations;
mod rename;
#[path = "../shared/mod.rs"]
mod shared;
mod sharing;
mod snapshot;
mod status;
mod support;
mod surroundings;
mod tidy;
mod touch;
mod transfer;
mod try_modify;
mod unregister;
mod update;
mod waiting;
mod world;
