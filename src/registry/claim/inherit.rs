//! A proof of life that outlives its process.

use std::process::Command;

use super::Claim;
use crate::error::Result;

impl Claim {
    /// Lets every program that `command` starts keep the proof of life too: as long as one of them lives, or
    /// anything that they started and that kept their descriptors, the claim counts as alive, however this
    /// process ends. For wrappers, so that a session is not given to somebody else beside a program that still
    /// drives it. In memory it does nothing: there the claim dies with its registry.
    ///
    /// It changes nothing about who has the claim. [`release`](Self::release), dropping this value, closing the
    /// session and taking it over end it at once, whoever still has the proof. The proof is the handle's: all of
    /// its claims count as alive for as long.
    ///
    /// The program inherits one more descriptor, which it need not know of, and programs that are started
    /// otherwise do not. One that closes all descriptors that it does not know gives the proof up.
    ///
    /// # Errors
    ///
    /// [`Storage`](crate::Error::Storage) when this process has no descriptor left.
    ///
    /// ```
    /// use std::process::Command;
    ///
    /// use session_registry::{ProjectPath, SessionRegistry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let registry = SessionRegistry::open(&file)?;
    /// let id = registry.register(registry.session(ProjectPath::new("/work/app")?).build())?.id();
    /// let claim = registry.claim(id)?;
    /// let mut agent = Command::new("true");
    /// claim.inherit(&mut agent)?;
    /// agent.spawn()?.wait()?;
    /// claim.release()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn inherit(&self, command: &mut Command) -> Result<()> {
        self.lock.inherit(command)
    }
}
