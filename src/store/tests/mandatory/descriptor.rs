//! One descriptor of a file whose locks keep others from reading.

use std::io;
use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use parking_lot::Mutex;
use redb::backends::FileBackend;
use redb::{BackendError, StorageBackend};

use crate::store::Access;
use crate::store::disk::file::open_file as descriptor;

pub(super) type Range = (Bound<u64>, Bound<u64>);
type Locked<T> = std::result::Result<T, BackendError>;

/// The bytes of the engine's header, which it locks while it reads or writes them.
pub(super) const HEADER: Range = (Bound::Included(0), Bound::Excluded(320));

/// One descriptor of a file whose locks are mandatory.
#[derive(Debug)]
pub(super) struct Mandatory {
    file: FileBackend,
    /// Another descriptor, which finds out what is locked by any other than this.
    probe: FileBackend,
    exclusive: Mutex<Vec<Range>>,
    refusals: Arc<Refusals>,
}

/// How often reading was refused.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    pub(super) count: AtomicU64,
    told: Mutex<Option<Sender<()>>>,
}

impl Refusals {
    /// Hears of the next.
    pub(super) fn next(&self) -> Receiver<()> {
        let (told, hears) = channel();
        *self.told.lock() = Some(told);
        hears
    }
}

fn covers((start, end): &Range, first: u64, past: u64) -> bool {
    let starts = match start {
        Bound::Included(start) => *start <= first,
        Bound::Excluded(start) => *start < first,
        Bound::Unbounded => true,
    };
    starts
        && match end {
            Bound::Included(end) => past <= end.saturating_add(1),
            Bound::Excluded(end) => past <= *end,
            Bound::Unbounded => true,
        }
}

impl Mandatory {
    pub(super) fn open(path: &Path, refusals: &Arc<Refusals>) -> Self {
        let open = || {
            let file = descriptor(path, Access::ReadWrite).unwrap().unwrap();
            FileBackend::new(file).unwrap()
        };
        Self {
            file: open(),
            probe: open(),
            exclusive: Mutex::default(),
            refusals: Arc::clone(refusals),
        }
    }

    /// Fails where another descriptor has locked any of these bytes in a way that `probe` cannot share.
    fn check(
        &self,
        offset: u64,
        length: usize,
        probe: impl FnOnce(&FileBackend, Bound<u64>, Bound<u64>) -> Locked<bool>,
    ) -> io::Result<()> {
        let past = offset + length as u64;
        // As long as it is held no other can hold any of it.
        let held = self.exclusive.lock();
        if length == 0 || held.iter().any(|held| covers(held, offset, past)) {
            return Ok(());
        }
        let (start, end) = (Bound::Included(offset), Bound::Excluded(past));
        if probe(&self.probe, start, end).unwrap() {
            self.probe.unlock_range(start, end).unwrap();
            return Ok(());
        }
        self.refusals.count.fetch_add(1, Ordering::Relaxed);
        if let Some(told) = self.refusals.told.lock().take() {
            told.send(()).unwrap();
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    fn note(&self, locked: bool, range: Range) -> bool {
        if locked {
            self.exclusive.lock().push(range);
        }
        locked
    }
}

impl StorageBackend for Mandatory {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.check(offset, out.len(), FileBackend::try_lock_shared_range)?;
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Writing asks as reading does. Refusing it under the shared locks of others too would have the probes of
    /// two writers refuse each other.
    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check(offset, data.len(), FileBackend::try_lock_shared_range)?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.exclusive.lock().clear();
        self.file.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        let locked = self.file.try_lock_range(start, end)?;
        Ok(self.note(locked, (start, end)))
    }

    fn try_lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.file.try_lock_shared_range(start, end)
    }

    fn lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.file.lock_range(start, end)?;
        self.note(true, (start, end));
        Ok(())
    }

    fn lock_shared_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.file.lock_shared_range(start, end)
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<()> {
        self.exclusive.lock().retain(|held| *held != (start, end));
        self.file.unlock_range(start, end)
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Locked<bool> {
        self.file.query_lock_range(start, end)
    }
}
