//! A watch for loops that wait for other things too.

use std::fmt;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use super::Watch;
use crate::error::{Error, Result, StorageError};
use crate::session::Changes;
use crate::store::Readiness;

/// A [`Watch`] with a descriptor that can be read from (in the sense of `poll`) whenever there may be something to
/// see: for epoll, mio, and tokio's `AsyncFd`. Linux only.
///
/// Wait for the descriptor, then ask [`try_next`](Self::try_next) until it returns `None`. There may be nothing
/// to see: it is also ready about once a second, and in the middle of commits. Nothing is ever to be read from or written to the
/// descriptor itself.
///
/// ```
/// use rustix::event::{PollFd, PollFlags, poll};
/// use session_registry::SessionRegistry;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let registry = SessionRegistry::in_memory()?;
/// let mut watch = registry.watch()?.pollable()?;
/// registry.set_max_sessions(3)?;
/// let happened = loop {
///     poll(&mut [PollFd::new(&watch, PollFlags::IN)], None)?;
///     if let Some(happened) = watch.try_next()? {
///         break happened;
///     }
/// };
/// assert_eq!(happened.revision, 1);
/// # Ok(())
/// # }
/// ```
#[must_use = "a watch tells nothing by itself: wait for its descriptor, and ask it"]
pub struct PollableWatch {
    // Before the watch, whose descriptors it is over.
    readiness: Readiness,
    watch: Watch,
}

impl Watch {
    /// Returns this watch with a descriptor to wait for; in memory too.
    ///
    /// # Errors
    ///
    /// [`Storage`](Error::Storage) when the system has no descriptor left.
    ///
    /// ```
    /// use std::os::fd::AsFd;
    ///
    /// use session_registry::SessionRegistry;
    ///
    /// # fn main() -> session_registry::Result<()> {
    /// let registry = SessionRegistry::in_memory()?;
    /// let watch = registry.watch()?.pollable()?;
    /// let _for_epoll = watch.as_fd();
    /// # Ok(())
    /// # }
    /// ```
    pub fn pollable(self) -> Result<PollableWatch> {
        let watch = PollableWatch {
            readiness: self.waking.readiness()?,
            watch: self,
        };
        // It may have happened already, and wakes nobody any more.
        watch
            .readiness
            .wake_at(std::time::Instant::now())
            .map_err(|error| watch.failed(error))?;
        Ok(watch)
    }
}

impl PollableWatch {
    /// Returns what happened since, without waiting for anything; `None` when nothing did, and the descriptor is
    /// then ready again when there may be something.
    ///
    /// # Errors
    ///
    /// As [`Watch::next_within`].
    pub fn try_next(&mut self) -> Result<Option<Changes>> {
        self.readiness.drain();
        let happened = self.watch.try_next();
        let again = match &happened {
            // There may be more: until the answer is `None` it stays ready.
            Ok(Some(_)) => std::time::Instant::now(),
            _ => self.watch.next_look(),
        };
        let armed = self.readiness.wake_at(again);
        armed.map_err(|error| self.failed(error))?;
        happened
    }

    /// As [`Watch::revision`].
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.watch.revision()
    }

    fn failed(&self, error: rustix::io::Errno) -> Error {
        let (path, error) = (self.watch.registry.path(), std::io::Error::from(error));
        Error::Storage(StorageError::new("watch", path, error))
    }
}

impl AsFd for PollableWatch {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.readiness.descriptor()
    }
}

impl AsRawFd for PollableWatch {
    fn as_raw_fd(&self) -> RawFd {
        self.readiness.descriptor().as_raw_fd()
    }
}

impl fmt::Debug for PollableWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PollableWatch").field(&self.watch).finish()
    }
}
