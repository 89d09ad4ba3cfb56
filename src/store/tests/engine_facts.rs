//! What the store relies on and the engine does not promise: where its lock bytes are, when a commit takes
//! effect, how often it syncs.

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use parking_lot::Mutex;
use redb::StorageBackend;
use redb::backends::FileBackend;

use super::disk::{Disk, Event};
use super::recording::{create, open};
use super::{BOTH, NOW, id, name, open_file, session, settings};
use crate::store::disk::backend::{
    CONSISTENT_BYTE, CommitPoint, EXCLUSIVE_BYTE, FLAGS_OFFSET, MODE_BYTE, READERS_BYTES,
    WRITER_BYTE, byte,
};
use crate::store::disk::file::open_file as descriptor;
use crate::store::disk::locks::grant_locks;
use crate::store::disk::medium::Medium;
use crate::store::format::schema::STEPS;
use crate::store::{Access, Sharing, Store};

/// Which of the four bytes somebody else has locked: writer, mode, exclusive, consistent.
fn locked(path: &Path) -> [bool; 4] {
    let observer = descriptor(path, Access::ReadWrite).unwrap().unwrap();
    let observer = FileBackend::new(observer).unwrap();
    [WRITER_BYTE, MODE_BYTE, EXCLUSIVE_BYTE, CONSISTENT_BYTE]
        .map(|at| observer.query_lock_range(byte(at).0, byte(at).1).unwrap())
}

#[test]
fn the_lock_bytes_are_where_the_engine_has_them() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");

    let shared = open_file(&path, Sharing::Shared, STEPS).unwrap();
    assert_eq!(locked(&path), [false, true, false, true], "open and shared");
    let file = path.clone();
    let writing = shared
        .store()
        .call()
        .write("look", move |_| Ok(locked(&file)));
    assert_eq!(
        writing.unwrap(),
        [true, true, false, true],
        "inside a write transaction"
    );
    shared.close().unwrap();
    assert_eq!(locked(&path), [false; 4], "closed");

    let exclusive = open_file(&path, Sharing::Exclusive, STEPS).unwrap();
    assert_eq!(locked(&path), [true; 4], "open and exclusive");
    drop(exclusive);
    assert_eq!(locked(&path), [false; 4], "dropped");
}

#[test]
fn the_byte_of_a_reader_is_among_those_of_readers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    let registry = open_file(&path, Sharing::Shared, STEPS).unwrap();
    let observer =
        FileBackend::new(descriptor(&path, Access::ReadWrite).unwrap().unwrap()).unwrap();
    let read = || observer.query_lock_range(READERS_BYTES.0, READERS_BYTES.1);
    assert!(!read().unwrap(), "open and idle");
    let snapshot = registry.snapshot().unwrap();
    assert!(read().unwrap(), "read");
    drop(snapshot);
    registry.register(session(1)).unwrap();
    assert!(!read().unwrap(), "idle again");
}

/// What a reader goes by when nobody closed the file.
#[test]
fn the_flags_of_the_header_say_what_a_reader_takes_them_to_say() {
    const RECOVERY: u8 = 2;
    const TWO_PHASE: u8 = 4;
    const UNFLUSHED: u8 = 8;
    for sharing in BOTH {
        let disk = Arc::new(Disk::default());
        create(&disk);
        let closed = disk.content()[FLAGS_OFFSET];
        assert_eq!(closed & (RECOVERY | UNFLUSHED), 0);
        let registry = open(&disk, sharing, STEPS).unwrap();
        for number in 1..=9 {
            let before = disk.events().len();
            registry.register(session(number)).unwrap();
            let flags = disk.content()[FLAGS_OFFSET];
            let all = RECOVERY | TWO_PHASE | UNFLUSHED;
            assert_eq!(flags & all, RECOVERY | TWO_PHASE, "open, and synced");
            let mut seen = Vec::new();
            for event in &disk.events()[before..] {
                if let Event::Write { at: 0, bytes } = event {
                    seen.push(bytes[FLAGS_OFFSET] & UNFLUSHED != 0);
                }
            }
            // Marked while it is being synced, where others are shown it.
            let shared = sharing == Sharing::Shared;
            let expected = if shared {
                vec![false, true, false]
            } else {
                vec![false, false]
            };
            assert_eq!(seen, expected);
        }
        registry.close().unwrap();
        assert_eq!(disk.content()[FLAGS_OFFSET] & (RECOVERY | UNFLUSHED), 0);
    }
}

/// Sits between the engine's backend and a disk, and notes what the commit point says at each write of
/// the header and each sync.
#[derive(Debug)]
struct Observer {
    disk: Arc<Disk>,
    commit_point: OnceLock<Arc<CommitPoint>>,
    seen: Mutex<Vec<Seen>>,
}

#[derive(Debug, PartialEq)]
enum Seen {
    /// A header that names this slot.
    Header {
        slot: u8,
        passed: bool,
    },
    Sync {
        passed: bool,
    },
}

impl Observer {
    fn see(&self, what: impl FnOnce(bool) -> Seen) {
        if let Some(point) = self.commit_point.get() {
            self.seen.lock().push(what(point.passed()));
        }
    }
}

impl StorageBackend for Observer {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.disk.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.disk.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.see(|passed| Seen::Sync { passed });
        self.disk.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if offset == 0 {
            let slot = data[FLAGS_OFFSET] & 1;
            self.see(|passed| Seen::Header { slot, passed });
        }
        self.disk.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.disk.close()
    }

    grant_locks!();
}

#[test]
fn a_commit_is_two_phase_and_its_point_is_where_the_header_flips() {
    for sharing in BOTH {
        let disk = Arc::new(Disk::default());
        create(&disk);
        let observer = Arc::new(Observer {
            disk,
            commit_point: OnceLock::new(),
            seen: Mutex::default(),
        });
        let medium = Medium::Memory(Arc::<Observer>::clone(&observer));
        let settings = settings(sharing);
        let wait = settings.start();
        let (store, _) = Store::open_medium(medium, settings, NOW, STEPS, wait).unwrap();
        let point = store.engine.commit_point();
        observer.commit_point.set(point).unwrap();
        for number in 1..=20 {
            observer.seen.lock().clear();
            let new = session(number);
            store
                .call()
                .write("insert into", move |tx| tx.insert(&new))
                .unwrap();
            let mut seen = std::mem::take(&mut *observer.seen.lock());
            // A file that grew is synced before anything names its new pages, and before the commit begins: the
            // point is still that of the one before.
            if seen.len() > expected_len(sharing) {
                assert!(matches!(seen.remove(0), Seen::Sync { .. }));
            }
            let Some(Seen::Header { slot: old, .. }) = seen.first() else {
                panic!("a commit writes a header first: {seen:?}");
            };
            let new = 1 - old;
            let mut expected = vec![
                Seen::Header {
                    slot: *old,
                    passed: false,
                },
                Seen::Sync { passed: false },
                Seen::Header {
                    slot: new,
                    passed: true,
                },
                Seen::Sync { passed: true },
            ];
            if sharing == Sharing::Shared {
                // Tells other processes that the commit is durable; does not make it so.
                expected.push(Seen::Header {
                    slot: new,
                    passed: true,
                });
            }
            assert_eq!(seen, expected);
        }
    }
}

fn expected_len(sharing: Sharing) -> usize {
    if sharing == Sharing::Shared { 5 } else { 4 }
}

#[test]
fn only_changes_are_written() {
    for sharing in BOTH {
        let disk = Arc::new(Disk::default());
        create(&disk);
        let registry = open(&disk, sharing, STEPS).unwrap();
        registry.register(session(1)).unwrap();
        // Until the file has the room that it needs, commits may let it grow.
        for called in ["2", "3", "4", "1"] {
            registry.rename(id(1), name(called)).unwrap();
        }
        let before = disk.written_and_synced();
        registry.rename(id(1), name("1")).unwrap();
        registry.set_max_sessions(10).unwrap();
        registry.set_default_session(None).unwrap();
        assert_eq!(registry.unregister(id(2)).unwrap(), None);
        assert!(registry.register(session(1)).is_err());
        assert!(registry.rename(id(2), name("nobody")).is_err());
        registry.list_all().unwrap();
        assert!(registry.verify().unwrap().is_clean());
        assert!(registry.rebuild_indexes().unwrap().is_clean());
        assert_eq!(disk.written_and_synced(), before);

        registry.rename(id(1), name("another")).unwrap();
        let (_, syncs) = disk.written_and_synced();
        assert_eq!(syncs - before.1, 2, "a durable change is two syncs");
    }
}
