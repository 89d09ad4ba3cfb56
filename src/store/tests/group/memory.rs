//! What the shortcuts hold on to: nothing that makes the file grow.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use redb::StorageBackend;

use super::staged::staged;
use super::{id, open_file, path, session};
use crate::registry::SessionRegistry;
use crate::session::Session;
use crate::store::Sharing;
use crate::store::format::schema::STEPS;

/// A directory in memory where there is one: a thousand commits are nothing to learn about a disk.
fn directory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    directory.unwrap()
}

fn replace(registry: &SessionRegistry, number: u8) {
    registry.unregister(id(number)).unwrap();
    let mut session = session(number);
    session
        .metadata_mut()
        .insert("blob".into(), "b".repeat(4000));
    registry.register(session).unwrap();
}

fn look(registry: &SessionRegistry, number: u8) {
    registry.lookup(id(number)).unwrap();
    registry.lookup_by_path(&path("/nowhere")).unwrap();
    registry.list_all().unwrap();
}

#[test]
fn an_exclusive_file_stays_flat_under_alternating_reads_and_writes() {
    let (registry, disk) = staged(Sharing::Exclusive);
    let mut sizes = Vec::new();
    for round in 0..1000 {
        let number = 1 + u8::try_from(round % 8).unwrap();
        look(&registry, number);
        replace(&registry, number);
        look(&registry, number);
        if round == 50 || round == 999 {
            sizes.push(disk.len().unwrap());
        }
    }
    eprintln!("Exclusive, bytes after 50 and 1000 replacements: {sizes:?}");
    assert_eq!(sizes[0], sizes[1]);
}

/// A reader in the midst of a question pins what it sees, for as long as it is kept from running; but
/// nothing stays behind when it is done.
#[test]
fn readers_beside_writes_leave_nothing_pinned_in_an_exclusive_file() {
    let (registry, disk) = staged(Sharing::Exclusive);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !done.load(Ordering::SeqCst) {
                    look(&registry, 1);
                }
            });
        }
        for round in 0..500 {
            replace(&registry, 1 + u8::try_from(round % 8).unwrap());
        }
        done.store(true, Ordering::SeqCst);
    });
    let mut sizes = vec![disk.len().unwrap()];
    for round in 0..500 {
        replace(&registry, 1 + u8::try_from(round % 8).unwrap());
    }
    sizes.push(disk.len().unwrap());
    eprintln!("Exclusive, bytes after 500 replacements beside readers and 500 alone: {sizes:?}");
    assert!(sizes[1] <= sizes[0]);
}

#[test]
fn an_idle_handle_that_has_read_pins_nothing() {
    let directory = directory();
    let file = directory.path().join("sessions.redb");
    let idle = open_file(&file, Sharing::Shared, STEPS).unwrap();
    let busy = open_file(&file, Sharing::Shared, STEPS).unwrap();
    let size = || std::fs::metadata(&file).unwrap().len();
    for number in 1..9 {
        replace(&busy, number);
    }
    let mut sizes = Vec::new();
    for round in 0..1000 {
        if round == 50 {
            // From now on it keeps whatever it keeps.
            look(&idle, 1);
            sizes.push(size());
        }
        replace(&busy, 1 + u8::try_from(round % 8).unwrap());
    }
    sizes.push(size());
    eprintln!("Shared, bytes after 50 and 1000 replacements beside an idle handle: {sizes:?}");
    assert_eq!(sizes[0], sizes[1]);
    assert_eq!(idle.list_all().unwrap(), busy.list_all().unwrap());
}

#[test]
fn a_kept_view_is_in_nobodys_way() {
    let directory = directory();
    let file = directory.path().join("sessions.redb");
    let registry = open_file(&file, Sharing::Exclusive, STEPS).unwrap();
    registry.register(session(1)).unwrap();
    look(&registry, 1);
    registry.compact().unwrap();
    look(&registry, 1);
    assert!(registry.verify().unwrap().is_clean());
    let stored: Option<Session> = registry.lookup(id(1)).unwrap();
    assert_eq!(stored, Some(session(1)));
    look(&registry, 1);
    registry.close().unwrap();
}
