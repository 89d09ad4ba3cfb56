//! What is put aside comes back as it was, from memory and from a file that nobody finds.

use proptest::prelude::*;

use super::any::any_session;
use crate::session::Session;
use crate::shared::soak;
use crate::store::Spool;

fn back(spool: &Spool) -> Vec<(u64, Session)> {
    let mut sessions = Vec::new();
    spool
        .read(|number, session| {
            sessions.push((number, session));
            Ok(())
        })
        .unwrap();
    sessions
}

#[test]
fn any_session_comes_back_as_it_was() {
    let directory = tempfile::tempdir().unwrap();
    let registry = directory.path().join("sessions.redb");
    let config = soak::property("any_session_comes_back_as_it_was");
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let several = prop::collection::vec((any::<u64>(), any_session()), 0..4);
    runner
        .run(&several, |mut sessions| {
            let mut spool = Spool::beside(Some(&registry));
            for (number, session) in &mut sessions {
                session.say_all();
                spool.put(*number, session).unwrap();
            }
            prop_assert_eq!(back(&spool), sessions);
            Ok(())
        })
        .unwrap();
}

#[test]
fn more_than_a_megabyte_goes_into_a_file_without_a_name() {
    let directory = tempfile::tempdir().unwrap();
    let registry = directory.path().join("sessions.redb");
    for (path, is_file) in [(Some(registry.as_path()), true), (None, false)] {
        let mut spool = Spool::beside(path);
        let mut expected = Vec::new();
        for number in 0..500 {
            let session = Session::builder(super::path(&format!("/work/{number}")))
                .metadata("notes", "x".repeat(10_000))
                .build();
            spool.put(number, &session).unwrap();
            expected.push((number, session));
            let most = if is_file { 1024 * 1024 } else { usize::MAX };
            assert!(spool.in_memory() < most);
        }
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        // As often as it is asked for, and from wherever the last reader stopped.
        let mut some = 0;
        let stopped = spool.read(|_, _| {
            some += 1;
            match some {
                100 => Err(crate::store::Fault::TimedOut),
                _ => Ok(()),
            }
        });
        assert!(stopped.is_err());
        for _ in 0..2 {
            assert!(back(&spool) == expected);
        }
    }
}
