//! The migration runner, on more than one step.

use std::fs;
use std::path::{Path, PathBuf};

use super::raw::{Dump, check_indexes, dump};
use super::steps::{BASE, FAILING, NEWER, NEXT, PANICKING, READABLE};
use super::{BOTH, code, id, name, open_file, session};
use crate::registry::SessionRegistry;
use crate::store::Sharing;
use crate::store::format::schema::STEPS;

/// A directory with a registry of the release's version, three sessions in it, closed.
struct Old {
    directory: tempfile::TempDir,
    path: PathBuf,
    content: Dump,
    /// The revision of the registry.
    position: u64,
}

impl Old {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("sessions.redb");
        let registry = open_file(&path, Sharing::Exclusive, STEPS).unwrap();
        for number in 1..=3 {
            registry.register(session(number)).unwrap();
        }
        registry.set_default_session(Some(id(2))).unwrap();
        let content = dump(&registry).unwrap();
        let position = registry.revision().unwrap();
        registry.close().unwrap();
        Self {
            directory,
            path,
            content,
            position,
        }
    }

    /// The backups, in the order of their names.
    fn backups(&self) -> Vec<PathBuf> {
        let mut found: Vec<_> = fs::read_dir(self.directory.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "bak"))
            .collect();
        found.sort();
        found
    }

    /// Opens the file with the code of the release, as if no newer one had ever been here.
    fn assert_unchanged(&self, sharing: Sharing) {
        let registry = open_file(&self.path, sharing, STEPS).unwrap();
        let mut content = dump(&registry).unwrap();
        // What earlier looks have written and removed again is told of, and nothing else is left of it.
        let log = content.get_mut("changes").unwrap();
        let told = log.split_off(&(self.position + 1).to_be_bytes()[..]).len();
        assert_eq!(told % 2, 0);
        assert_eq!(content, self.content);
        assert!(registry.verify().unwrap().is_clean());
        registry.register(session(9)).unwrap();
        registry.unregister(id(9)).unwrap();
        registry.close().unwrap();
    }
}

fn trail(registry: &SessionRegistry) -> String {
    let trail = dump(registry).unwrap()["meta"][b"trail".as_slice()].clone();
    String::from_utf8(trail).unwrap()
}

fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn the_steps_are_all_there_and_in_order() {
    let versions: Vec<u32> = STEPS.iter().map(|step| step.version).collect();
    let expected: Vec<u32> = (1..).take(STEPS.len()).collect();
    assert_eq!(versions, expected, "steps 1, 2, 3, ... without a gap");
    for step in STEPS {
        let version = step.version;
        assert!((1..=version).contains(&step.min_reader), "step {version}");
    }
    let readers: Vec<u32> = STEPS.iter().map(|step| step.min_reader).collect();
    assert!(
        readers.is_sorted(),
        "what locked older readers out keeps them out"
    );
}

#[test]
fn pending_steps_run_in_order_and_once() {
    for sharing in BOTH {
        let old = Old::new();
        let registry = open_file(&old.path, sharing, &NEWER).unwrap();
        assert_eq!(registry.open_report().migrated_from, Some(BASE));
        let migrated = dump(&registry).unwrap();
        check_indexes(&migrated);
        assert_eq!(trail(&registry), format!("{} {} ", BASE + 1, BASE + 2));
        assert_eq!(migrated["row_sizes"].len(), 3);
        assert_eq!(migrated["sessions"], old.content["sessions"]);
        registry.rename(id(1), name("life goes on")).unwrap();
        let content = dump(&registry).unwrap();
        registry.close().unwrap();

        let registry = open_file(&old.path, sharing, &NEWER).unwrap();
        assert_eq!(registry.open_report().migrated_from, None);
        assert_eq!(dump(&registry).unwrap(), content, "nothing ran twice");
        assert_eq!(old.backups().len(), 1);
    }
}

#[test]
fn a_file_between_the_versions_gets_the_steps_it_lacks() {
    let old = Old::new();
    open_file(&old.path, Sharing::Shared, &NEXT)
        .unwrap()
        .close()
        .unwrap();
    let registry = open_file(&old.path, Sharing::Shared, &NEWER).unwrap();
    assert_eq!(registry.open_report().migrated_from, Some(BASE + 1));
    assert_eq!(trail(&registry), format!("{} {} ", BASE + 1, BASE + 2));
    assert_eq!(old.backups().len(), 2, "one backup for each migration");
}

#[test]
fn a_failing_step_leaves_the_old_version_whole() {
    for sharing in BOTH {
        for steps in [&*FAILING, &*PANICKING] {
            let old = Old::new();
            for _ in 0..2 {
                assert_eq!(code(open_file(&old.path, sharing, steps)), "corrupted");
                old.assert_unchanged(sharing);
            }
        }
    }
}

#[test]
fn fresh_equals_migrated() {
    for steps in [STEPS, &NEXT, &NEWER] {
        let directory = tempfile::tempdir().unwrap();
        let (fresh, migrated) = (
            directory.path().join("fresh"),
            directory.path().join("migrated"),
        );
        let fresh = open_file(&fresh, Sharing::Shared, steps).unwrap();
        for count in 1..=steps.len() {
            let registry = open_file(&migrated, Sharing::Shared, &steps[..count]).unwrap();
            registry.close().unwrap();
        }
        let migrated = open_file(&migrated, Sharing::Shared, steps).unwrap();
        assert_eq!(dump(&fresh).unwrap(), dump(&migrated).unwrap());
    }
}

#[test]
#[cfg(unix)]
fn the_backup_is_the_file_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    for sharing in BOTH {
        let old = Old::new();
        open_file(&old.path, sharing, &NEWER)
            .unwrap()
            .close()
            .unwrap();
        let [backup] = old.backups().try_into().unwrap();
        let expected = format!("sessions.redb.v{BASE}-20260102T030405Z.bak");
        assert_eq!(backup.file_name().unwrap(), expected.as_str());
        assert_eq!(
            fs::metadata(&backup).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let restored = open_file(&backup, sharing, STEPS).unwrap();
        assert_eq!(dump(&restored).unwrap(), old.content);
        assert!(
            !restored.open_report().recovered,
            "a backup is closed cleanly"
        );
    }
}

#[test]
fn a_backup_never_takes_the_place_of_a_file() {
    let old = Old::new();
    let taken = old
        .directory
        .path()
        .join(format!("sessions.redb.v{BASE}-20260102T030405Z.bak"));
    fs::write(&taken, "somebody's own").unwrap();
    open_file(&old.path, Sharing::Shared, &NEWER).unwrap();
    let second = taken.with_file_name(format!("sessions.redb.v{BASE}-20260102T030405Z-2.bak"));
    assert_eq!(old.backups(), [second.clone(), taken.clone()]);
    assert_eq!(fs::read(&taken).unwrap(), b"somebody's own");
    assert_eq!(
        dump(&open_file(&second, Sharing::Shared, STEPS).unwrap()).unwrap(),
        old.content
    );
}

#[test]
fn an_open_handle_of_the_old_version_is_told() {
    let old = Old::new();
    let handle = open_file(&old.path, Sharing::Shared, STEPS).unwrap();
    let snapshot = handle.snapshot().unwrap();
    let newer = open_file(&old.path, Sharing::Shared, &NEWER).unwrap();
    let migrated = dump(&newer).unwrap();
    assert_eq!(code(handle.list_all()), "schema_too_new");
    assert_eq!(code(handle.register(session(4))), "schema_too_new");
    assert_eq!(code(handle.snapshot()), "schema_too_new");
    assert_eq!(code(handle.clear()), "schema_too_new");
    assert_eq!(
        snapshot.count().unwrap(),
        3,
        "what was seen before stays seen"
    );
    assert_eq!(
        dump(&newer).unwrap(),
        migrated,
        "nothing was written by the old version"
    );
    newer.register(session(4)).unwrap();
}

#[test]
fn older_programs_read_on_where_the_file_permits_it() {
    let old = Old::new();
    let handle = open_file(&old.path, Sharing::Shared, STEPS).unwrap();
    let newer = open_file(&old.path, Sharing::Shared, &READABLE).unwrap();
    newer.register(session(4)).unwrap();
    let opened_later = open_file(&old.path, Sharing::Shared, STEPS).unwrap();
    let migrated = dump(&newer).unwrap();
    for registry in [&handle, &opened_later] {
        assert_eq!(registry.list_all().unwrap(), newer.list_all().unwrap());
        assert_eq!(registry.open_report().migrated_from, None);
        assert_eq!(code(registry.register(session(5))), "schema_too_new");
        assert_eq!(code(registry.unregister(id(1))), "schema_too_new");
    }
    assert_eq!(dump(&newer).unwrap(), migrated);
}

#[test]
fn a_file_that_is_too_new_is_left_byte_for_byte() {
    for sharing in BOTH {
        let old = Old::new();
        open_file(&old.path, sharing, &NEWER)
            .unwrap()
            .close()
            .unwrap();
        let before = files(old.directory.path());
        for steps in [STEPS, &NEXT] {
            assert_eq!(code(open_file(&old.path, sharing, steps)), "schema_too_new");
        }
        assert!(files(old.directory.path()) == before);
    }
}
