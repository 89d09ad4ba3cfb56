//! A disk that remembers every write, resize and sync, and fails when told to.

use std::io;
use std::ops::Bound;

use parking_lot::Mutex;
use redb::{BackendError, StorageBackend};

/// What happened to the disk, in order.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    Resize(usize),
    Synced,
    SyncFailed(Loss),
    /// Not the disk's: a call on the registry has returned.
    Acknowledged,
}

/// Where the writes are that a failed sync should have made durable. No later sync writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// Some may be on the disk; readers see all of them, from the page cache.
    FromDisk,
    /// Nowhere: readers see what is on the disk, as if the page cache had been dropped.
    Everywhere,
}

/// From which operation on the disk fails, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trouble {
    /// How many operations still succeed,
    pub(super) after: u64,
    /// of these.
    pub(super) of: Operations,
    /// Whether all later ones fail too, until [`Disk::mend`].
    pub(super) lasting: bool,
    pub(super) error: Fails,
    pub(super) loss: Loss,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operations {
    All,
    Syncs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fails {
    /// EIO; a failing write wrote nothing.
    Io,
    /// ENOSPC; a failing write wrote its first half.
    Full,
}

impl Fails {
    fn error(self) -> io::Error {
        io::Error::from_raw_os_error(match self {
            Self::Io => 5,
            Self::Full => 28,
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct Disk(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    live: Vec<u8>,
    /// What a power cut certainly leaves; kept up to date for [`Loss::Everywhere`].
    durable: Vec<u8>,
    /// Where the events since the last sync begin.
    unsynced: usize,
    events: Vec<Event>,
    trouble: Option<Trouble>,
    /// Whether the trouble has struck.
    struck: bool,
    writes: u64,
    syncs: u64,
}

impl Disk {
    pub(super) fn holding(bytes: Vec<u8>) -> Self {
        Self(Mutex::new(State {
            live: bytes.clone(),
            durable: bytes,
            ..State::default()
        }))
    }

    pub(super) fn acknowledge(&self) {
        self.0.lock().events.push(Event::Acknowledged);
    }

    /// What readers see now.
    pub(super) fn content(&self) -> Vec<u8> {
        self.0.lock().live.clone()
    }

    pub(super) fn events(&self) -> Vec<Event> {
        self.0.lock().events.clone()
    }

    pub(super) fn break_down(&self, trouble: Trouble) {
        let mut state = self.0.lock();
        state.trouble = Some(trouble);
        state.struck = false;
    }

    /// Ends all trouble; answers whether there was any.
    pub(super) fn mend(&self) -> bool {
        let mut state = self.0.lock();
        state.trouble = None;
        state.struck
    }

    pub(super) fn has_struck(&self) -> bool {
        self.0.lock().struck
    }

    /// How many writes and syncs there have been.
    pub(super) fn written_and_synced(&self) -> (u64, u64) {
        let state = self.0.lock();
        (state.writes, state.syncs)
    }
}

impl State {
    /// Counts an operation, and fails it when its time has come.
    fn operate(&mut self, operation: Operations) -> Result<(), Trouble> {
        let Some(trouble) = &mut self.trouble else {
            return Ok(());
        };
        if trouble.of == Operations::Syncs && operation != Operations::Syncs {
            return Ok(());
        }
        if trouble.after > 0 {
            trouble.after -= 1;
            return Ok(());
        }
        let struck = *trouble;
        self.struck = true;
        if !struck.lasting {
            self.trouble = None;
        }
        Err(struck)
    }

    fn answer(&mut self) -> io::Result<()> {
        self.operate(Operations::All)
            .map_err(|trouble| trouble.error.error())
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        self.live[at..at + bytes.len()].copy_from_slice(bytes);
        self.events.push(Event::Write {
            at,
            bytes: bytes.to_vec(),
        });
    }

    /// Moves what was done since the last sync to the disk: resizes, and with `writes` those too.
    fn settle(&mut self, writes: bool) {
        for event in &self.events[self.unsynced..] {
            match event {
                Event::Resize(len) => self.durable.resize(*len, 0),
                Event::Write { at, bytes } if writes => {
                    // What was cut off again since is written nowhere.
                    let len = self.durable.len();
                    let end = len.min(at + bytes.len());
                    if *at < end {
                        self.durable[*at..end].copy_from_slice(&bytes[..end - at]);
                    }
                }
                _ => {}
            }
        }
        self.unsynced = self.events.len();
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

type Locked<T> = Result<T, BackendError>;

impl Disk {
    fn lock<T>(&self, answer: T) -> Locked<T> {
        self.0.lock().answer()?;
        Ok(answer)
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        let mut state = self.0.lock();
        state.answer()?;
        Ok(state.live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        state.answer()?;
        let (at, len) = (index(offset), out.len());
        let bytes = state.live.get(at..at + len);
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.0.lock();
        state.answer()?;
        state.live.resize(index(len), 0);
        state.events.push(Event::Resize(index(len)));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.0.lock();
        state.syncs += 1;
        match state.operate(Operations::Syncs) {
            Ok(()) => {
                state.settle(true);
                state.events.push(Event::Synced);
                Ok(())
            }
            Err(trouble) => {
                state.settle(false);
                if trouble.loss == Loss::Everywhere {
                    state.live = state.durable.clone();
                }
                state.events.push(Event::SyncFailed(trouble.loss));
                Err(trouble.error.error())
            }
        }
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.0.lock();
        state.writes += 1;
        let at = index(offset);
        assert!(at + data.len() <= state.live.len(), "no write past the end");
        match state.operate(Operations::All) {
            Ok(()) => {
                state.write(at, data);
                Ok(())
            }
            Err(trouble) => {
                if trouble.error == Fails::Full {
                    state.write(at, &data[..data.len() / 2]);
                }
                Err(trouble.error.error())
            }
        }
    }

    fn close(&self) -> io::Result<()> {
        self.0.lock().answer()
    }

    fn try_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<bool> {
        self.lock(true)
    }

    fn try_lock_shared_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<bool> {
        self.lock(true)
    }

    fn lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<()> {
        self.lock(())
    }

    fn lock_shared_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<()> {
        self.lock(())
    }

    fn unlock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<()> {
        self.lock(())
    }

    fn query_lock_range(&self, _: Bound<u64>, _: Bound<u64>) -> Locked<bool> {
        self.lock(false)
    }
}
