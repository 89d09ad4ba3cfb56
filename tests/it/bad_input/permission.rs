//! Files and folders without permission. Root may do everything, so another user looks at them.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use session_registry::{Error, ProjectPath, ProjectPathProblem, SessionRegistry, Sharing};

use super::{contents, directory, names, registry_at};

const NOBODY: u32 = 65_534;
const ENTRY: &str = "bad_input::permission::as_another_user";
const LOOK_AT: &str = "SESSION_REGISTRY_LOOK_AT";

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn am_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Has somebody who is not root try to open the registry at `path`.
fn assert_denied(path: &Path) {
    if !am_root() {
        return assert_denied_here(path);
    }
    let output = Command::new("/proc/self/exe")
        .args(["--exact", ENTRY, "--ignored", "--nocapture"])
        .env(LOOK_AT, path)
        .current_dir("/")
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .unwrap();
    assert!(output.status.success(), "{path:?}: {output:?}");
}

#[test]
#[ignore = "run by the other tests, as another user"]
fn as_another_user() {
    if let Some(path) = std::env::var_os(LOOK_AT) {
        assert!(!am_root());
        assert_denied_here(Path::new(&path));
    }
}

fn assert_denied_here(path: &Path) {
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let options = SessionRegistry::options().sharing(sharing);
        let error = options.open(path).unwrap_err();
        let Error::Storage(storage) = &error else {
            panic!("another error: {error:?}");
        };
        assert_eq!(storage.io_kind(), Some(ErrorKind::PermissionDenied));
        let named = storage.path().unwrap();
        assert!(error.to_string().contains(&named.display().to_string()));
        assert!(!error.is_corruption() && !error.is_retryable());
    }
}

/// A folder that everybody may look into, with a registry in it.
fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (keep, folder) = directory();
    chmod(&folder, 0o755);
    let file = folder.join("r.redb");
    registry_at(&file);
    (keep, folder, file)
}

#[test]
fn a_file_that_may_not_be_read() {
    let (_keep, folder, file) = folder();
    let before = fs::read(&file).unwrap();
    chmod(&file, 0o000);
    assert_denied(&file);
    assert_eq!(names(&folder), ["r.redb"]);
    chmod(&file, 0o600);
    assert!(fs::read(&file).unwrap() == before);
}

#[test]
fn a_file_that_may_not_be_written() {
    let (_keep, folder, file) = folder();
    chmod(&file, 0o444);
    let before = contents(&folder);
    assert_denied(&file);
    assert!(contents(&folder) == before);
}

#[test]
fn a_folder_that_may_not_be_written() {
    let (_keep, folder, _) = folder();
    let read_only = folder.join("read-only");
    fs::create_dir(&read_only).unwrap();
    chmod(&read_only, 0o555);
    assert_denied(&read_only.join("new.redb"));
    assert!(names(&read_only).is_empty());
    chmod(&read_only, 0o755);
}

#[test]
fn a_folder_that_may_not_be_entered() {
    let (_keep, folder, file) = folder();
    let locked = folder.join("locked");
    fs::create_dir(&locked).unwrap();
    let inside = locked.join("r.redb");
    fs::copy(&file, &inside).unwrap();
    chmod(&locked, 0o000);
    assert_denied(&inside);
    assert_denied(&locked.join("new.redb"));
    chmod(&locked, 0o755);
    assert_eq!(names(&locked), ["r.redb"]);
    assert!(fs::read(&inside).unwrap() == fs::read(&file).unwrap());
}

const RESOLVE: &str = "SESSION_REGISTRY_RESOLVE";

#[test]
fn a_project_that_may_not_be_entered() {
    let (_keep, folder, _) = folder();
    let locked = folder.join("locked");
    fs::create_dir_all(locked.join("project")).unwrap();
    chmod(&locked, 0o000);
    let project = locked.join("project");
    if am_root() {
        let output = Command::new("/proc/self/exe")
            .args(["--exact", "bad_input::permission::resolve_as_another_user"])
            .args(["--ignored", "--nocapture"])
            .env(RESOLVE, &project)
            .current_dir("/")
            .uid(NOBODY)
            .gid(NOBODY)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    } else {
        assert_unreadable(&project);
    }
    chmod(&locked, 0o755);
}

#[test]
#[ignore = "run by the other tests, as another user"]
fn resolve_as_another_user() {
    if let Some(project) = std::env::var_os(RESOLVE) {
        assert_unreadable(Path::new(&project));
    }
}

fn assert_unreadable(project: &Path) {
    let error = ProjectPath::resolve(project).unwrap_err();
    assert!(
        matches!(
            error.problem(),
            ProjectPathProblem::Io(cause) if cause.kind() == ErrorKind::PermissionDenied
        ),
        "{error:?}"
    );
}
