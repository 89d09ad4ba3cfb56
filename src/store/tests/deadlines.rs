//! Waiting for a peer ends, whatever the peer holds; the handle goes on afterwards.

use std::ops::Bound;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use redb::StorageBackend;
use redb::backends::FileBackend;

use super::{NOW, code, id, name, open_file, session, settings};
use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::store::disk::backend::{WAITING_BYTE, WRITER_BYTE, byte};
use crate::store::disk::file::open_file as descriptor;
use crate::store::format::schema::STEPS;
use crate::store::{Access, Settings, Sharing, Store};

/// The bytes of the engine's header, which it locks while it reads or writes them.
const HEADER: (Bound<u64>, Bound<u64>) = (Bound::Included(0), Bound::Excluded(320));

fn open_impatient(path: &Path, busy_timeout: Duration) -> Result<SessionRegistry> {
    let settings = Settings {
        busy_timeout,
        ..settings(Sharing::Shared)
    };
    let (store, report) =
        Store::open_with_steps(path, settings, true, NOW, STEPS, settings.start())?;
    Ok(SessionRegistry::from_store(store, report, Arc::new(|| NOW)))
}

/// A registry with a session, and a peer that can lock what it likes.
fn with_peer(test: impl Fn(&Path, &FileBackend, Duration)) {
    for timeout in [Duration::ZERO, Duration::from_millis(20)] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sessions.redb");
        let registry = open_file(&path, Sharing::Shared, STEPS).unwrap();
        registry.register(session(1)).unwrap();
        registry.close().unwrap();
        let peer = descriptor(&path, Access::ReadWrite).unwrap().unwrap();
        let peer = FileBackend::new(peer).unwrap();
        test(&path, &peer, timeout);
    }
}

#[test]
fn a_peer_that_writes_for_ever_makes_writers_busy_and_no_reader() {
    with_peer(|path, peer, timeout| {
        let registry = open_impatient(path, timeout).unwrap();
        let writer = byte(WRITER_BYTE);
        assert!(peer.try_lock_range(writer.0, writer.1).unwrap());
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    assert_eq!(code(registry.rename(id(1), name("new"))), "busy");
                    assert_eq!(registry.list_all().unwrap(), [session(1)]);
                });
            }
        });
        assert_eq!(code(registry.compact()), "busy");
        registry.close().unwrap();
        // Nobody vouches for the file any more.
        assert_eq!(code(open_impatient(path, timeout)), "busy");
        peer.unlock_range(writer.0, writer.1).unwrap();
        let registry = open_impatient(path, Duration::from_secs(60)).unwrap();
        registry.rename(id(1), name("new")).unwrap();
    });
}

#[test]
fn whoever_opens_beside_a_peer_that_writes_for_ever_reads_as_if_alone() {
    with_peer(|path, peer, timeout| {
        let vouching = open_impatient(path, timeout).unwrap();
        let writer = byte(WRITER_BYTE);
        assert!(peer.try_lock_range(writer.0, writer.1).unwrap());
        let before = std::fs::read(path).unwrap();
        let registry = open_impatient(path, timeout).unwrap();
        assert!(!registry.open_report().recovered);
        let snapshot = registry.snapshot().unwrap();
        assert_eq!(registry.list_all().unwrap(), [session(1)]);
        assert_eq!(registry.lookup(id(1)).unwrap(), Some(session(1)));
        assert_eq!(code(registry.rename(id(1), name("new"))), "busy");
        open_impatient(path, timeout).unwrap().close().unwrap();
        assert!(std::fs::read(path).unwrap() == before, "nothing is written");

        peer.unlock_range(writer.0, writer.1).unwrap();
        // However busy the machine is, somebody patient gets through.
        let patient = open_impatient(path, Duration::from_secs(60)).unwrap();
        assert!(peer.try_lock_range(writer.0, writer.1).unwrap());
        let late = open_impatient(path, Duration::from_secs(60)).unwrap();
        let pinned = late.snapshot().unwrap();
        peer.unlock_range(writer.0, writer.1).unwrap();
        let renamed = late.rename(id(1), name("new")).unwrap();
        // What was read before the first change of a handle stays as it was.
        for snapshot in [&snapshot, &pinned] {
            assert_eq!(snapshot.list_all().unwrap(), [session(1)]);
        }
        for registry in [&vouching, &registry, &patient, &late] {
            assert_eq!(registry.lookup(id(1)).unwrap().as_ref(), Some(&renamed));
        }
        late.register(session(2)).unwrap();
        drop((snapshot, pinned));
        for registry in [registry, patient, vouching] {
            assert_eq!(registry.count().unwrap(), 2);
            registry.close().unwrap();
        }
        assert!(late.verify().unwrap().is_clean());
        late.close().unwrap();
        let alone = open_impatient(path, Duration::from_secs(60)).unwrap();
        assert!(!alone.open_report().recovered, "the last one closed it");
    });
}

#[test]
fn whoever_waits_for_a_writing_peer_says_so() {
    with_peer(|path, peer, _| {
        let registry = open_file(path, Sharing::Shared, STEPS).unwrap();
        let (writer, waiting) = (byte(WRITER_BYTE), byte(WAITING_BYTE));
        let is_awaited = || peer.query_lock_range(waiting.0, waiting.1).unwrap();
        registry.rename(id(1), name("at once")).unwrap();
        assert!(peer.try_lock_range(writer.0, writer.1).unwrap());
        assert!(!is_awaited());
        thread::scope(|scope| {
            let writing = scope.spawn(|| registry.rename(id(1), name("new")));
            while !is_awaited() {
                thread::yield_now();
            }
            peer.unlock_range(writer.0, writer.1).unwrap();
            writing.join().unwrap().unwrap();
        });
        assert!(!is_awaited(), "nobody waits any more");
    });
}

#[test]
fn the_first_change_of_a_handle_opened_beside_a_writer_outlives_his_death() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    let first = open_file(&path, Sharing::Shared, STEPS).unwrap();
    first.register(session(1)).unwrap();
    let peer = descriptor(&path, Access::ReadWrite).unwrap().unwrap();
    let peer = FileBackend::new(peer).unwrap();
    let writer = byte(WRITER_BYTE);
    assert!(peer.try_lock_range(writer.0, writer.1).unwrap());
    let late = open_file(&path, Sharing::Shared, STEPS).unwrap();
    assert_eq!(late.count().unwrap(), 1);
    // Nobody vouches for the file when it is opened for writing.
    peer.unlock_range(writer.0, writer.1).unwrap();
    first.close().unwrap();
    late.register(session(2)).unwrap();
    late.close().unwrap();
    let registry = open_file(&path, Sharing::Shared, STEPS).unwrap();
    assert_eq!(registry.count().unwrap(), 2);
    assert!(registry.verify().unwrap().is_clean());
}

#[test]
fn a_peer_that_keeps_the_header_makes_everybody_busy() {
    with_peer(|path, peer, timeout| {
        let registry = open_impatient(path, timeout).unwrap();
        assert!(peer.try_lock_range(HEADER.0, HEADER.1).unwrap());
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    assert_eq!(code(registry.list_all()), "busy");
                    assert_eq!(code(registry.snapshot()), "busy");
                    assert_eq!(code(registry.register(session(2))), "busy");
                });
            }
        });
        assert_eq!(code(open_impatient(path, timeout)), "busy");
        peer.unlock_range(HEADER.0, HEADER.1).unwrap();
        assert_eq!(registry.list_all().unwrap(), [session(1)]);
        registry.register(session(2)).unwrap();
    });
}
