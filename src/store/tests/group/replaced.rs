//! A file that goes away under an open handle: nothing is acknowledged or answered from memory any more.

use super::shortcuts::{OFTEN, every_lookup};
use super::staged::until;
use super::{BOTH, code, id, open_file, session};
use crate::session::Session;
use crate::store::format::schema::STEPS;

#[test]
fn once_the_file_is_known_to_be_replaced_no_lookup_is_answered_from_memory() {
    for sharing in BOTH {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let registry = open_file(&file, sharing, STEPS).unwrap();
        registry.register(session(1)).unwrap();
        for _ in 0..OFTEN {
            for found in every_lookup(&registry, 1) {
                assert!(found.unwrap().is_some());
            }
        }
        std::fs::rename(&file, directory.path().join("elsewhere")).unwrap();
        // A write looks at once, a lookup now and then.
        assert_eq!(code(registry.register(session(2))), "file_replaced");
        for number in [1, 2] {
            assert_eq!(
                every_lookup(&registry, number).map(code),
                ["file_replaced"; 3]
            );
        }
    }
}

#[test]
fn lookups_alone_notice_that_the_file_was_replaced() {
    for sharing in BOTH {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let registry = open_file(&file, sharing, STEPS).unwrap();
        registry.register(session(1)).unwrap();
        for _ in 0..OFTEN {
            registry.lookup(id(1)).unwrap();
        }
        std::fs::rename(&file, directory.path().join("elsewhere")).unwrap();
        until(|| registry.lookup(id(1)).is_err());
        assert_eq!(code(registry.lookup(id(1))), "file_replaced");
    }
}

/// What others of the same commit were told about a file that went away is refused as well.
#[test]
fn no_call_of_a_commit_into_a_replaced_file_is_acknowledged() {
    for sharing in BOTH {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("sessions.redb");
        let registry = open_file(&file, sharing, STEPS).unwrap();
        let move_away = {
            let (file, to) = (file.clone(), directory.path().join("elsewhere"));
            move || std::fs::rename(&file, &to)
        };
        let same_path = Session::builder(session(1).project_path().clone()).build();
        let calls: Vec<super::staged::Call<'_, &'static str>> = vec![
            Box::new(|| code(registry.register(session(1)))),
            Box::new(|| code(registry.get_or_register(same_path))),
            Box::new(|| {
                let answer = registry.store().call().write("test", move |_| {
                    let _ = move_away();
                    Ok(())
                });
                code(answer)
            }),
        ];
        let answers = super::staged::together(&registry, calls);
        assert_eq!(answers, ["file_replaced"; 3]);
    }
}
