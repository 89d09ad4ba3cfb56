//! A command that runs for us, and what happens meanwhile.

#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod heirs;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod witness;

use std::time::Duration;

#[cfg(not(unix))]
pub(crate) use console::{Heirs, Supervisor};
#[cfg(unix)]
pub(crate) use heirs::Heirs;
#[cfg(unix)]
pub(crate) use supervisor::Supervisor;
#[cfg(unix)]
pub(crate) use witness::{bear_witness, is_witness, own_program};

/// How often it is looked whether the command should still run.
const LOOK: Duration = Duration::from_millis(500);

/// What becomes of the command after a look at what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It goes on, and will be looked after.
    GoesOn,
    /// It goes on, and there is nothing more to look for.
    GoesOnUnseen,
    /// It is asked to end, and made to after a while.
    Ends,
}
