//! Who drives a session: claiming, taking over, letting go, dying.

mod abandoned;
mod claim;
pub(crate) mod driver;
mod owner_files;
mod pretended_death;
mod processes;
mod races;
pub(crate) mod restless;
mod resume;
mod start;
pub(crate) mod starters;
mod take_over;
