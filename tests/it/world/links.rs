//! One registry under several names.

use std::fs;
use std::os::unix::fs::symlink;

use session_registry::{Error, SessionRegistry, Sharing};

use super::session_at;

#[test]
fn a_link_to_a_registry_is_that_registry() {
    let directory = tempfile::tempdir().unwrap();
    let (file, link) = (directory.path().join("file"), directory.path().join("link"));
    let direct = SessionRegistry::open(&file).unwrap();
    symlink("file", &link).unwrap();
    let linked = SessionRegistry::open(&link).unwrap();
    assert_eq!(linked.path(), direct.path());
    assert!(!linked.open_report().created);

    let session = direct.register(session_at("/links")).unwrap();
    let error = linked.register(session_at("/links")).unwrap_err();
    match error {
        Error::ProjectAlreadyOpen { holder, .. } => assert_eq!(holder, session.id()),
        other => panic!("two registries: {other:?}"),
    }
    assert_eq!(linked.unregister(session.id()).unwrap(), Some(session));
    assert!(direct.is_empty().unwrap());
}

#[test]
fn an_exclusive_holder_is_in_the_way_of_every_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    let options = SessionRegistry::options().sharing(Sharing::Exclusive);
    let _holder = options.open(&file).unwrap();
    let (soft, hard) = (directory.path().join("soft"), directory.path().join("hard"));
    symlink(&file, &soft).unwrap();
    fs::hard_link(&file, &hard).unwrap();
    for name in [soft, hard] {
        let error = SessionRegistry::open(name).unwrap_err();
        assert!(matches!(error, Error::InUse { .. }), "{error:?}");
    }
}

#[test]
fn a_link_to_nothing_is_an_error_and_creates_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let link = directory.path().join("link");
    symlink("nothing", &link).unwrap();
    let error = SessionRegistry::open(&link).unwrap_err();
    assert!(matches!(error, Error::MissingFile { .. }), "{error:?}");
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}
