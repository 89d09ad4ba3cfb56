//! The file at the path is not the file that a handle holds any more.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use session_registry::{Error, Session, SessionId, SessionRegistry};
use tempfile::TempDir;

use super::session_at;
use crate::support::child::{Child, HANG};
use crate::support::soak;

#[derive(Clone, Copy, Debug)]
enum Way {
    Replaced,
    RenamedAway,
    Deleted,
}

const WAYS: [Way; 3] = [Way::Replaced, Way::RenamedAway, Way::Deleted];

/// A registry's file, what it will be replaced with, and a second name by which the first stays in reach.
struct Place {
    file: PathBuf,
    kept: PathBuf,
    other: PathBuf,
    _directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = |name| directory.path().join(name);
        let place = Self {
            file: path("sessions.redb"),
            kept: path("kept.redb"),
            other: path("other.redb"),
            _directory: directory,
        };
        let options = SessionRegistry::options().max_sessions(1_000_000);
        options.open(&place.file).unwrap().close().unwrap();
        fs::hard_link(&place.file, &place.kept).unwrap();
        let other = options.open(&place.other).unwrap();
        other.register(session_at("/replaced/other")).unwrap();
        other.close().unwrap();
        place
    }

    fn open(&self) -> SessionRegistry {
        SessionRegistry::options()
            .busy_timeout(HANG)
            .open(&self.file)
            .unwrap()
    }

    fn go(&self, way: Way) {
        match way {
            Way::Replaced => fs::rename(&self.other, &self.file).unwrap(),
            Way::RenamedAway => fs::rename(&self.file, self.file.with_extension("away")).unwrap(),
            Way::Deleted => fs::remove_file(&self.file).unwrap(),
        }
    }
}

fn ids_in(file: &Path) -> Vec<SessionId> {
    let registry = SessionRegistry::options().create(false).open(file).unwrap();
    let sessions = registry.list_all().unwrap();
    assert!(registry.verify().unwrap().is_clean());
    sessions.iter().map(Session::id).collect()
}

#[test]
fn the_next_write_is_refused_and_changes_no_file() {
    for way in WAYS {
        let place = Place::new();
        let registry = place.open();
        let session = registry.register(session_at("/replaced")).unwrap();
        let other = fs::read(&place.other).unwrap();
        place.go(way);
        assert_replaced(registry.register(session_at("/replaced/late")));
        assert_replaced(registry.unregister(session.id()));
        assert_replaced(registry.clear());
        assert_replaced(registry.set_max_sessions(1));
        assert_replaced(registry.list_all());
        if let Way::Replaced = way {
            assert_eq!(fs::read(&place.file).unwrap(), other);
        } else {
            assert!(!place.file.exists(), "{way:?}: created anew");
        }
        registry.close().unwrap();
        assert_eq!(ids_in(&place.kept), [session.id()]);
    }
}

#[test]
fn a_write_that_was_waiting_when_the_file_went_is_refused() {
    for way in WAYS {
        let place = Place::new();
        let registry = place.open();
        let mut writer = Child::start("writer", &[&place.file.display()]);
        writer.expect("in transaction");
        thread::scope(|scope| {
            let waiting = scope.spawn(|| registry.register(session_at("/replaced/late")));
            place.go(way);
            writer.say("end the transaction");
            assert_replaced(waiting.join().unwrap());
        });
        writer.finish();
        drop(registry);
        assert_eq!(ids_in(&place.kept), []);
    }
}

#[test]
fn reads_notice_soon_and_for_ever() {
    type Read = fn(&SessionRegistry, SessionId) -> Result<Vec<Session>, Error>;
    let reads: [Read; 3] = [
        |registry, _| registry.list_all(),
        // One that may be answered from memory.
        |registry, id| {
            registry
                .lookup(id)
                .map(|session| session.into_iter().collect())
        },
        |registry, _| registry.snapshot()?.list_all(),
    ];
    for (way, read) in WAYS
        .into_iter()
        .flat_map(|way| reads.map(|read| (way, read)))
    {
        let place = Place::new();
        let registry = place.open();
        let session = registry.register(session_at("/replaced")).unwrap();
        place.go(way);
        let started = Instant::now();
        loop {
            match read(&registry, session.id()) {
                Ok(sessions) => assert_eq!(sessions, std::slice::from_ref(&session)),
                other => break assert_replaced(other),
            }
            assert!(started.elapsed() < HANG, "reads never notice");
            thread::yield_now();
        }
        // Also when the old file is back: others may have used the path meanwhile.
        fs::rename(&place.kept, &place.file).unwrap();
        assert_replaced(registry.lookup(session.id()));
        assert_replaced(registry.snapshot().map(|_| ()));
        assert_replaced(registry.register(session_at("/replaced/late")));
        drop(registry);
        assert_eq!(place.open().list_all().unwrap(), [session]);
    }
}

#[test]
fn whoever_opens_the_path_anew_is_not_disturbed_by_old_handles() {
    let place = Place::new();
    let old = place.open();
    place.go(Way::Deleted);
    let new = place.open();
    assert!(new.open_report().created);
    let session = new.register(session_at("/replaced")).unwrap();
    assert_replaced(old.register(session_at("/replaced/late")));
    assert_replaced(old.clear());
    assert_eq!(new.list_all().unwrap(), [session]);
    drop(old);
    assert!(new.verify().unwrap().is_clean());
}

#[test]
fn no_write_is_acknowledged_that_began_after_the_replacement() {
    for round in 0..12 * soak::factor() {
        let place = Place::new();
        let other = fs::read(&place.other).unwrap();
        let way = WAYS[round % WAYS.len()];
        let gone = AtomicBool::new(false);
        let acknowledged = AtomicUsize::new(0);
        let shared = place.open();
        let write = |registry: SessionRegistry, number: usize| {
            let mut saved = Vec::new();
            for turn in 0.. {
                let late = gone.load(Ordering::SeqCst);
                let session = session_at(&format!("/replaced/{number}/{turn}"));
                match registry.register(session) {
                    Ok(_) if late => panic!("{way:?}: acknowledged into the void"),
                    Ok(session) => saved.push(session.id()),
                    other => {
                        assert_replaced(other);
                        break;
                    }
                }
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            saved
        };
        let mut saved = thread::scope(|scope| {
            let handles = [shared.clone(), shared.clone(), place.open(), place.open()];
            let write = &write;
            let writers: Vec<_> = (0..)
                .zip(handles)
                .map(|(number, handle)| scope.spawn(move || write(handle, number)))
                .collect();
            while acknowledged.load(Ordering::SeqCst) < 10 + round {
                thread::yield_now();
            }
            place.go(way);
            gone.store(true, Ordering::SeqCst);
            let saved = writers.into_iter().map(|writer| writer.join().unwrap());
            saved.flatten().collect::<Vec<_>>()
        });
        drop(shared);
        if let Way::Replaced = way {
            assert_eq!(
                fs::read(&place.file).unwrap(),
                other,
                "written to the wrong file"
            );
        }
        // A call that was refused may have been saved too: one of each writer at most.
        let mut kept = ids_in(&place.kept);
        kept.sort();
        saved.sort();
        assert!(saved.iter().all(|id| kept.binary_search(id).is_ok()));
        assert!(kept.len() <= saved.len() + 4, "{kept:?}, {saved:?}");
    }
}

#[track_caller]
fn assert_replaced<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::FileReplaced { .. }) => {}
        other => panic!("not noticed: {other:?}"),
    }
}
