//! What happens around the file: moved, deleted, linked, protected, and clocks that go back.

mod clock;
#[cfg(unix)]
mod links;
#[cfg(unix)]
mod permissions;
#[cfg(unix)]
pub(crate) mod puppet;
mod replaced;

use session_registry::{ProjectPath, Session};

pub(crate) fn session_at(path: &str) -> Session {
    Session::builder(ProjectPath::new(path).unwrap()).build()
}
