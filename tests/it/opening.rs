//! Opening: creates once, opens ever after, and says what it found.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use session_registry::{OpenCheck, SessionRegistry, Sharing};
use tempfile::TempDir;

use crate::support::values::session;

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().canonicalize().unwrap().join("r.redb");
    (directory, file)
}

fn entries(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn it_is_idempotent() {
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let (_directory, file) = place();
        let options = SessionRegistry::options().sharing(sharing);
        let first = options.open(&file).unwrap();
        let report = first.open_report();
        assert!(report.created && !report.recovered);
        assert_eq!(report.migrated_from, None);
        first.register(session(1)).unwrap();
        first.close().unwrap();
        for _ in 0..3 {
            let again = options.open(&file).unwrap();
            let report = again.open_report();
            assert!(!report.created && !report.recovered);
            assert_eq!(report.migrated_from, None);
            assert_eq!(again.list_all().unwrap(), [session(1)]);
        }
    }
}

#[test]
fn a_new_file_is_alone_and_its_owners() {
    let (directory, file) = place();
    let registry = SessionRegistry::open(&file).unwrap();
    registry.register(session(1)).unwrap();
    registry.close().unwrap();
    assert_eq!(entries(directory.path()), ["r.redb"]);
    #[cfg(unix)]
    {
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_second_handle_sees_the_same_sessions() {
    let (_directory, file) = place();
    let first = SessionRegistry::open(&file).unwrap();
    let second = SessionRegistry::open(&file).unwrap();
    assert!(!second.open_report().created && !second.open_report().recovered);
    first.register(session(1)).unwrap();
    assert_eq!(second.list_all().unwrap(), [session(1)]);
    second.register(session(2)).unwrap();
    assert_eq!(first.list_all().unwrap(), [session(1), session(2)]);
    first.close().unwrap();
    assert_eq!(second.count().unwrap(), 2);
}

/// What a killed program leaves behind: the file as it is while it is open.
#[test]
fn an_abandoned_file_is_recovered() {
    for sharing in [Sharing::Shared, Sharing::Exclusive] {
        let (directory, file) = place();
        let options = SessionRegistry::options().sharing(sharing);
        let registry = options.open(&file).unwrap();
        registry.register(session(1)).unwrap();
        let image = directory.path().join("abandoned.redb");
        fs::copy(&file, &image).unwrap();
        let recovered = options.open(&image).unwrap();
        assert!(recovered.open_report().recovered);
        assert!(!recovered.open_report().created);
        assert_eq!(recovered.list_all().unwrap(), [session(1)]);
        recovered.close().unwrap();
        let again = options.open(&image).unwrap();
        assert!(!again.open_report().recovered, "closed this time");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_the_path_is_canonical() {
    let (directory, file) = place();
    SessionRegistry::open(&file).unwrap().close().unwrap();
    let link = directory.path().join("link.redb");
    symlink(&file, &link).unwrap();
    let linked = directory.path().join("linked");
    symlink(directory.path(), &linked).unwrap();
    for path in [link, linked.join("r.redb"), linked.join("./r.redb")] {
        let registry = SessionRegistry::open(&path).unwrap();
        assert!(!registry.open_report().created, "{path:?}");
        assert_eq!(registry.path(), Some(file.as_path()));
    }
    // Also when it is created through a linked directory.
    let registry = SessionRegistry::open(linked.join("new.redb")).unwrap();
    assert_eq!(
        registry.path(),
        Some(file.with_file_name("new.redb").as_path())
    );
}

#[test]
fn exists_only_looks() {
    let (directory, file) = place();
    assert!(!SessionRegistry::exists(&file));
    assert!(!file.exists(), "nothing was created");
    assert!(!SessionRegistry::exists(directory.path()));
    let registry = SessionRegistry::options()
        .sharing(Sharing::Exclusive)
        .open(&file)
        .unwrap();
    assert!(
        SessionRegistry::exists(&file),
        "in use, and seen all the same"
    );
    drop(registry);
    #[cfg(unix)]
    {
        let link = directory.path().join("link");
        symlink(&file, &link).unwrap();
        assert!(SessionRegistry::exists(&link));
        let dangling = directory.path().join("dangling");
        symlink("nowhere", &dangling).unwrap();
        assert!(!SessionRegistry::exists(dangling));
    }
    let text = directory.path().join("text");
    fs::write(&text, "any file").unwrap();
    assert!(SessionRegistry::exists(text), "it does not read the file");
}

#[test]
fn without_create_a_missing_file_stays_missing() {
    let (directory, file) = place();
    let options = SessionRegistry::options().create(false);
    let error = options.open(&file).unwrap_err();
    assert_eq!(error.code(), "missing_file");
    assert_eq!(
        error.to_string(),
        format!("there is no registry file at {}", file.display())
    );
    assert!(entries(directory.path()).is_empty());
    SessionRegistry::open(&file).unwrap().close().unwrap();
    options.open(&file).unwrap();
}

#[test]
fn no_option_changes_what_is_stored() {
    let (_directory, file) = place();
    let mut expected = Vec::new();
    let checks = [OpenCheck::Auto, OpenCheck::Always, OpenCheck::Never];
    for (number, check) in (1..).zip(checks) {
        for (cache, number) in [(0, number), (1 << 20, number + 3)] {
            let registry = SessionRegistry::options()
                .open_check(check)
                .cache_size(cache)
                .open(&file)
                .unwrap();
            registry.register(session(number)).unwrap();
            expected.push(session(number));
        }
    }
    expected.sort_by_key(|session| session.created_at());
    let registry = SessionRegistry::open(&file).unwrap();
    assert_eq!(registry.list_all().unwrap(), expected);
}
