//! A registry on a disk that counts and can be stopped in any sync, and callers that line up.

use std::io;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use redb::StorageBackend;
use redb::backends::InMemoryBackend;

use super::{NOW, settings};
use crate::registry::SessionRegistry;
use crate::store::disk::create::initialise;
use crate::store::disk::locks::grant_locks;
use crate::store::disk::medium::Medium;
use crate::store::engine::Stamp;
use crate::store::format::schema::{self, STEPS};
use crate::store::{OpenReport, Settings, Sharing, Store};

/// Far longer than anything here takes: a wait that ends with it has found a hang.
const HANG: Duration = Duration::from_secs(60);

type Hook = Box<dyn FnMut() -> io::Result<()> + Send>;

/// Storage in memory that counts syncs and runs a hook before each of them.
#[derive(Default)]
pub(in crate::store::tests) struct Disk {
    memory: InMemoryBackend,
    syncs: Mutex<usize>,
    hook: Mutex<Option<Hook>>,
    after_header: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Disk {
    pub(super) fn syncs(&self) -> usize {
        *self.syncs.lock()
    }

    /// Runs `hook` before each sync from now on; its error, or panic, is the sync's.
    pub(super) fn at_sync(&self, hook: impl FnMut() -> io::Result<()> + Send + 'static) {
        *self.hook.lock() = Some(Box::new(hook));
    }

    /// Stops in each sync from now on: tells so, and goes on when it is told to.
    pub(in crate::store::tests) fn stop_at_syncs(&self) -> (mpsc::Receiver<()>, mpsc::Sender<()>) {
        let (stopped, is_stopped) = mpsc::channel();
        let (go, may_go) = mpsc::channel();
        self.at_sync(move || {
            // After the test nobody listens.
            if stopped.send(()).is_ok() {
                let _ = may_go.recv();
            }
            Ok(())
        });
        (is_stopped, go)
    }

    pub(super) fn leave_alone(&self) {
        *self.hook.lock() = None;
    }

    /// Runs `work` right after the header was read the next time.
    pub(super) fn after_header(&self, work: impl FnOnce() + Send + 'static) {
        *self.after_header.lock() = Some(Box::new(work));
    }

    /// Fails the next sync but `after` more, once.
    pub(super) fn fail_sync(&self, mut after: usize) {
        let mut failed = false;
        self.at_sync(move || {
            if after > 0 || failed {
                after = after.saturating_sub(1);
                return Ok(());
            }
            failed = true;
            Err(io::Error::from_raw_os_error(5))
        });
    }
}

impl std::fmt::Debug for Disk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disk").finish_non_exhaustive()
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.memory.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.memory.read(offset, out)?;
        let work = match offset {
            0 => self.after_header.lock().take(),
            _ => None,
        };
        if let Some(work) = work {
            work();
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.memory.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        *self.syncs.lock() += 1;
        // Not held while it runs, so that a test may look at the disk meanwhile.
        let hook = self.hook.lock().take();
        let Some(mut hook) = hook else { return Ok(()) };
        let answer = hook();
        self.hook.lock().get_or_insert(hook);
        answer
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.memory.write(offset, data)
    }

    grant_locks!();
}

/// A new registry with a limit of 10, and the disk it is on.
pub(in crate::store::tests) fn staged(sharing: Sharing) -> (SessionRegistry, Arc<Disk>) {
    staged_with(settings(sharing))
}

pub(super) fn staged_with(settings: Settings) -> (SessionRegistry, Arc<Disk>) {
    let disk = Arc::<Disk>::default();
    let medium = Medium::Memory(Arc::clone(&disk) as Arc<dyn StorageBackend>);
    initialise(medium.open().unwrap(), |tx| schema::apply(tx, STEPS, 0)).unwrap();
    let (store, _) = Store::open_medium(medium, settings, NOW, STEPS, settings.start()).unwrap();
    let report = OpenReport::default();
    let registry = SessionRegistry::from_store(store, report, Arc::new(|| NOW));
    (registry, disk)
}

/// How many commits `registry` began so far.
pub(in crate::store::tests) fn commits(registry: &SessionRegistry) -> u64 {
    match registry.store().engine.commit_stamp() {
        Some(Stamp::Commits(count)) => count / 2,
        other => panic!("a commit is under way: {other:?}"),
    }
}

/// Returns when `reached` holds.
pub(super) fn until(reached: impl Fn() -> bool) {
    let started = Instant::now();
    while !reached() {
        assert!(started.elapsed() < HANG, "hangs");
        thread::yield_now();
    }
}

/// Returns when `count` calls wait in `registry`'s queue.
pub(super) fn until_waiting(registry: &SessionRegistry, count: usize) {
    until(|| registry.store().queue.waiting() == count);
}

/// A call on a registry, made by a thread of its own.
pub(super) type Call<'a, T> = Box<dyn FnOnce() -> T + Send + 'a>;

/// Keeps the write lock until all of `calls` wait, in this order, then lets them go at once; their
/// answers, in the same order.
pub(super) fn together<T: Send>(registry: &SessionRegistry, calls: Vec<Call<'_, T>>) -> Vec<T> {
    let store = registry.store();
    let (held, transaction) = store.engine.begin_write(store.engine.start()).unwrap();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for (position, call) in calls.into_iter().enumerate() {
            threads.push(scope.spawn(call));
            until_waiting(registry, position + 1);
        }
        transaction.abort().unwrap();
        drop(held);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}
