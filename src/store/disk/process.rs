//! Which process opened a file. A fork has the same open files, and with them the same locks: the system
//! takes both for one, and lets both write at once.

use crate::error::Error;
use crate::store::fault::Fault;

/// The process that opened something.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Process(u32);

impl Process {
    pub(in crate::store) fn this() -> Self {
        Self(std::process::id())
    }

    /// Whether this process is a fork of that one.
    pub(in crate::store) fn is_another(self) -> bool {
        std::process::id() != self.0
    }

    /// Fails in a fork.
    pub(in crate::store) fn check(self) -> Result<(), Fault> {
        if self.is_another() {
            return Err(Error::ForkedProcess.into());
        }
        Ok(())
    }
}
