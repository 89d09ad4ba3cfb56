//! Watching where the system tells of nothing, and what a look at the header tells.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::disk::{Disk, Event};
use super::group::staged::staged;
use super::recording::{create, open};
use super::{BOTH, id, make_room, name, open_file, session};
use crate::registry::{SessionRegistry, Watch};
use crate::session::{ChangeKind, SessionId};
use crate::store::disk::header::{HEADER, shown};
use crate::store::format::schema::STEPS;
use crate::store::{Means, Sharing};

/// Far longer than anything here takes: a wait that ends with it has found a hang.
const HANG: Duration = Duration::from_secs(60);

fn polling(registry: &SessionRegistry) -> Watch {
    registry.watch_by(Means::Polling, None).unwrap()
}

fn next(watch: &mut Watch) -> Vec<(ChangeKind, Option<SessionId>)> {
    let happened = watch.next_within(HANG).unwrap().expect("hangs");
    assert!(!happened.lost);
    let changes = happened.changes.into_iter();
    changes.map(|change| (change.kind, change.id)).collect()
}

#[test]
fn whoever_polls_is_told_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    let registry = open_file(&path, Sharing::Shared, STEPS).unwrap();
    let other = open_file(&path, Sharing::Shared, STEPS).unwrap();
    let mut watch = polling(&registry);
    assert_eq!(watch.try_next().unwrap(), None);
    for number in 1..=5 {
        other.register(session(number)).unwrap();
        let registered = (ChangeKind::Registered, Some(id(number)));
        assert_eq!(next(&mut watch), [registered]);
    }
    let claim = other.claim(id(1)).unwrap();
    assert_eq!(next(&mut watch), [(ChangeKind::Claimed, Some(id(1)))]);
    claim.abandon().unwrap();
    let mut kinds = Vec::new();
    while kinds.last() != Some(&(ChangeKind::OwnerGone, Some(id(1)))) {
        kinds.extend(next(&mut watch));
    }
    assert_eq!(watch.next_within(Duration::from_millis(1)).unwrap(), None);

    thread::scope(|scope| {
        let waiting = scope.spawn(move || watch.next().unwrap().unwrap_err());
        registry.clone().close().unwrap();
        assert_eq!(waiting.join().unwrap().code(), "closed");
    });
}

#[test]
fn whoever_polls_waits_no_longer_than_they_said() {
    // In memory where there is such a place: ten thousand syncs take their time.
    let memory = std::path::Path::new("/dev/shm");
    let directory = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let path = directory.as_ref().unwrap().path().join("sessions.redb");
    let registry = open_file(&path, Sharing::Shared, STEPS).unwrap();
    let mut watch = polling(&registry);
    for millis in [0, 1, 7, 130] {
        assert_eq!(
            watch.next_within(Duration::from_millis(millis)).unwrap(),
            None
        );
    }
    for number in 0..10_000 {
        registry.set_max_sessions(1 + number % 2).unwrap();
    }
    let happened = watch.next_within(HANG).unwrap().unwrap();
    assert!(happened.lost && happened.changes.is_empty());
    assert_eq!(happened.revision, registry.revision().unwrap());
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_polls_has_a_descriptor_too() {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    let registry = open_file(&path, Sharing::Shared, STEPS).unwrap();
    let other = open_file(&path, Sharing::Shared, STEPS).unwrap();
    let mut watch = polling(&registry).pollable().unwrap();
    let timeout = Timespec::try_from(HANG).unwrap();
    for number in 1..=5 {
        other.register(session(number)).unwrap();
        let happened = loop {
            let mut ready = [PollFd::new(&watch, PollFlags::IN)];
            assert_eq!(poll(&mut ready, Some(&timeout)).unwrap(), 1, "hangs");
            if let Some(happened) = watch.try_next().unwrap() {
                break happened;
            }
        };
        assert_eq!(happened.changes[0].id, Some(id(number)));
    }
}

/// A look at what the header shows is what spares others a transaction for each write of a commit.
#[test]
fn a_commit_is_shown_by_its_last_write_alone() {
    for sharing in BOTH {
        let disk = Arc::new(Disk::default());
        create(&disk);
        let registry = open(&disk, sharing, STEPS).unwrap();
        make_room(&registry);
        for number in 1..=9 {
            let mut seen = shown_by(&disk.content());
            let before = disk.events().len();
            registry.register(session(number)).unwrap();
            let mut changes = 0;
            let mut headers = 0;
            for event in &disk.events()[before..] {
                if let Event::Write { at: 0, bytes } = event {
                    headers += 1;
                    let now = shown_by(bytes);
                    changes += usize::from(now != seen);
                    seen = now;
                }
            }
            let is_shared = sharing == Sharing::Shared;
            assert_eq!((headers, changes), (if is_shared { 3 } else { 2 }, 1));
            assert_eq!(seen, shown_by(&disk.content()));
        }
    }
}

fn shown_by(bytes: &[u8]) -> Vec<u8> {
    let header: &[u8; HEADER] = bytes[..HEADER].try_into().unwrap();
    shown(header).to_vec()
}

/// Nobody is told of a commit before it can no longer be undone.
#[test]
fn a_commit_that_is_under_way_is_told_to_nobody() {
    for sharing in BOTH {
        let (registry, disk) = staged(sharing);
        make_room(&registry);
        registry.register(session(1)).unwrap();
        let position = registry.revision().unwrap();
        let mut watch = registry.watch().unwrap();
        assert_eq!(watch.try_next().unwrap(), None);
        let (is_stopped, go) = disk.stop_at_syncs();
        let renamed = name("renamed");
        thread::scope(|scope| {
            let writer = scope.spawn(|| registry.rename(id(1), renamed.clone()));
            let mut stops = 0;
            while !writer.is_finished() {
                if is_stopped.try_recv().is_ok() {
                    stops += 1;
                    assert_eq!(watch.try_next().unwrap(), None);
                    assert_eq!(registry.revision().unwrap(), position);
                    go.send(()).unwrap();
                }
                thread::yield_now();
            }
            writer.join().unwrap().unwrap();
            drop(go);
            assert_eq!(stops, 2);
        });
        assert_eq!(next(&mut watch), [(ChangeKind::Updated, Some(id(1)))]);
    }
}
