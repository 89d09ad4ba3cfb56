//! A handle that only reads touches nothing, refuses every write before it looks at anything, and reads
//! what kills left behind.

use std::io;
use std::ops::Bound;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use redb::{BackendError, Database, StorageBackend, TableDefinition};

use super::disk::{Disk, Event};
use super::golden::fixture;
use super::recording::{create, open};
use super::{NOW, code, id, name, path, session, settings};
use crate::error::{Error, Result};
use crate::registry::{ImportMode, PrunePolicy, Query, SessionRegistry};
use crate::session::Session;
use crate::store::disk::backend::FLAGS_OFFSET;
use crate::store::disk::medium::Medium;
use crate::store::format::schema::{STEPS, Step};
use crate::store::{Access, OpenCheck, Settings, Sharing, Store};

const RECOVERY: u8 = 2;
const TWO_PHASE: u8 = 4;
const UNFLUSHED: u8 = 8;

/// A disk that counts what is done to it.
#[derive(Debug)]
struct Counted {
    disk: Arc<Disk>,
    /// Everything, reading and unlocking included.
    operations: AtomicU64,
    /// What no reader may do: writing, resizing, syncing, locking exclusively.
    trespasses: AtomicU64,
}

impl Counted {
    fn over(disk: &Arc<Disk>) -> Arc<Self> {
        Arc::new(Self {
            disk: Arc::clone(disk),
            operations: AtomicU64::new(0),
            trespasses: AtomicU64::new(0),
        })
    }

    fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    fn trespasses(&self) -> u64 {
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

/// Opens what is on a disk for reading only, with a program whose schema steps are `steps`.
pub(super) fn open_to_read(
    disk: Arc<dyn StorageBackend>,
    open_check: OpenCheck,
    steps: &'static [Step],
) -> Result<SessionRegistry> {
    let settings = Settings {
        access: Access::ReadOnly,
        open_check,
        ..settings(Sharing::Shared)
    };
    let medium = Medium::Memory(disk);
    let (store, report) = Store::open_medium(medium, settings, NOW, steps, settings.start())?;
    assert!(!report.recovered && !report.created && report.migrated_from.is_none());
    Ok(SessionRegistry::from_store(store, report, Arc::new(|| NOW)))
}

/// Three sessions, one of them closed.
fn worked_on(disk: &Arc<Disk>, sharing: Sharing) -> SessionRegistry {
    create(disk);
    let registry = open(disk, sharing, STEPS).unwrap();
    for number in 1..=3 {
        registry.register(session(number)).unwrap();
    }
    registry.close_session(id(3)).unwrap();
    registry
}

fn closed() -> Arc<Disk> {
    let disk = Arc::new(Disk::default());
    worked_on(&disk, Sharing::Shared).close().unwrap();
    disk
}

/// What a kill leaves of a registry that is open and idle.
fn killed() -> Arc<Disk> {
    let disk = Arc::new(Disk::default());
    let registry = worked_on(&disk, Sharing::Shared);
    let left = Arc::new(Disk::holding(disk.content()));
    drop(registry);
    left
}

/// What a kill leaves between the last two writes of a commit, of which nobody was told that it is done.
fn killed_before_the_last_sync() -> Arc<Disk> {
    let disk = Arc::new(Disk::default());
    let registry = worked_on(&disk, Sharing::Shared);
    let before = disk.content();
    let happened = disk.events().len();
    registry.rename(id(1), name("not acknowledged")).unwrap();
    let mut content = before;
    for event in &disk.events()[happened..] {
        match event {
            Event::Write { at, bytes } => content[*at..at + bytes.len()].copy_from_slice(bytes),
            Event::Resize(len) => content.resize(*len, 0),
            _ => {}
        }
        if content[FLAGS_OFFSET] & UNFLUSHED != 0 {
            return Arc::new(Disk::holding(content));
        }
    }
    panic!("no commit marks its header as not synced");
}

/// A file whose last commit, by another program, is not of two phases, and that nobody closed. It says
/// that 77 sessions may be open, and has `ballast` bytes.
fn left_in_one_phase(ballast: usize) -> Arc<Disk> {
    let disk = closed();
    let storage = SharedDisk(Arc::clone(&disk));
    let database: Database = Database::builder().create_with_backend(storage).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let table = TableDefinition::<&[u8], &[u8]>::new("meta");
        let mut meta = transaction.open_table(table).unwrap();
        let limit = 77_u32.to_be_bytes();
        meta.insert(b"max_sessions".as_slice(), limit.as_slice())
            .unwrap();
        let table = TableDefinition::<&[u8], &[u8]>::new("ballast");
        let mut heavy = transaction.open_table(table).unwrap();
        let value = vec![7; ballast];
        heavy.insert(b"".as_slice(), value.as_slice()).unwrap();
    }
    transaction.commit().unwrap();
    let left = Arc::new(Disk::holding(disk.content()));
    assert_eq!(
        left.content()[FLAGS_OFFSET] & (RECOVERY | TWO_PHASE),
        RECOVERY
    );
    left
}

#[derive(Debug)]
struct SharedDisk(Arc<Disk>);

impl StorageBackend for SharedDisk {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}

/// Asks everything, and closes.
fn ask_all(registry: SessionRegistry) {
    for _ in 0..3 {
        let first = registry.lookup(id(1)).unwrap().unwrap();
        assert_eq!(first.name().as_str(), "1");
        assert_eq!(
            registry.lookup_by_path(&path("/work/2")).unwrap(),
            registry.lookup_by_name("2").unwrap()
        );
        assert_eq!(
            (
                registry.count().unwrap(),
                registry.list_ids().unwrap().len()
            ),
            (2, 2)
        );
        let any = Query::new().state(crate::registry::StateFilter::Any);
        assert_eq!(registry.list(&any).unwrap().items.len(), 3);
    }
    assert_eq!(registry.resolve("1").unwrap().id(), id(1));
    assert_eq!(registry.owner(id(1)).unwrap(), None);
    assert!(registry.interrupted().unwrap().is_empty());
    assert_eq!(registry.default_session_id().unwrap(), Some(id(1)));
    assert_eq!(
        registry
            .plan_prune(&PrunePolicy::new().keep_last(0))
            .unwrap()
            .len(),
        1
    );
    assert_eq!(registry.stats().unwrap().open_sessions, 2);
    let snapshot = registry.snapshot().unwrap();
    assert_eq!(snapshot.list_all().unwrap(), registry.list_all().unwrap());
    let mut lines = Vec::new();
    assert_eq!(registry.export(&mut lines).unwrap(), 3);
    let found = registry.verify().unwrap();
    assert!(found.is_clean() && found.pages_checked, "{found:?}");
    let directory = tempfile::tempdir().unwrap();
    let copy = directory.path().join("copy");
    registry.backup_to(&copy).unwrap();
    let copy = SessionRegistry::open(copy).unwrap();
    assert_eq!(copy.list_all().unwrap(), registry.list_all().unwrap());
    drop(snapshot);
    registry.close().unwrap();
}

#[test]
fn nothing_is_written_synced_or_locked_for_itself() {
    let states = [
        ("closed", closed()),
        ("left by a kill", killed()),
        ("left by a kill in a commit", killed_before_the_last_sync()),
        ("left in one phase", left_in_one_phase(0)),
    ];
    for (what, disk) in states {
        for check in [OpenCheck::Auto, OpenCheck::Always, OpenCheck::Never] {
            let before = disk.content();
            let counted = Counted::over(&disk);
            let storage: Arc<dyn StorageBackend> = Arc::<Counted>::clone(&counted);
            ask_all(open_to_read(storage, check, STEPS).unwrap());
            assert_eq!(counted.trespasses(), 0, "{what}, {check:?}");
            assert!(counted.operations() > 0);
            assert!(disk.content() == before, "{what}, {check:?}");
            assert!(disk.events().is_empty() || what == "closed");
        }
    }
}

/// Every call that writes.
type Write = (&'static str, fn(&SessionRegistry) -> Result<()>);

const WRITES: &[Write] = &[
    ("register", |r| r.register(session(9)).map(drop)),
    ("get_or_register", |r| {
        r.get_or_register(session(1)).map(drop)
    }),
    ("update", |r| r.update(session(1)).map(drop)),
    ("modify", |r| {
        r.modify(id(1), |_| panic!("called")).map(drop)
    }),
    ("rename", |r| r.rename(id(9), name("x")).map(drop)),
    ("unregister", |r| r.unregister(id(9)).map(drop)),
    ("clear", |r| r.clear().map(drop)),
    ("close_session", |r| r.close_session(id(9)).map(drop)),
    ("reopen", |r| r.reopen(id(9)).map(drop)),
    ("touch", |r| r.touch(id(9))),
    ("register_opened", |r| {
        r.register_opened(session(9)).map(drop)
    }),
    ("reopen_opened", |r| r.reopen_opened(id(9)).map(drop)),
    ("try_modify", |r| {
        let call = |_: &mut Session| -> Result<()> { panic!("called") };
        r.try_modify(id(1), call).map(drop)
    }),
    ("claim", |r| r.claim(id(9)).map(drop)),
    ("take_over", |r| r.take_over(id(9)).map(drop)),
    ("set_max_sessions", |r| r.set_max_sessions(10)),
    ("set_default_session", |r| r.set_default_session(None)),
    ("prune", |r| {
        r.prune(&PrunePolicy::new().keep_last(0)).map(drop)
    }),
    ("rebuild_indexes", |r| r.rebuild_indexes().map(drop)),
    ("compact", SessionRegistry::compact),
    ("import", |r| {
        r.import(Unread, ImportMode::KeepIds).map(drop)
    }),
];

/// An import that must not be read.
struct Unread;

impl io::Read for Unread {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("read");
    }
}

impl io::BufRead for Unread {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        panic!("read");
    }

    fn consume(&mut self, _: usize) {}
}

#[test]
fn every_write_is_refused_before_anything_is_read() {
    let disk = closed();
    let counted = Counted::over(&disk);
    let storage: Arc<dyn StorageBackend> = Arc::<Counted>::clone(&counted);
    let registry = open_to_read(storage, OpenCheck::Auto, STEPS).unwrap();
    let before = counted.operations();
    for (what, write) in WRITES {
        let refused = write(&registry);
        assert!(
            matches!(refused, Err(Error::ReadOnly)),
            "{what}: {refused:?}"
        );
    }
    assert_eq!(counted.operations(), before);
    ask_all(registry);
}

#[test]
fn a_commit_that_was_not_synced_is_not_seen_and_the_next_writer_makes_it_so() {
    let disk = killed_before_the_last_sync();
    let reader = open_to_read(Arc::<Disk>::clone(&disk), OpenCheck::Auto, STEPS).unwrap();
    let seen = |reader: &SessionRegistry| {
        let session = reader.lookup(id(1)).unwrap().unwrap();
        session.name().as_str().to_owned()
    };
    // Twice, so that the answer is kept.
    assert_eq!([seen(&reader), seen(&reader), seen(&reader)], ["1"; 3]);
    assert!(reader.verify().unwrap().is_clean());
    let writer = open(&disk, Sharing::Shared, STEPS).unwrap();
    assert_eq!([seen(&reader), seen(&writer)], ["not acknowledged"; 2]);
    writer.rename(id(1), name("acknowledged")).unwrap();
    assert_eq!(seen(&reader), "acknowledged");
}

#[test]
fn what_only_a_writer_can_recover_is_recovered_in_memory_where_that_is_little() {
    let disk = left_in_one_phase(0);
    let reader = open_to_read(Arc::<Disk>::clone(&disk), OpenCheck::Auto, STEPS).unwrap();
    assert_eq!(reader.max_sessions().unwrap(), 77);
    assert_eq!(reader.list_all().unwrap().len(), 2);
    let snapshot = reader.snapshot().unwrap();

    // A writer recovers the file itself, and is followed from then on.
    let writer = open(&disk, Sharing::Shared, STEPS).unwrap();
    assert_eq!(reader.max_sessions().unwrap(), 77);
    assert_eq!(code(snapshot.max_sessions()), "snapshot_lost");
    for limit in [78, 79] {
        writer.set_max_sessions(limit).unwrap();
        assert_eq!(reader.max_sessions().unwrap(), limit);
    }
    writer.close().unwrap();
    assert_eq!(reader.max_sessions().unwrap(), 79);
    reader.close().unwrap();
}

#[test]
fn what_only_a_writer_can_recover_in_a_large_file_is_left_to_one() {
    let disk = left_in_one_phase(9 << 20);
    let before = disk.content();
    assert!(before.len() as u64 > Settings::AUTO_CHECK_LIMIT);
    for check in [OpenCheck::Auto, OpenCheck::Never] {
        let opening = open_to_read(Arc::<Disk>::clone(&disk), check, STEPS);
        assert_eq!(code(opening), "recovery_needed");
    }
    assert!(disk.content() == before);
    open(&disk, Sharing::Shared, STEPS)
        .unwrap()
        .close()
        .unwrap();
    let reader = open_to_read(disk, OpenCheck::Auto, STEPS).unwrap();
    assert_eq!(reader.max_sessions().unwrap(), 77);
}

#[test]
fn a_large_file_that_was_cut_is_refused() {
    let disk = left_in_one_phase(9 << 20);
    open(&disk, Sharing::Shared, STEPS)
        .unwrap()
        .close()
        .unwrap();
    let whole = disk.content();
    for lost in [1, 4096, 1 << 20, whole.len() - 5000] {
        let cut = whole[..whole.len() - lost].to_vec();
        let disk = Arc::new(Disk::holding(cut));
        let opening = open_to_read(disk, OpenCheck::Auto, STEPS);
        assert_eq!(code(opening), "corrupted", "without {lost} bytes");
    }
}

#[test]
fn an_older_schema_is_left_to_a_writer_and_a_newer_one_to_newer_programs() {
    let golden = std::fs::read(fixture(1, "redb")).unwrap();
    for check in [OpenCheck::Auto, OpenCheck::Never] {
        let disk = Arc::new(Disk::holding(golden.clone()));
        let opening = open_to_read(Arc::<Disk>::clone(&disk), check, STEPS);
        match opening {
            Err(Error::SchemaTooOld {
                found: 1,
                supported,
                ..
            }) => assert_eq!(supported, 2),
            other => panic!("{other:?}"),
        }
        assert!(disk.content() == golden);
        let oldest = open_to_read(Arc::<Disk>::clone(&disk), check, &STEPS[..1]).unwrap();
        assert_eq!(oldest.max_sessions().unwrap(), 25);
        // Somebody migrates it meanwhile.
        open(&disk, Sharing::Shared, STEPS).unwrap();
        assert_eq!(code(oldest.list_all()), "schema_too_new");
        let opening = open_to_read(Arc::<Disk>::clone(&disk), check, &STEPS[..1]);
        assert_eq!(code(opening), "schema_too_new");
        open_to_read(disk, check, STEPS).unwrap();
    }
}
