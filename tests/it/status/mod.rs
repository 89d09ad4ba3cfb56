//! Who drives a session and what that does: reports, statuses, lists by liveness.

mod damaged;
mod drivers;
mod letting_go;
mod lists;
mod places;
#[cfg(target_os = "linux")]
mod probes;
mod processes;
mod reports;
