//! Who stands still (Ctrl-Z) keeps readers waiting for no longer than they said they would.

use std::ops::Bound;
use std::time::Duration;

use redb::StorageBackend;
use redb::backends::FileBackend;
use session_registry::{Error, SessionRegistry};

use super::{place, reading};
use crate::support::child::{Child, Parent};
use crate::support::values::{name, session};

const TIMEOUT: Duration = Duration::from_millis(300);

#[test]
fn a_writer_stopped_in_a_transaction_delays_no_reader() {
    let (_directory, file) = place();
    let opened = reading().open(&file).unwrap();
    let mut writer = Child::start("writer", &[&file.display()]);
    writer.expect("in transaction");
    writer.stop();
    // Not a moment is waited.
    let once = reading().busy_timeout(Duration::ZERO);
    for _ in 0..20 {
        let new = once.open(&file).unwrap();
        for reader in [&opened, &new] {
            assert_eq!(reader.list_all().unwrap().len(), 3);
        }
        assert!(!new.verify().unwrap().pages_checked);
        new.close().unwrap();
    }
    writer.kill();
    assert_eq!(once.open(&file).unwrap().count().unwrap(), 3);
    assert_eq!(opened.count().unwrap(), 3);
}

#[test]
fn a_writer_stopped_in_a_header_write_makes_readers_busy_in_time() {
    let (_directory, file) = place();
    let options = reading().busy_timeout(TIMEOUT);
    let opened = options.open(&file).unwrap();
    let snapshot = opened.snapshot().unwrap();
    let mut holder = Child::start("header_holder", &[&file.display()]);
    holder.expect("holds the header");
    holder.stop();
    assert_busy(opened.list_all());
    assert_busy(options.open(&file));
    assert_eq!(snapshot.count().unwrap(), 3, "a snapshot waits for nobody");
    holder.kill();
    assert_eq!(opened.count().unwrap(), 3);
    assert_eq!(options.open(&file).unwrap().count().unwrap(), 3);
}

fn assert_busy<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::Busy { waited, .. }) => assert!(waited >= TIMEOUT, "{waited:?}"),
        other => panic!("not busy: {other:?}"),
    }
}

/// Locks the header of the file as who writes it does, and stays so.
pub(crate) fn header_holder(parent: &Parent) {
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(parent.argument(0));
    let backend = FileBackend::new(file.unwrap()).unwrap();
    let header = (Bound::Included(0), Bound::Excluded(320));
    assert!(backend.try_lock_range(header.0, header.1).unwrap());
    parent.say("holds the header");
    parent.stay();
}

/// A reader stopped in the microseconds of its own header lock is the stated exception.
#[test]
fn a_stopped_reader_delays_no_writer() {
    let (_directory, file) = place();
    let mut sleeper = Child::start("sleeper", &[&file.display()]);
    sleeper.expect("holds a snapshot");
    sleeper.stop();
    let options = SessionRegistry::options().busy_timeout(Duration::ZERO);
    let writer = options.open(&file).unwrap();
    for number in 4..10 {
        let new = writer.register(session(number)).unwrap();
        writer.rename(new.id(), name("renamed")).unwrap();
    }
    assert_eq!(reading().open(&file).unwrap().count().unwrap(), 9);
    sleeper.go_on();
    sleeper.say("look");
    sleeper.expect("3");
    sleeper.finish();
    assert!(writer.verify().unwrap().is_clean());
}

/// Keeps a snapshot, and tells how many sessions it sees.
pub(crate) fn sleeper(parent: &Parent) {
    let registry = reading().open(parent.argument(0)).unwrap();
    let snapshot = registry.snapshot().unwrap();
    parent.say("holds a snapshot");
    while parent.hear().is_some() {
        parent.say(snapshot.count().unwrap());
    }
}
