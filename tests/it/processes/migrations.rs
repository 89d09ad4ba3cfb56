//! A process is killed while it brings a file of an older version to this one: the file is of one of the two
//! versions, whole, and holds the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use session_registry::{Session, SessionId, SessionRegistry, Sharing};

use super::{everything, patient};
use crate::support::child::{Child, Parent};
use crate::support::records::assert_clean;
use crate::support::soak;

const KILLS: usize = 24;

#[test]
fn a_migration_from_version_1_survives_kills() {
    for sharing in ["shared", "exclusive"] {
        kill_migrators(1, sharing);
    }
}

#[test]
fn a_migration_from_version_2_survives_kills() {
    for sharing in ["shared", "exclusive"] {
        kill_migrators(2, sharing);
    }
}

/// All there is to see.
#[derive(Debug, PartialEq)]
struct Seen {
    sessions: Vec<Session>,
    claims: u64,
    limits: (u32, u32),
    default: Option<SessionId>,
}

fn see(registry: &SessionRegistry) -> Seen {
    assert_clean(registry);
    Seen {
        sessions: everything(registry),
        claims: registry.stats().unwrap().claims,
        limits: (
            registry.max_sessions().unwrap(),
            registry.max_sessions_per_project().unwrap(),
        ),
        default: registry.default_session_id().unwrap(),
    }
}

fn golden(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/v{version}.redb"))
}

fn backups(directory: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(directory).unwrap();
    let paths = paths.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "bak"))
        .collect()
}

fn open(file: &Path, sharing: &str) -> SessionRegistry {
    let sharing = match sharing {
        "exclusive" => Sharing::Exclusive,
        _ => Sharing::Shared,
    };
    patient().create(false).sharing(sharing).open(file).unwrap()
}

fn kill_migrators(version: u32, sharing: &str) {
    let mut rng = soak::rng("killed migrations");
    let bytes = fs::read(golden(version)).unwrap();
    let unharmed = tempfile::tempdir().unwrap();
    let copy = unharmed.path().join("sessions.redb");
    fs::write(&copy, &bytes).unwrap();
    let registry = open(&copy, sharing);
    assert_eq!(registry.open_report().migrated_from, Some(version));
    let expected = see(&registry);

    let (mut old, mut new) = (0, 0);
    // Kept where about half of the kills come too late.
    let mut longest = 4_000;
    for _ in 0..KILLS * soak::factor() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        fs::write(&file, &bytes).unwrap();
        let mut migrator = Child::start("migrator", &[&file.display(), &sharing]);
        migrator.expect("ready");
        migrator.say("go");
        thread::sleep(Duration::from_micros(rng.u64(..longest)));
        migrator.kill();
        let registry = open(&file, sharing);
        match registry.open_report().migrated_from {
            None => {
                new += 1;
                longest = (longest / 2).max(200);
                assert!(!backups(directory.path()).is_empty(), "it has no way back");
            }
            from => {
                old += 1;
                longest = (longest * 2).min(1_000_000);
                assert_eq!(from, Some(version));
            }
        }
        assert_eq!(see(&registry), expected);
        registry.close().unwrap();
        for backup in backups(directory.path()) {
            let registry = open(&backup, sharing);
            assert_eq!(registry.open_report().migrated_from, Some(version));
            assert_eq!(
                see(&registry),
                expected,
                "a copy that has its name is whole"
            );
        }
    }
    eprintln!("from version {version}, {sharing}: {old} kept the old version, {new} have the new");
}

/// The role: opens a file when it is told to, and stays.
pub(super) fn migrator(parent: &Parent) {
    parent.say("ready");
    parent.hear();
    let _registry = open(parent.argument(0).as_ref(), parent.argument(1));
    parent.stay();
}
