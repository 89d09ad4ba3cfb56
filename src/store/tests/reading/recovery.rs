//! What is read of a file that nobody closed, and what is left to a writer.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use redb::StorageBackend;

use super::super::disk::{Disk, Fails, Loss, Operations, Trouble};
use super::super::golden::fixture;
use super::super::recording::open;
use super::super::{NOW, code, id, name, settings};
use super::left_behind::{closed, killed, killed_before_the_last_sync, left_in_one_phase};
use super::open_to_read;
use crate::error::Error;
use crate::registry::SessionRegistry;
use crate::store::disk::backend::FLAGS_OFFSET;
use crate::store::disk::locks::grant_locks;
use crate::store::disk::medium::Medium;
use crate::store::format::schema::{STEPS, latest};
use crate::store::{Access, OpenCheck, Settings, Sharing, Store};

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
            }) => assert_eq!(supported, latest(STEPS)),
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

/// A file to which others commit whenever it is looked at.
#[derive(Debug)]
struct Restless {
    disk: Arc<Disk>,
    commits: AtomicU8,
}

impl StorageBackend for Restless {
    fn len(&self) -> io::Result<u64> {
        self.disk.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.disk.read(offset, out)?;
        // What a commit changes more of; the engine does not look at this byte.
        if offset == 0
            && let Some(padding) = out.get_mut(FLAGS_OFFSET + 1)
        {
            *padding = self.commits.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        panic!("a reader resizes");
    }

    fn sync_data(&self) -> io::Result<()> {
        panic!("a reader syncs");
    }

    fn write(&self, _: u64, _: &[u8]) -> io::Result<()> {
        panic!("a reader writes");
    }

    grant_locks!();
}

#[test]
fn a_file_that_never_rests_is_read_unless_every_page_must_be_checked() {
    let restless = || {
        Arc::new(Restless {
            disk: closed(),
            commits: AtomicU8::new(0),
        })
    };
    for check in [OpenCheck::Auto, OpenCheck::Never] {
        let reader = open_to_read(restless(), check, STEPS).unwrap();
        assert_eq!(reader.list_all().unwrap().len(), 2);
        let found = reader.verify().unwrap();
        assert!(found.is_clean() && !found.pages_checked);
    }
    let settings = Settings {
        access: Access::ReadOnly,
        open_check: OpenCheck::Always,
        busy_timeout: Duration::ZERO,
        ..settings(Sharing::Shared)
    };
    let medium = Medium::Memory(restless());
    let opening = Store::open_medium(medium, settings, NOW, STEPS, settings.start());
    assert_eq!(opening.unwrap_err().code(), "busy");
}

#[test]
fn a_reader_that_failed_reads_again() {
    let disk = killed();
    let reader = open_to_read(Arc::<Disk>::clone(&disk), OpenCheck::Auto, STEPS).unwrap();
    let snapshot = reader.snapshot().unwrap();
    disk.break_down(Trouble {
        after: 0,
        of: Operations::All,
        lasting: true,
        error: Fails::Io,
        loss: Loss::FromDisk,
    });
    for _ in 0..3 {
        assert_eq!(code(reader.list_all()), "storage");
    }
    assert!(disk.mend());
    assert_eq!(reader.list_all().unwrap().len(), 2);
    assert_eq!(code(snapshot.list_all()), "snapshot_lost");
    reader.close().unwrap();
    assert_eq!(disk.written_and_synced(), (0, 0));
}
