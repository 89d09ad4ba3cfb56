//! Looking after the file.

use std::path::Path;

use super::SessionRegistry;
use crate::error::Result;
use crate::store::{Stats, Verification};

impl SessionRegistry {
    /// Checks everything, and returns what it found: the checksum of every page, every row, every index entry
    /// in both directions and every setting. Changes nothing. Others can read meanwhile; writers wait while the
    /// pages are read (0.3 s for a million sessions). A handle that only reads makes nobody wait: it compares
    /// the pages only while nobody has the file open for writing, which
    /// [`pages_checked`](Verification::pages_checked) tells.
    ///
    /// # Errors
    ///
    /// Damage is the answer, not an error. What [every read](crate#errors) can answer otherwise, and
    /// [`Busy`](crate::Error::Busy).
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// assert!(registry.verify()?.is_clean());
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify(&self) -> Result<Verification> {
        self.inner.store.verify()
    }

    /// Makes every index anew from the rows, in one transaction, and forgets a default session that is
    /// not registered. Rows are never changed. Returns what was found before; what it could not mend,
    /// unreadable rows above all, [`verify`](Self::verify) finds again.
    ///
    /// # Errors
    ///
    /// What [every write](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// for found in registry.rebuild_indexes()?.inconsistencies {
    ///     println!("mended, if it could be: {found}");
    /// }
    /// assert!(registry.verify()?.is_clean());
    /// # Ok(())
    /// # }
    /// ```
    pub fn rebuild_indexes(&self) -> Result<Verification> {
        self.inner.store.rebuild_indexes()
    }

    /// Copies the registry, as it is at this moment, into a new file at `path`, readable by its owner
    /// only. Others go on reading and writing. The copy has no
    /// claims: nobody drives its sessions. Never copy the file of a registry that is in use by other
    /// means: one copy in three is unreadable.
    ///
    /// To restore a backup, end every program that uses the registry, and put a copy of the backup in
    /// its place.
    ///
    /// # Errors
    ///
    /// [`TargetExists`](crate::Error::TargetExists), [`Storage`](crate::Error::Storage) when the copy
    /// cannot be written, and what [every read](crate#errors) can answer. On an error there is nothing
    /// at `path`.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let target = directory.path().join("sessions.backup");
    /// let registry = SessionRegistry::in_memory()?;
    /// registry.backup_to(&target)?;
    /// assert!(SessionRegistry::open(&target)?.is_empty()?);
    /// assert_eq!(registry.backup_to(&target).unwrap_err().code(), "target_exists");
    /// # Ok(())
    /// # }
    /// ```
    pub fn backup_to(&self, path: impl AsRef<Path>) -> Result<()> {
        self.inner.store.backup_to(path.as_ref())
    }

    /// Gives unused space in the file back to the file system, and packs what stays: ids come in random
    /// order and leave about a third of each page empty. Worth it after many more sessions than now were
    /// registered once, or after a great many were; never done by itself.
    ///
    /// Every page is verified first, and everything is written anew in one transaction, so the disk
    /// needs room for a second copy meanwhile. Takes 4 ms for ten sessions, 1 s for 100,000, 13 s for a
    /// million; others cannot open the registry meanwhile.
    ///
    /// # Errors
    ///
    /// [`InUse`](crate::Error::InUse) when any other handle or process has the registry open for writing, or
    /// any [`Snapshot`](crate::Snapshot) of it lives; and what [every write](crate#errors) can answer.
    /// The registry is as it was.
    ///
    /// ```
    /// use session_registry::{Error, SessionRegistry};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let directory = tempfile::tempdir()?;
    /// # let file = directory.path().join("sessions.redb");
    /// let registry = SessionRegistry::open(&file)?;
    /// let other = SessionRegistry::open(&file)?;
    /// assert!(matches!(registry.compact(), Err(Error::InUse { .. })));
    /// other.close()?;
    /// registry.compact()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn compact(&self) -> Result<()> {
        self.inner.store.compact()
    }

    /// Returns figures about the registry and its file.
    ///
    /// # Errors
    ///
    /// What [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let stats = SessionRegistry::in_memory()?.stats()?;
    /// assert_eq!((stats.open_sessions, stats.max_sessions), (0, 10));
    /// # Ok(())
    /// # }
    /// ```
    pub fn stats(&self) -> Result<Stats> {
        self.inner.store.stats()
    }
}
