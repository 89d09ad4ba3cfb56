//! Locks that keep others from reading, as those of Windows do: who has locked bytes exclusively is the only
//! one who reads them, and by that one descriptor.

mod descriptor;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use redb::StorageBackend;

use super::{NOW, code, id, name, session, settings};
use crate::error::Result;
use crate::registry::SessionRegistry;
use crate::store::disk::medium::{Descriptors, Medium};
use crate::store::format::schema::STEPS;
use crate::store::{Access, Settings, Sharing, Store};
use descriptor::{HEADER, Mandatory, Refusals};

/// A registry file with one session, and whoever opens it.
struct Place {
    directory: tempfile::TempDir,
    refusals: Arc<Refusals>,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            directory: tempfile::tempdir().unwrap(),
            refusals: Arc::default(),
        };
        let registry = super::open_file(&place.file(), Sharing::Shared, STEPS).unwrap();
        registry.register(session(1)).unwrap();
        registry.close().unwrap();
        place
    }

    fn file(&self) -> std::path::PathBuf {
        self.directory.path().join("sessions.redb")
    }

    fn descriptor(&self) -> Mandatory {
        Mandatory::open(&self.file(), &self.refusals)
    }

    fn open(&self, settings: Settings) -> Result<SessionRegistry> {
        let (path, refusals) = (self.file(), Arc::clone(&self.refusals));
        let medium = Medium::Descriptors(Descriptors(Arc::new(move || {
            Arc::new(Mandatory::open(&path, &refusals))
        })));
        let (store, report) = Store::open_medium(medium, settings, NOW, STEPS, settings.start())?;
        Ok(SessionRegistry::from_store(store, report, Arc::new(|| NOW)))
    }
}

/// Every way of opening, for as long as it has patience.
fn openings(busy_timeout: Duration) -> [Settings; 3] {
    let of = |access, sharing| Settings {
        access,
        busy_timeout,
        ..settings(sharing)
    };
    [
        of(Access::ReadWrite, Sharing::Shared),
        of(Access::ReadWrite, Sharing::Exclusive),
        of(Access::ReadOnly, Sharing::Shared),
    ]
}

#[test]
fn a_header_that_somebody_writes_just_now_is_read_a_moment_later() {
    for settings in openings(Duration::from_secs(120)) {
        let place = Place::new();
        let peer = place.descriptor();
        assert!(peer.try_lock_range(HEADER.0, HEADER.1).unwrap());
        let refused = place.refusals.next();
        thread::scope(|scope| {
            let opening = scope.spawn(|| place.open(settings));
            refused.recv().unwrap();
            peer.unlock_range(HEADER.0, HEADER.1).unwrap();
            let registry = opening.join().unwrap().unwrap();
            assert_eq!(registry.count().unwrap(), 1, "{settings:?}");
        });
    }
}

#[test]
fn a_header_that_stays_locked_makes_openers_busy_in_time() {
    for settings in openings(Duration::from_millis(20)) {
        let place = Place::new();
        let peer = place.descriptor();
        assert!(peer.try_lock_range(HEADER.0, HEADER.1).unwrap());
        assert_eq!(code(place.open(settings)), "busy", "{settings:?}");
        assert!(place.refusals.count.load(Ordering::Relaxed) > 0);
    }
}

#[test]
fn nobody_who_opens_beside_a_busy_writer_fails() {
    let place = Place::new();
    let [shared, _, reading] = openings(Duration::from_secs(120));
    let writer = place.open(shared).unwrap();
    let (stop, stopped) = channel::<()>();
    thread::scope(|scope| {
        let place = &place;
        let openers: Vec<_> = [shared, reading]
            .map(|settings| {
                scope.spawn(move || {
                    for _ in 0..50 {
                        let registry = place.open(settings).unwrap();
                        assert_eq!(registry.count().unwrap(), 1);
                        registry.close().unwrap();
                    }
                })
            })
            .into();
        let writing = scope.spawn(move || {
            let mut number = 0_u64;
            while stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
                number += 1;
                writer.rename(id(1), name(&format!("{number}"))).unwrap();
            }
            writer.close().unwrap();
        });
        for opener in openers {
            opener.join().unwrap();
        }
        drop(stop);
        writing.join().unwrap();
    });
    assert!(place.open(shared).unwrap().verify().unwrap().is_clean());
}

#[test]
fn an_exclusive_holder_is_told_as_such() {
    let place = Place::new();
    let [shared, exclusive, reading] = openings(Duration::from_millis(20));
    let holder = place.open(exclusive).unwrap();
    for settings in [shared, exclusive, reading] {
        assert_eq!(code(place.open(settings)), "in_use", "{settings:?}");
    }
    holder.register(session(2)).unwrap();
    holder.close().unwrap();
    assert_eq!(place.open(shared).unwrap().count().unwrap(), 2);
}

#[test]
fn an_exclusive_handle_verifies_the_file_that_it_keeps_from_everybody() {
    let place = Place::new();
    let [_, exclusive, _] = openings(Duration::from_secs(120));
    let holder = place.open(exclusive).unwrap();
    holder.register(session(2)).unwrap();
    let found = holder.verify().unwrap();
    assert!(found.is_clean() && found.pages_checked, "{found:?}");
    assert_eq!(found.sessions, 2);
    assert!(holder.rebuild_indexes().unwrap().is_clean());
    holder.compact().unwrap();
    assert!(holder.verify().unwrap().is_clean());
    assert_eq!(place.refusals.count.load(Ordering::Relaxed), 0);
}

#[test]
fn a_shared_handle_verifies_and_compacts() {
    let place = Place::new();
    let [shared, _, reading] = openings(Duration::from_secs(120));
    let registry = place.open(shared).unwrap();
    let reader = place.open(reading).unwrap();
    registry.register(session(2)).unwrap();
    assert_eq!(reader.count().unwrap(), 2);
    let found = registry.verify().unwrap();
    assert!(found.is_clean() && found.pages_checked, "{found:?}");
    registry.compact().unwrap();
    assert_eq!(reader.count().unwrap(), 2);
    assert!(registry.verify().unwrap().is_clean());
}
