//! Waiting for a slot: who comes first is first, and nobody is forgotten.

mod ends;
mod free;
mod killed;
mod left_behind;
#[cfg(unix)]
mod stopped;
pub(crate) mod waiter;

use std::thread;
use std::time::Instant;

use session_registry::SessionRegistry;

use crate::support::child::HANG;

/// Returns when so many wait.
fn until_waiting(registry: &SessionRegistry, count: u64) {
    let begun = Instant::now();
    while registry.waiting().unwrap() != count {
        assert!(begun.elapsed() < HANG, "never {count} who wait");
        thread::yield_now();
    }
}
