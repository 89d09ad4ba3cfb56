//! Many openers, one migration.

use std::fs;
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use super::raw::{check_indexes, dump};
use super::steps::{BASE, NEWER};
use super::{code, open_file, session};
use crate::store::Sharing;
use crate::store::format::schema::STEPS;

const OPENERS: usize = 24;
const ROUNDS: usize = 4;

fn count_backups(directory: &Path) -> usize {
    let is_backup = |path: &Path| path.extension().is_some_and(|ending| ending == "bak");
    fs::read_dir(directory)
        .unwrap()
        .filter(|entry| is_backup(&entry.as_ref().unwrap().path()))
        .count()
}

#[test]
fn racing_opens_migrate_once() {
    for round in 0..ROUNDS {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sessions.redb");
        let old = open_file(&path, Sharing::Shared, STEPS).unwrap();
        old.register(session(1)).unwrap();
        // Half of the rounds race beside a handle of the old version, the others on a closed file.
        let beside = (round % 2 == 0).then_some(old);
        let start = Barrier::new(OPENERS);
        let opened: Vec<_> = thread::scope(|scope| {
            let openers: Vec<_> = (0..OPENERS)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        open_file(&path, Sharing::Shared, &NEWER).unwrap()
                    })
                })
                .collect();
            openers
                .into_iter()
                .map(|opener| opener.join().unwrap())
                .collect()
        });
        let migrated: Vec<_> = opened
            .iter()
            .filter_map(|registry| registry.open_report().migrated_from)
            .collect();
        assert_eq!(migrated, [BASE], "exactly one opening migrates");
        assert_eq!(count_backups(directory.path()), 1);
        for registry in &opened {
            assert_eq!(registry.list_all().unwrap(), [session(1)]);
        }
        if let Some(old) = beside {
            assert_eq!(code(old.list_all()), "schema_too_new");
        }
        opened[OPENERS - 1].register(session(2)).unwrap();
        let content = dump(&opened[0]).unwrap();
        check_indexes(&content);
        assert_eq!(content["sessions"].len(), 2);
    }
}

/// The old version's writers are no danger to the new version's rows: each is either before or refused.
#[test]
fn writers_of_the_old_version_race_a_migration() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.redb");
    let old = open_file(&path, Sharing::Shared, STEPS).unwrap();
    old.set_max_sessions(200).unwrap();
    let start = Barrier::new(2);
    let written = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            start.wait();
            (0..200)
                .find(|number| match old.register(session(*number)) {
                    Ok(_) => false,
                    Err(error) => {
                        assert_eq!(error.code(), "schema_too_new");
                        true
                    }
                })
                .unwrap_or(200)
        });
        start.wait();
        let newer = open_file(&path, Sharing::Shared, &NEWER).unwrap();
        assert_eq!(newer.open_report().migrated_from, Some(BASE));
        writer.join().unwrap()
    });
    let newer = open_file(&path, Sharing::Shared, &NEWER).unwrap();
    let content = dump(&newer).unwrap();
    check_indexes(&content);
    assert_eq!(newer.count().unwrap(), u64::from(written));
    assert_eq!(content["row_sizes"].len(), usize::from(written));
}
