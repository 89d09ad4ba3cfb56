//! The storage backend the engine runs on: forwards everything, bounds every wait for a peer, never
//! initialises an empty file, and notices the instant a commit may have taken effect.

use std::cell::Cell;
use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use redb::{BackendError, StorageBackend};

use super::locks::forward_locks;
use crate::store::fault::DeadlinePassed;
use crate::store::wait::{Pause, Wait};

/// The byte redb's multi-writer mode locks for a write transaction, and its exclusive mode for as long
/// as the file is open. A test asserts where all four of these bytes are.
pub(in crate::store) const WRITER_BYTE: u64 = 1 << 62;
/// Held shared by every multi-writer handle, exclusively by an exclusive one.
pub(in crate::store) const MODE_BYTE: u64 = WRITER_BYTE + 1;
/// Held by nobody but an exclusive handle.
pub(in crate::store) const EXCLUSIVE_BYTE: u64 = WRITER_BYTE + 69;
/// Held shared by every writing handle once its open is complete: a live peer vouches for the file.
pub(in crate::store) const CONSISTENT_BYTE: u64 = WRITER_BYTE + 4;

/// Ours, and none of the engine's: held shared by whoever waits for the writer byte.
pub(in crate::store) const WAITING_BYTE: u64 = WRITER_BYTE - 1;

pub(in crate::store) const PRIMARY_SLOT_BIT: u8 = 1;
/// The header byte with the primary slot and recovery flags, after the nine magic bytes.
pub(in crate::store) const FLAGS_OFFSET: usize = 9;

/// The bytes from here on are held, each, by who reads the commit of that number.
pub(in crate::store) const READERS_BYTES: (Bound<u64>, Bound<u64>) =
    (Bound::Included(WRITER_BYTE + 1024), Bound::Unbounded);

pub(in crate::store) const fn byte(at: u64) -> (Bound<u64>, Bound<u64>) {
    (Bound::Included(at), Bound::Included(at))
}

thread_local! {
    static WAIT: Cell<Option<Wait>> = const { Cell::new(None) };
}

/// Runs `work` with every lock wait on this thread bounded by `wait`. Never used around a commit: a
/// header lock that fails midway would leave its outcome unknown.
pub(in crate::store) fn bounded<T>(wait: Wait, work: impl FnOnce() -> T) -> T {
    struct Restore(Option<Wait>);
    impl Drop for Restore {
        fn drop(&mut self) {
            WAIT.set(self.0);
        }
    }
    let _restore = Restore(WAIT.replace(Some(wait)));
    work()
}

/// Knows whether the commit under way may already have taken effect: a two-phase commit first writes
/// a header that still names the old commit slot, syncs, and only then one that names the other.
#[derive(Debug, Default)]
pub(in crate::store) struct CommitPoint {
    /// One more than the slot of the first header written since `arm`; 0 before it.
    first: AtomicU8,
    passed: AtomicBool,
}

impl CommitPoint {
    /// Called before a commit: from here on nothing has taken effect.
    pub(in crate::store) fn arm(&self) {
        self.first.store(0, Ordering::Release);
        self.passed.store(false, Ordering::Release);
    }

    /// Whether a header naming the other commit slot has been handed to the file since `arm`.
    pub(in crate::store) fn passed(&self) -> bool {
        self.passed.load(Ordering::Acquire)
    }

    fn see_header(&self, header: &[u8]) {
        let Some(flags) = header.get(FLAGS_OFFSET) else {
            return;
        };
        let slot = 1 + (flags & PRIMARY_SLOT_BIT);
        let first = self.first.load(Ordering::Acquire);
        if first == 0 {
            self.first.store(slot, Ordering::Release);
        } else if first != slot {
            self.passed.store(true, Ordering::Release);
        }
    }
}

#[derive(Debug)]
pub(in crate::store) struct Backend {
    inner: Arc<dyn StorageBackend>,
    may_initialise: bool,
    commit_point: Arc<CommitPoint>,
}

impl Backend {
    /// A backend over storage that must hold a database already.
    pub(in crate::store) fn existing(
        inner: Arc<dyn StorageBackend>,
        commit_point: Arc<CommitPoint>,
    ) -> Self {
        Self {
            inner,
            may_initialise: false,
            commit_point,
        }
    }

    /// A backend over storage in which redb may create a database.
    pub(in crate::store) fn fresh(inner: Arc<dyn StorageBackend>) -> Self {
        Self {
            inner,
            may_initialise: true,
            commit_point: Arc::default(),
        }
    }
}

type LockResult<T> = Result<T, BackendError>;

fn poll(mut attempt: impl FnMut() -> LockResult<bool>, wait: Wait) -> LockResult<()> {
    let mut pause = Pause::new();
    while !attempt()? {
        if !wait.pause(&mut pause) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, DeadlinePassed).into());
        }
    }
    Ok(())
}

/// Takes a shared lock, until the deadline of this thread if it has one.
pub(in crate::store) fn lock_shared_in_time(
    storage: &dyn StorageBackend,
    start: Bound<u64>,
    end: Bound<u64>,
) -> LockResult<()> {
    match WAIT.get() {
        Some(wait) => poll(|| storage.try_lock_shared_range(start, end), wait),
        None => storage.lock_shared_range(start, end),
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        match self.inner.len()? {
            0 if !self.may_initialise => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file became empty",
            )),
            len => Ok(len),
        }
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.inner.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.inner.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.inner.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if offset == 0 {
            self.commit_point.see_header(data);
        }
        self.inner.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.inner.close()
    }

    forward_locks!(inner:
        try_lock_range -> bool,
        try_lock_shared_range -> bool,
        unlock_range -> (),
        query_lock_range -> bool,
    );

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> LockResult<()> {
        match WAIT.get() {
            Some(wait) => poll(|| self.inner.try_lock_range(start, end), wait),
            None => self.inner.lock_range(start, end),
        }
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> LockResult<()> {
        lock_shared_in_time(self.inner.as_ref(), start, end)
    }
}
