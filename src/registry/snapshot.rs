//! One consistent view.

use std::fmt;
use std::sync::Arc;

use super::asker::Asker;
use super::{Inner, SessionRegistry};
use crate::error::Result;
use crate::session::Session;
use crate::store::{Call, Fault, LookupKey, PinnedView, View};

/// One consistent view of the registry: every answer comes from the same moment, whatever is written
/// meanwhile. It also answers faster than the registry itself, which begins anew for each call.
///
/// Hold it briefly. While it lives, the pages it sees stay in the file, in every process: 300 changes
/// beside one forgotten snapshot grow a file of 70 KiB to 18 MiB.
///
/// When the engine behind it is reopened after an I/O error, its calls get
/// [`SnapshotLost`](crate::Error::SnapshotLost); when the registry is closed,
/// [`Closed`](crate::Error::Closed).
///
/// ```
/// use session_registry::{ProjectPath, Session, SessionRegistry};
///
/// # fn main() -> session_registry::Result<()> {
/// let registry = SessionRegistry::in_memory()?;
/// let before = registry.snapshot()?;
/// registry.register(Session::builder(ProjectPath::new("/work/app")?).build())?;
/// assert_eq!((before.count()?, registry.count()?), (0, 1));
/// # Ok(())
/// # }
/// ```
#[must_use = "a snapshot pins pages of the file for as long as it lives: ask it, or take none"]
pub struct Snapshot {
    pinned: PinnedView,
    inner: Arc<Inner>,
}

impl SessionRegistry {
    /// Returns a consistent view of the registry as it is now.
    ///
    /// # Errors
    ///
    /// What [every read](crate#errors) can answer.
    ///
    /// ```
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let now = registry.snapshot()?;
    /// // Both from the same moment, whoever writes in between.
    /// assert_eq!(now.list_ids()?.len() as u64, now.count()?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot {
            pinned: self.call().pin()?,
            inner: Arc::clone(&self.inner),
        })
    }

    pub(super) fn ask<T>(&self, question: impl Fn(&View) -> Result<T, Fault>) -> Result<T> {
        self.call().read("read", question)
    }

    pub(super) fn asker(&self) -> Asker<'_> {
        Asker::present(self.call(), &self.inner.owners)
    }

    /// Begins a call, all of whose steps together wait until one deadline.
    pub(super) fn call(&self) -> Call<'_> {
        self.inner.store.call()
    }

    pub(super) fn find_one(&self, key: LookupKey<'_>) -> Result<Option<Session>> {
        self.call().find(key)
    }
}

impl Snapshot {
    pub(super) fn ask<T>(&self, question: impl Fn(&View) -> Result<T, Fault>) -> Result<T> {
        self.pinned.read("read", question)
    }

    pub(super) fn asker(&self) -> Asker<'_> {
        Asker::pinned(&self.pinned, &self.inner.owners)
    }

    pub(super) fn find_one(&self, key: LookupKey<'_>) -> Result<Option<Session>> {
        self.inner.store.find_pinned(&self.pinned, key)
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("store", &self.inner.store)
            .finish_non_exhaustive()
    }
}
