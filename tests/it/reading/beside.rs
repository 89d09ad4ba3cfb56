//! Beside others who read, write, die, or want the file for themselves.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use session_registry::{Access, Error, Liveness, SessionRegistry, Sharing};

use super::{place, reading, traces};
use crate::support::child::{Child, HANG, Parent};
use crate::support::values::{id, name, session};

#[test]
fn a_writer_is_followed_at_once() {
    let (_directory, file) = place();
    let writer = SessionRegistry::open(&file).unwrap();
    let reader = reading().open(&file).unwrap();
    let before = reader.snapshot().unwrap();
    for turn in 1..50 {
        let renamed = writer.rename(id(1), name(&format!("turn {turn}"))).unwrap();
        // Asked for so often that the answers are kept.
        for _ in 0..3 {
            assert_eq!(reader.lookup(id(1)).unwrap().as_ref(), Some(&renamed));
            let by_name = reader.lookup_by_name(renamed.name().as_str()).unwrap();
            assert_eq!(by_name.as_ref(), Some(&renamed));
        }
    }
    assert_eq!(
        before.list_all().unwrap(),
        [session(1), session(2), session(3)]
    );
    writer.unregister(id(1)).unwrap();
    assert_eq!(reader.lookup(id(1)).unwrap(), None);
    assert_eq!(before.lookup(id(1)).unwrap(), Some(session(1)));
}

#[test]
fn pages_are_checked_only_while_nobody_has_the_file_open_for_writing() {
    let (_directory, file) = place();
    let reader = reading().open(&file).unwrap();
    let other = reading().open(&file).unwrap();
    assert!(reader.verify().unwrap().pages_checked);
    let writer = SessionRegistry::open(&file).unwrap();
    for registry in [&reader, &other] {
        let found = registry.verify().unwrap();
        assert!(found.is_clean() && !found.pages_checked && found.sessions == 3);
    }
    assert!(writer.verify().unwrap().pages_checked);
    writer.close().unwrap();
    assert!(reader.verify().unwrap().pages_checked);
}

#[test]
fn what_a_killed_process_left_is_read_as_it_is() {
    for sharing in ["shared", "exclusive"] {
        let (directory, file) = place();
        let mut dweller = Child::start("dweller", &[&file.display(), &sharing]);
        dweller.expect("open");
        dweller.kill();
        let before = traces(directory.path());
        let reader = reading().open(&file).unwrap();
        let expected = [session(1), session(2), session(3), session(4)];
        assert_eq!(reader.list_all().unwrap(), expected);
        assert!(reader.verify().unwrap().pages_checked);
        reader.close().unwrap();
        assert!(traces(directory.path()) == before);
        // It is still a writer's to recover, also beside a reader.
        let reader = reading().open(&file).unwrap();
        let writer = SessionRegistry::open(&file).unwrap();
        assert!(writer.open_report().recovered);
        writer.register(session(5)).unwrap();
        assert_eq!(reader.count().unwrap(), 5);
    }
}

/// Opens the registry, registers session 4, and stays.
pub(crate) fn dweller(parent: &Parent) {
    let sharing = match parent.argument(1) {
        "exclusive" => Sharing::Exclusive,
        _ => Sharing::Shared,
    };
    let options = SessionRegistry::options().sharing(sharing);
    let registry = options.busy_timeout(HANG).open(parent.argument(0)).unwrap();
    registry.register(session(4)).unwrap();
    parent.say("open");
    parent.stay();
}

#[test]
fn beside_an_exclusive_holder_it_is_in_use() {
    let (_directory, file) = place();
    let reader = reading().open(&file).unwrap();
    let exclusive = SessionRegistry::options()
        .sharing(Sharing::Exclusive)
        .busy_timeout(Duration::ZERO);
    let error = exclusive.open(&file).unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error:?}");
    assert_eq!(reader.count().unwrap(), 3);
    reader.close().unwrap();

    let holder = exclusive.open(&file).unwrap();
    let once = reading().busy_timeout(Duration::ZERO);
    let error = once.open(&file).unwrap_err();
    assert!(
        matches!(&error, Error::InUse { path, .. } if *path == file),
        "{error:?}"
    );
    assert!(error.is_retryable());
    holder.close().unwrap();
    assert_eq!(once.open(&file).unwrap().count().unwrap(), 3);
}

#[test]
fn an_exclusive_holder_who_goes_in_time_is_waited_for() {
    let (_directory, file) = place();
    let exclusive = SessionRegistry::options().sharing(Sharing::Exclusive);
    let holder = exclusive.open(&file).unwrap();
    thread::scope(|scope| {
        let opening = scope.spawn(|| reading().open(&file));
        holder.register(session(4)).unwrap();
        assert!(!opening.is_finished());
        holder.close().unwrap();
        assert_eq!(opening.join().unwrap().unwrap().count().unwrap(), 4);
    });
}

/// Reading hinders nobody from looking after the file, unless a snapshot needs what is there.
#[test]
fn a_file_can_be_compacted_beside_readers() {
    let (_directory, file) = place();
    let options = SessionRegistry::options().busy_timeout(Duration::ZERO);
    let writer = options.open(&file).unwrap();
    let reader = reading().open(&file).unwrap();
    assert_eq!(reader.count().unwrap(), 3);
    let snapshot = reader.snapshot().unwrap();
    let before = fs::read(&file).unwrap().len();
    let error = writer.compact().unwrap_err();
    assert!(matches!(error, Error::InUse { .. }), "{error:?}");
    assert_eq!(snapshot.count().unwrap(), 3);
    let after = fs::read(&file).unwrap().len();
    assert!(after <= before, "a copy of everything was left");
    drop(snapshot);
    writer.compact().unwrap();
    writer.register(session(4)).unwrap();
    assert_eq!(reader.count().unwrap(), 4);
    assert!(writer.verify().unwrap().is_clean());
}

#[test]
fn owners_are_told_alive_and_dead() {
    let (_directory, file) = place();
    let mut driver = Child::start("driver", &[&file.display(), &"shared"]);
    driver.expect("open");
    driver.say(format!("claim {}", id(2)));
    assert!(driver.line().starts_with("claimed "));
    let reader = reading().open(&file).unwrap();
    let liveness = || reader.owner(id(2)).unwrap().map(|owner| owner.liveness);
    assert_eq!(liveness(), Some(Liveness::Alive));
    assert!(reader.interrupted().unwrap().is_empty());
    driver.kill();
    assert_eq!(liveness(), Some(Liveness::Dead));
    let interrupted = reader.interrupted().unwrap();
    let interrupted: Vec<_> = interrupted.iter().map(|session| session.id()).collect();
    assert_eq!(interrupted, [id(2)]);
}

#[test]
fn a_file_that_was_replaced_is_noticed() {
    let (directory, file) = place();
    let reader = reading().open(&file).unwrap();
    assert_eq!(reader.count().unwrap(), 3);
    fs::copy(&file, directory.path().join("other")).unwrap();
    fs::rename(directory.path().join("other"), &file).unwrap();
    let started = Instant::now();
    while reader.count().is_ok() {
        assert!(started.elapsed() < HANG);
    }
    for _ in 0..2 {
        let error = reader.list_all().unwrap_err();
        assert!(matches!(error, Error::FileReplaced { .. }), "{error:?}");
    }
    assert_eq!(reading().open(&file).unwrap().count().unwrap(), 3);
}

#[test]
fn a_closed_handle_says_so() {
    let (_directory, file) = place();
    let reader = reading().open(&file).unwrap();
    let (clone, snapshot) = (reader.clone(), reader.snapshot().unwrap());
    reader.close().unwrap();
    assert!(matches!(clone.count(), Err(Error::Closed)));
    assert!(matches!(snapshot.count(), Err(Error::Closed)));
    assert!(matches!(clone.clear(), Err(Error::ReadOnly)));
    // Nobody is kept out any more.
    let exclusive = SessionRegistry::options().sharing(Sharing::Exclusive);
    exclusive.busy_timeout(Duration::ZERO).open(&file).unwrap();
}

#[test]
fn copies_can_be_made() {
    let (directory, file) = place();
    let reader = reading().open(&file).unwrap();
    let copy = directory.path().join("copy");
    reader.backup_to(&copy).unwrap();
    let mut lines = Vec::new();
    assert_eq!(reader.export(&mut lines).unwrap(), 3);
    let copy = SessionRegistry::options()
        .access(Access::ReadOnly)
        .open(copy);
    assert_eq!(
        copy.unwrap().list_all().unwrap(),
        reader.list_all().unwrap()
    );
}
