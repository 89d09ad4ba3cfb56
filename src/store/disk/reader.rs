//! The storage backend of a read-only opening: it writes nothing, takes shared locks only, and bounds
//! every wait for a peer.

use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use redb::{BackendError, StorageBackend};

use super::backend::{CONSISTENT_BYTE, FLAGS_OFFSET, byte, lock_shared_in_time};
use super::header::TWO_PHASE_BIT;

#[derive(Debug)]
pub(in crate::store) struct Reader {
    inner: Arc<dyn StorageBackend>,
    /// The flags of the header that the engine read last.
    flags: AtomicU8,
}

impl Reader {
    pub(in crate::store) fn over(inner: Arc<dyn StorageBackend>) -> Self {
        Self {
            inner,
            flags: AtomicU8::new(0),
        }
    }

    /// Whether the last commit is one that needs no writer to tell whether it is whole: what a two-phase
    /// commit names was synced before it was named. Where its own mark was not synced in time, the engine
    /// shows the commit before it.
    fn is_readable_as_it_is(&self) -> bool {
        self.flags.load(Ordering::Acquire) & TWO_PHASE_BIT != 0
    }
}

type Locked<T> = Result<T, BackendError>;

fn refused() -> io::Error {
    io::Error::new(
        io::ErrorKind::PermissionDenied,
        "the registry is open for reading only",
    )
}

impl StorageBackend for Reader {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.inner.read(offset, out)?;
        if offset == 0
            && let Some(flags) = out.get(FLAGS_OFFSET)
        {
            self.flags.store(*flags, Ordering::Release);
        }
        Ok(())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        Err(refused())
    }

    fn sync_data(&self) -> io::Result<()> {
        Err(refused())
    }

    fn write(&self, _: u64, _: &[u8]) -> io::Result<()> {
        Err(refused())
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<bool> {
        Err(refused().into())
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.inner.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<()> {
        Err(refused().into())
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        lock_shared_in_time(self.inner.as_ref(), start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.inner.unlock_range(start, end)
    }

    /// The engine asks for the consistent byte when nobody closed the file: it then leaves the file to a
    /// writer, unless one lives. Which pages are free is all that such a file does not say, and only
    /// writers need to know that.
    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        let held = self.inner.query_lock_range(start, end)?;
        let asks_for_a_writer = (start, end) == byte(CONSISTENT_BYTE);
        Ok(held || asks_for_a_writer && self.is_readable_as_it_is())
    }
}
