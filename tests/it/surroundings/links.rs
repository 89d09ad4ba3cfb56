//! The path by which a registry was asked for leads through links, which somebody turns.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Instant;

use session_registry::{Error, SessionRegistry};

use super::Place;
use crate::support::child::HANG;
use crate::world::session_at;

/// Opens the registry by `path`, lets `turn` happen, and sees that reads and writes notice.
fn noticed(path: &Path, turn: impl FnOnce()) {
    let registry = SessionRegistry::open(path).unwrap();
    let other_handle = SessionRegistry::open(path).unwrap();
    registry.register(session_at("/before")).unwrap();
    turn();
    let is_told = |error: &Error| match error {
        Error::FileReplaced { path: told, .. } => assert_eq!(told, path),
        other => panic!("{other:?}"),
    };
    is_told(&registry.register(session_at("/after")).unwrap_err());
    is_told(&registry.list_all().unwrap_err());
    let started = Instant::now();
    loop {
        match other_handle.list_all() {
            Ok(_) => assert!(started.elapsed() < HANG),
            Err(error) => break is_told(&error),
        }
    }
}

/// Programs that were started by the same path from then on had another registry, and nobody noticed.
#[test]
fn a_link_that_was_turned_elsewhere_was_noticed_by_nobody() {
    let place = Place::new();
    let link = place.path("link");
    let other = place.path("other.redb");
    SessionRegistry::open(&other).unwrap().close().unwrap();
    symlink(&place.file, &link).unwrap();
    noticed(&link, || {
        fs::remove_file(&link).unwrap();
        symlink(&other, &link).unwrap();
    });
    // What was acknowledged is where it was, and nothing is in the other file.
    let count = |file: &Path| SessionRegistry::open(file).unwrap().count().unwrap();
    assert_eq!((count(&place.file), count(&other)), (2, 0));
}

#[test]
fn a_directory_that_was_turned_elsewhere_is_noticed_too() {
    let place = Place::new();
    for name in ["first", "second"] {
        fs::create_dir(place.path(name)).unwrap();
        let file = place.path(name).join("sessions.redb");
        SessionRegistry::open(file).unwrap().close().unwrap();
    }
    let link = place.path("link");
    symlink("first", &link).unwrap();
    noticed(&link.join("sessions.redb"), || {
        fs::remove_file(&link).unwrap();
        symlink("second", &link).unwrap();
    });
}

#[test]
fn a_link_that_was_removed_is_noticed_too() {
    let place = Place::new();
    let link = place.path("link");
    symlink(&place.file, &link).unwrap();
    noticed(&link, || fs::remove_file(&link).unwrap());
}

#[test]
fn a_link_that_leads_to_the_same_file_in_another_way_changes_nothing() {
    let place = Place::new();
    let (link, hard) = (place.path("link"), place.path("hard"));
    symlink(&place.file, &link).unwrap();
    fs::hard_link(&place.file, &hard).unwrap();
    let registry = SessionRegistry::open(&link).unwrap();
    fs::remove_file(&link).unwrap();
    symlink(&hard, &link).unwrap();
    registry.register(session_at("/same")).unwrap();
    assert_eq!(registry.count().unwrap(), 2);
}
