//! What the options of an opening mean to a handle that only reads.

use std::fs;
#[cfg(unix)]
use std::os::unix::fs::symlink;
use std::path::Path;

use session_registry::{Access, CloseAs, Error, SessionRegistry, Sharing};

use super::{place, reading, traces};
use crate::support::values::session;

#[test]
fn opening_reading_and_closing_leaves_no_trace() {
    let (directory, file) = place();
    // What a killed creation leaves is a writer's to sweep.
    let leftover = directory.path().join(".r.redb-x.tmp");
    let old = std::time::SystemTime::UNIX_EPOCH;
    fs::File::create(&leftover)
        .unwrap()
        .set_modified(old)
        .unwrap();
    let before = traces(directory.path());
    let registry = reading().open(&file).unwrap();
    let report = registry.open_report();
    assert!(!report.created && !report.recovered && report.migrated_from.is_none());
    assert_eq!(registry.path(), Some(file.as_path()));
    assert_eq!(
        registry.list_all().unwrap(),
        [session(1), session(2), session(3)]
    );
    let found = registry.verify().unwrap();
    assert!(found.is_clean() && found.pages_checked && found.sessions == 3);
    registry.close().unwrap();
    assert!(traces(directory.path()) == before);
}

#[test]
fn writes_are_refused_and_leave_no_trace() {
    let (directory, file) = place();
    let before = traces(directory.path());
    let registry = reading().open(&file).unwrap();
    let id = session(1).id();
    let refused = [
        registry.register(session(4)).map(drop),
        registry.update(session(1)).map(drop),
        registry.unregister(id).map(drop),
        registry.close_session(id).map(drop),
        registry.claim(id).map(drop),
        registry.resume(id).map(drop),
        registry.resume_taking_over(id).map(drop),
        registry
            .close_session_with(id, CloseAs::EvenUnknown)
            .map(drop),
        registry.touch(id),
        registry.set_max_sessions(1),
        registry.compact(),
    ];
    for refused in refused {
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::ReadOnly), "{error:?}");
        assert!(!error.is_retryable() && !error.is_corruption());
    }
    assert_eq!(registry.count().unwrap(), 3);
    drop(registry);
    assert!(traces(directory.path()) == before);
}

#[test]
fn a_limit_is_a_write() {
    let (directory, file) = place();
    let before = traces(directory.path());
    // Also the one that is stored, and also where there is nothing.
    for path in [file, directory.path().join("none")] {
        let error = reading().max_sessions(10).open(path).unwrap_err();
        assert!(matches!(error, Error::ReadOnly), "{error:?}");
    }
    assert!(traces(directory.path()) == before);
}

#[cfg(unix)]
#[test]
fn nothing_is_created() {
    let (directory, _) = place();
    let missing = directory.path().join("none");
    let dangling = directory.path().join("dangling");
    symlink(&missing, &dangling).unwrap();
    for path in [missing, dangling, directory.path().join("no/folder")] {
        let error = reading().create(true).open(&path).unwrap_err();
        assert!(
            matches!(&error, Error::MissingFile { path: named, .. } if *named == path),
            "{error:?}"
        );
    }
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn who_only_reads_shares_whatever_was_said() {
    let (_directory, file) = place();
    let exclusive = reading().sharing(Sharing::Exclusive);
    let [one, two] = [0; 2].map(|_| exclusive.open(&file).unwrap());
    let writer = SessionRegistry::open(&file).unwrap();
    writer.register(session(4)).unwrap();
    assert_eq!([one.count().unwrap(), two.count().unwrap()], [4, 4]);
}

#[test]
fn a_registry_in_memory_can_be_written() {
    let options = SessionRegistry::options().access(Access::ReadOnly);
    let registry = options.in_memory().unwrap();
    registry.register(session(1)).unwrap();
    assert_eq!(registry.count().unwrap(), 1);
}

#[test]
fn what_is_no_registry_is_refused_as_ever() {
    let (directory, _) = place();
    let path = |name: &str| directory.path().join(name);
    fs::write(path("text"), "no registry at all").unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::create_dir(path("folder")).unwrap();
    for name in ["text", "empty", "folder"] {
        let error = reading().open(path(name)).unwrap_err();
        assert_eq!(error.code(), "not_a_registry", "{name}");
    }
}

#[test]
fn an_older_schema_is_left_alone() {
    let (directory, _) = place();
    let file = directory.path().join("old.redb");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1.redb");
    fs::copy(golden, &file).unwrap();
    let before = traces(directory.path());
    let error = reading().open(&file).unwrap_err();
    match &error {
        Error::SchemaTooOld {
            path,
            found: 1,
            supported,
            ..
        } => assert!(path.ends_with("old.redb") && *supported > 1),
        other => panic!("{other:?}"),
    }
    assert!(traces(directory.path()) == before);
    SessionRegistry::open(&file).unwrap().close().unwrap();
    reading().open(&file).unwrap();
}
