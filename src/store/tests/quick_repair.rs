//! Commits of large exclusive files save what an opening after a kill needs. In debug builds the engine walks
//! every file all the same, so what is told here is what the commits write.

use std::sync::Arc;

use super::disk::Disk;
use super::recording::create;
use super::{NOW, id, name, session, settings};
use crate::registry::SessionRegistry;
use crate::store::disk::medium::Medium;
use crate::store::format::schema::STEPS;
use crate::store::{OpenReport, Settings, Sharing, Store};

/// How many writes a small change takes where files count as large from so many bytes on, and how many
/// bytes the file had.
fn writes(sharing: Sharing, quick_repair_from: u64) -> (u64, u64) {
    let disk = Arc::new(Disk::default());
    create(&disk);
    let medium = Medium::Memory(Arc::<Disk>::clone(&disk));
    let settings = Settings {
        quick_repair_from,
        ..settings(sharing)
    };
    let (store, _) = Store::open_medium(medium, settings, NOW, STEPS, settings.start()).unwrap();
    let registry = SessionRegistry::from_store(store, OpenReport::default(), Arc::new(|| NOW));
    for number in 1..6 {
        registry.register(session(number)).unwrap();
    }
    let bytes = disk.content().len() as u64;
    let (before, _) = disk.written_and_synced();
    registry.rename(id(1), name("renamed")).unwrap();
    let (after, _) = disk.written_and_synced();
    (after - before, bytes)
}

#[test]
fn commits_save_more_from_the_size_on_at_which_files_count_as_large() {
    let (small, bytes) = writes(Sharing::Exclusive, u64::MAX);
    let (large, _) = writes(Sharing::Exclusive, 0);
    assert!(large > small, "{large} writes, {small} where it is small");
    assert_eq!(writes(Sharing::Exclusive, bytes), (large, bytes));
    assert_eq!(writes(Sharing::Exclusive, bytes + 1), (small, bytes));
}

/// Others must be able to go on from there.
#[test]
fn shared_commits_save_as_much_whatever_the_size() {
    let of_any_size = writes(Sharing::Shared, 0);
    assert_eq!(writes(Sharing::Shared, u64::MAX), of_any_size);
}
