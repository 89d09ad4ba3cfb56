//! Files as programs leave them: closed, killed, killed in the middle of a commit.

use std::io;
use std::sync::Arc;

use redb::{Database, StorageBackend, TableDefinition};

use super::super::disk::{Disk, Event};
use super::super::recording::{create, open};
use super::super::{id, name, session};
use super::{RECOVERY, TWO_PHASE, UNFLUSHED};
use crate::registry::SessionRegistry;
use crate::store::Sharing;
use crate::store::disk::backend::FLAGS_OFFSET;
use crate::store::format::schema::STEPS;

/// Three sessions, one of them closed.
pub(super) fn worked_on(disk: &Arc<Disk>, sharing: Sharing) -> SessionRegistry {
    create(disk);
    let registry = open(disk, sharing, STEPS).unwrap();
    for number in 1..=3 {
        registry.register(session(number)).unwrap();
    }
    registry.close_session(id(3)).unwrap();
    registry
}

pub(super) fn closed() -> Arc<Disk> {
    let disk = Arc::new(Disk::default());
    worked_on(&disk, Sharing::Shared).close().unwrap();
    disk
}

/// What a kill leaves of a registry that is open and idle.
pub(super) fn killed() -> Arc<Disk> {
    let disk = Arc::new(Disk::default());
    let registry = worked_on(&disk, Sharing::Shared);
    let left = Arc::new(Disk::holding(disk.content()));
    drop(registry);
    left
}

/// What a kill leaves between the last two writes of a commit, of which nobody was told that it is done.
pub(super) fn killed_before_the_last_sync() -> Arc<Disk> {
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
pub(super) fn left_in_one_phase(ballast: usize) -> Arc<Disk> {
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
