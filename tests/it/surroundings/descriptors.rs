//! A daemon that closed its standard streams: the next file it opens gets their numbers.

use std::fs;
use std::io::{self, Write};

use session_registry::{SessionRegistry, Sharing};

use super::Place;
use crate::support::child::{Child, Parent};
use crate::world::session_at;

/// What was printed next went into the registry.
#[test]
fn a_printed_line_destroyed_a_registry_that_was_opened_on_a_closed_stream() {
    for sharing in ["shared", "exclusive"] {
        let place = Place::new();
        let new = place.path("new.redb");
        for file in [&place.file, &new] {
            Child::start("daemon", &[&file.display(), &sharing]).finish();
            let registry = SessionRegistry::open(file).unwrap();
            assert!(registry.verify().unwrap().is_clean());
            assert!(registry.count().unwrap() >= 1);
            let mut lock = file.clone().into_os_string();
            lock.push(".owners");
            assert_eq!(super::names_in(lock.as_ref()), [""; 0]);
        }
    }
}

/// What is said goes nowhere; that all went well is told by the status.
pub(crate) fn daemon(parent: &Parent) {
    fork::close_fd().unwrap();
    let file = parent.argument(0);
    let sharing = match parent.argument(1) {
        "exclusive" => Sharing::Exclusive,
        _ => Sharing::Shared,
    };
    let chatter = || {
        for _ in 0..100 {
            let _ = io::stdout().write_all(b"a line for whoever listens\n");
            let _ = io::stdout().flush();
            let _ = io::stderr().write_all(b"an error for whoever listens\n");
        }
    };
    let streams = || {
        let taken = |stream: &i32| fs::read_link(format!("/proc/self/fd/{stream}")).is_ok();
        (0..3).filter(taken).collect::<Vec<i32>>()
    };
    assert_eq!(streams(), [0; 0]);
    let registry = SessionRegistry::options()
        .sharing(sharing)
        .open(file)
        .unwrap();
    chatter();
    let session = registry.register(session_at("/daemon")).unwrap();
    let claim = registry.claim(session.id()).unwrap();
    chatter();
    let snapshot = registry.snapshot().unwrap();
    registry.backup_to(format!("{file}.copy")).unwrap();
    chatter();
    assert_eq!(streams(), [0; 0], "no file that is kept open is a stream");
    assert_eq!(
        snapshot.lookup(session.id()).unwrap(),
        registry.lookup(session.id()).unwrap()
    );
    drop(snapshot);
    claim.release().unwrap();
    chatter();
    assert!(registry.verify().unwrap().is_clean());
    fs::remove_file(format!("{file}.copy")).unwrap();
    registry.close().unwrap();
}
