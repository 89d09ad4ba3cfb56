//! A peer that stands still (Ctrl-Z) makes nobody wait for longer than they said they would.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use redb::{Builder, ConcurrencyMode, TableDefinition};
use session_registry::{Error, SessionRegistry, Sharing};

use super::{patient, reopen_and_check, session_at};
use crate::support::child::{Child, HANG, Parent};

const TIMEOUT: Duration = Duration::from_millis(500);
const THREADS: usize = 8;

#[test]
fn writers_are_told_busy_together_and_readers_read_on() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = SessionRegistry::options().busy_timeout(TIMEOUT);
    let registry = registry.open(&file).unwrap();
    let first = registry.register(session_at("/stopped/first")).unwrap();
    let mut writer = Child::start("writer", &[&file.display()]);
    writer.expect("in transaction");
    writer.stop();

    let started = Instant::now();
    let waiting = AtomicBool::new(true);
    thread::scope(|scope| {
        let registry = &registry;
        let writers: Vec<_> = (0..THREADS)
            .map(|number| {
                let session = session_at(&format!("/stopped/{number}"));
                scope.spawn(move || registry.register(session))
            })
            .collect();
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while waiting.load(Ordering::Relaxed) {
                assert_eq!(registry.list_all().unwrap(), std::slice::from_ref(&first));
                reads += 1;
            }
            reads
        });
        for writer in writers {
            assert_busy(writer.join().unwrap());
        }
        waiting.store(false, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
    let waited = started.elapsed();
    assert!(waited < TIMEOUT * 4, "one after another: {waited:?}");

    writer.kill();
    let second = registry.register(session_at("/stopped/second")).unwrap();
    assert_eq!(registry.list_all().unwrap(), [first, second]);
    assert!(registry.verify().unwrap().is_clean());
    registry.close().unwrap();
    assert_eq!(reopen_and_check(&file).len(), 2);
}

#[test]
fn opening_beside_a_stopped_writer_answers_as_if_alone() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = patient().open(&file).unwrap();
    let first = registry.register(session_at("/stopped/first")).unwrap();
    registry.close().unwrap();
    let mut writer = Child::start("writer", &[&file.display()]);
    writer.expect("in transaction");
    writer.stop();

    // Not a moment is waited.
    let once = SessionRegistry::options().busy_timeout(Duration::ZERO);
    let mut opened = Vec::new();
    for _ in 0..5 {
        let registry = once.open(&file).unwrap();
        assert_eq!(registry.list_all().unwrap(), std::slice::from_ref(&first));
        let error = registry.rename(first.id(), "new".parse().unwrap());
        assert!(matches!(error, Err(Error::Busy { .. })), "{error:?}");
        opened.push(registry);
    }
    let snapshots: Vec<_> = opened.iter().map(|r| r.snapshot().unwrap()).collect();
    writer.kill();
    // Each of them changes something, first the one that finds the file as the kill left it.
    let patient = patient().open(&file).unwrap();
    for (number, registry) in opened.iter().enumerate() {
        let path = format!("/stopped/{number}");
        while let Err(error) = registry.register(session_at(&path)) {
            assert!(matches!(error, Error::Busy { .. }), "{error:?}");
        }
        assert_eq!(patient.list_all().unwrap().len(), number + 2);
    }
    for snapshot in &snapshots {
        assert_eq!(snapshot.list_all().unwrap(), std::slice::from_ref(&first));
    }
    drop(snapshots);
    assert!(patient.verify().unwrap().is_clean());
    patient.close().unwrap();
    for registry in opened {
        registry.close().unwrap();
    }
    assert_eq!(reopen_and_check(&file).len(), 6);
}

#[test]
fn a_writer_gets_through_when_the_stopped_peer_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let registry = patient().open(&file).unwrap();
    let mut writer = Child::start("writer", &[&file.display()]);
    writer.expect("in transaction");
    writer.stop();
    thread::scope(|scope| {
        let registering = scope.spawn(|| registry.register(session_at("/stopped/patient")));
        assert!(registry.is_empty().unwrap());
        assert!(!registering.is_finished());
        writer.say("end the transaction");
        writer.go_on();
        registering.join().unwrap().unwrap();
    });
    writer.finish();
    registry.close().unwrap();
    assert_eq!(reopen_and_check(&file).len(), 1);
}

#[test]
fn a_stopped_exclusive_holder_is_reported_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    let mut holder = Child::start("holder", &[&file.display()]);
    holder.expect("open");
    holder.stop();
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let started = Instant::now();
        let opening = patient().sharing(sharing).open(&file);
        let error = opening.unwrap_err();
        assert!(matches!(error, Error::InUse { .. }), "{error:?}");
        assert!(started.elapsed() < HANG / 2);
    }
    holder.kill();
    assert_eq!(reopen_and_check(&file).len(), 1);
}

fn assert_busy<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::Busy { waited, .. }) => assert!(waited >= TIMEOUT, "{waited:?}"),
        other => panic!("not busy: {other:?}"),
    }
}

/// Opens the file with the engine itself and stays in a write transaction, which it never commits.
pub(super) fn writer(parent: &Parent) {
    let table = TableDefinition::<&[u8], &[u8]>::new("sessions");
    let database = Builder::new()
        .set_concurrency_mode(ConcurrencyMode::MultiWriter)
        .open(parent.argument(0))
        .unwrap();
    let transaction = database.begin_write().unwrap();
    let mut sessions = transaction.open_table(table).unwrap();
    sessions
        .insert([1; 16].as_slice(), [2; 99].as_slice())
        .unwrap();
    parent.say("in transaction");
    parent.hear();
    drop(sessions);
    transaction.abort().unwrap();
}

/// Holds the file exclusively.
pub(super) fn holder(parent: &Parent) {
    let options = patient().sharing(Sharing::Exclusive);
    let registry = options.open(parent.argument(0)).unwrap();
    registry.register(session_at("/stopped/exclusive")).unwrap();
    parent.say("open");
    parent.stay();
}
