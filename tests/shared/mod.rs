//! What the tests of `tests/it` and the unit tests of `src` share. It names the crate as its users do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests fail by panicking, and print their seeds"
)]
#![allow(dead_code, reason = "each of the two uses a part of it")]

pub(crate) mod history;
#[cfg(all(target_os = "linux", feature = "cli"))]
pub(crate) mod pty;
pub(crate) mod refusal;
pub(crate) mod rules;
pub(crate) mod soak;
