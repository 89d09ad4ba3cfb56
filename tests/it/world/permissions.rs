//! Files and folders that may not be written, or not even read.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use session_registry::SessionRegistry;
use tempfile::TempDir;

use super::puppet::Puppet;
use super::session_at;
use crate::support::child::HANG;

/// A registry of one session in a folder of its own, for everybody to use.
fn registry_for_all() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    set_mode(directory.path(), 0o755);
    let folder = directory.path().join("folder");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("sessions.redb");
    let registry = SessionRegistry::open(&file).unwrap();
    registry.register(session_at("/permissions")).unwrap();
    registry.close().unwrap();
    set_mode(&file, 0o666);
    set_mode(&folder, 0o777);
    (directory, file)
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

fn names_in(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn a_file_that_may_not_be_written_is_refused_and_left_alone() {
    for mode in [0o444, 0o000] {
        let (directory, file) = registry_for_all();
        let before = fs::read(&file).unwrap();
        set_mode(&file, mode);
        let mut puppet = Puppet::without_privileges(directory.path());
        assert_eq!(puppet.told(format!("open {}", file.display())), "storage");
        puppet.finish();
        set_mode(&file, 0o600);
        assert_eq!(fs::read(&file).unwrap(), before);
        assert_eq!(names_in(file.parent().unwrap()), 1);
    }
}

#[test]
fn a_registry_in_a_read_only_folder_can_be_used_but_not_created() {
    let (directory, file) = registry_for_all();
    let folder = file.parent().unwrap();
    set_mode(folder, 0o555);
    let mut puppet = Puppet::without_privileges(directory.path());
    assert_eq!(puppet.told(format!("open {}", file.display())), "ok");
    assert_eq!(puppet.told("register /permissions/second"), "ok");
    assert_eq!(puppet.told("close"), "ok");
    let new = folder.join("new.redb");
    assert_eq!(puppet.told(format!("open {}", new.display())), "storage");
    puppet.finish();
    assert_eq!(names_in(folder), 1);
    assert_eq!(SessionRegistry::open(&file).unwrap().count().unwrap(), 2);
    set_mode(folder, 0o755);
}

#[test]
fn a_folder_that_may_not_be_entered_is_an_error_and_not_a_missing_file() {
    let (directory, file) = registry_for_all();
    let folder = file.parent().unwrap();
    set_mode(folder, 0o000);
    let mut puppet = Puppet::without_privileges(directory.path());
    assert_eq!(puppet.told(format!("open {}", file.display())), "storage");
    puppet.finish();
    set_mode(folder, 0o755);
    assert_eq!(SessionRegistry::open(&file).unwrap().count().unwrap(), 1);
}

#[test]
fn a_handle_works_again_when_it_gets_its_permission_back() {
    let (directory, file) = registry_for_all();
    let folder = file.parent().unwrap();
    let mut puppet = Puppet::without_privileges(directory.path());
    assert_eq!(puppet.told(format!("open {}", file.display())), "ok");
    // What is open stays usable, as everywhere on Unix.
    set_mode(&file, 0o000);
    assert_eq!(puppet.told("register /permissions/file"), "ok");
    // But nobody may write to a file of which they cannot see that it is still in its place.
    set_mode(folder, 0o000);
    assert_eq!(puppet.told("register /permissions/folder"), "storage");
    let started = std::time::Instant::now();
    while puppet.told("list") != "storage" {
        assert!(started.elapsed() < HANG);
    }
    set_mode(folder, 0o755);
    assert_eq!(puppet.told("register /permissions/again"), "ok");
    assert_eq!(puppet.told("list"), "ok");
    puppet.finish();
    set_mode(&file, 0o600);
    let sessions = SessionRegistry::open(&file).unwrap().list_all().unwrap();
    let paths: Vec<_> = sessions
        .iter()
        .map(|session| session.project_path().as_str())
        .collect();
    let expected = ["/permissions", "/permissions/file", "/permissions/again"];
    assert_eq!(paths, expected);
}
