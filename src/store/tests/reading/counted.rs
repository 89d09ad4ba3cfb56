//! A disk that counts what is done to it.

use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::{BackendError, StorageBackend};

use super::super::disk::Disk;

/// A disk that counts what is done to it.
#[derive(Debug)]
pub(super) struct Counted {
    disk: Arc<Disk>,
    /// Everything, reading and unlocking included.
    operations: AtomicU64,
    /// What no reader may do: writing, resizing, syncing, locking exclusively.
    trespasses: AtomicU64,
}

impl Counted {
    pub(super) fn over(disk: &Arc<Disk>) -> Arc<Self> {
        Arc::new(Self {
            disk: Arc::clone(disk),
            operations: AtomicU64::new(0),
            trespasses: AtomicU64::new(0),
        })
    }

    pub(super) fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    pub(super) fn trespasses(&self) -> u64 {
        self.trespasses.load(Ordering::Relaxed)
    }

    fn touched(&self) -> &Disk {
        self.operations.fetch_add(1, Ordering::Relaxed);
        &self.disk
    }

    fn trespassed(&self) -> &Disk {
        self.trespasses.fetch_add(1, Ordering::Relaxed);
        self.touched()
    }
}

type Locked<T> = Result<T, BackendError>;

impl StorageBackend for Counted {
    fn len(&self) -> io::Result<u64> {
        self.touched().len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.touched().read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.trespassed().set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.trespassed().sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.trespassed().write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.touched().close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.trespassed().try_lock_range(start, end)
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.touched().try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.trespassed().lock_range(start, end)
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.touched().lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.touched().unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.touched().query_lock_range(start, end)
    }
}
