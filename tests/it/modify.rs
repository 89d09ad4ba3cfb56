//! `modify`: the caller's closure runs on a copy, outside of any transaction.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use session_registry::Session;

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::refusal::Refusal;
use crate::support::values::{START, at, id, name, path, session, spoil, with};

in_every_registry![
    a_change_is_stored,
    the_closure_sees_what_is_stored,
    a_change_meanwhile_runs_the_closure_again,
    endless_changes_end_with_busy,
    a_panic_leaves_the_registry_as_it_was,
    another_session_in_its_place_gives_its_content_only,
    nothing_new_writes_nothing,
    unknown_comes_before_the_closure,
    rules_hold_for_the_result,
    a_session_removed_meanwhile_is_not_found,
];

fn a_change_is_stored(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(at(START + 700));
    let stored = place
        .registry
        .modify(id(1), |s| s.set_name(name("changed")))
        .unwrap();
    assert_eq!(stored.name(), &name("changed"));
    assert_eq!(
        (stored.revision(), stored.updated_at()),
        (1, at(START + 700))
    );
    place.reopen();
    assert_eq!(place.registry.list_all().unwrap(), [stored]);
}

fn the_closure_sees_what_is_stored(place: Place) {
    let place = place.with_sessions(2);
    place
        .registry
        .modify(id(2), |s| assert_eq!(s, &session(2)))
        .unwrap();
}

/// The change comes from inside the closure: it could not, if a transaction were open around it.
fn a_change_meanwhile_runs_the_closure_again(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let mut runs = 0;
    let stored = registry
        .modify(id(1), |s| {
            runs += 1;
            if runs <= 2 {
                registry
                    .rename(id(1), name(&format!("meanwhile {runs}")))
                    .unwrap();
            }
            s.metadata_mut().insert("runs".into(), runs.to_string());
        })
        .unwrap();
    assert_eq!(runs, 3);
    assert_eq!(stored.revision(), 3);
    assert_eq!(stored.name(), &name("meanwhile 2"));
    assert_eq!(stored.metadata()["runs"], "3");
    assert_eq!(registry.lookup(id(1)).unwrap(), Some(stored));
}

fn endless_changes_end_with_busy(mut place: Place) {
    if place.kind() == Kind::Memory {
        return; // a registry in memory has no timeout to set
    }
    place.registry.clone().close().unwrap();
    place.registry = place
        .options()
        .busy_timeout(Duration::ZERO)
        .open(place.file())
        .unwrap();
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let mut runs = 0;
    let error = registry
        .modify(id(1), |s| {
            runs += 1;
            registry
                .rename(id(1), name(&format!("meanwhile {runs}")))
                .unwrap();
            s.set_name(name("never"));
        })
        .unwrap_err();
    assert_eq!((error.code(), runs), ("busy", 1), "zero is one try");
    let stored = registry.lookup(id(1)).unwrap().unwrap();
    assert_eq!(stored.name(), &name("meanwhile 1"));
    assert_eq!(stored.revision(), 1);
}

fn a_panic_leaves_the_registry_as_it_was(place: Place) {
    let mut place = place.with_sessions(2);
    let panicked = place.unchanged(|r| {
        let modify = || {
            r.modify(id(1), |s| {
                s.set_name(name("half done"));
                panic!("a bug in the caller's closure");
            })
        };
        catch_unwind(AssertUnwindSafe(modify)).is_err()
    });
    assert!(panicked);
    let stored = place
        .registry
        .modify(id(1), |s| s.set_name(name("done")))
        .unwrap();
    assert_eq!(stored.revision(), 1);
    place.registry.register(session(3)).unwrap();
}

fn another_session_in_its_place_gives_its_content_only(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(at(START + 700));
    let other = Session::builder(path("/work/other"))
        .id(id(9))
        .name(name("other"))
        .created_at(at(0))
        .build();
    let stored = place
        .registry
        .modify(id(1), |s| *s = other.clone())
        .unwrap();
    assert_eq!((stored.id(), stored.revision()), (id(1), 1));
    assert_eq!(stored.created_at(), session(1).created_at());
    assert_eq!(stored.updated_at(), at(START + 700));
    assert_eq!(stored.name(), other.name());
    assert_eq!(stored.project_path(), other.project_path());
    place.reopen();
    assert_eq!(place.registry.list_all().unwrap(), [stored]);
    assert!(!place.registry.contains(id(9)).unwrap());
}

fn nothing_new_writes_nothing(place: Place) {
    let mut place = place.with_sessions(1);
    place.clock.set(at(START + 700));
    let same = place.unchanged(|r| r.modify(id(1), |_| {})).unwrap();
    assert_eq!(same, session(1));
}

fn unknown_comes_before_the_closure(place: Place) {
    let mut place = place.with_sessions(1);
    let refused = place.refused(|r| r.modify(id(2), |_| panic!("nothing to change")));
    assert_eq!(refused, Refusal::NotFound(id(2)));
}

fn rules_hold_for_the_result(place: Place) {
    let mut place = place.with_sessions(2);
    assert_eq!(
        place.refused(|r| r.modify(id(1), spoil)),
        Refusal::spoiled()
    );
    let project_path = session(2).project_path().clone();
    assert_eq!(
        place.refused(|r| r.modify(id(1), |s| s.set_project_path(project_path.clone()))),
        Refusal::PathTaken {
            open: 1,
            most: 1,
            project_path: project_path.clone(),
            holder: id(2)
        }
    );
    // An invalid result is refused even if somebody else changed the session.
    let error = place
        .registry
        .modify(id(1), |s| {
            place.registry.rename(id(1), name("meanwhile")).unwrap();
            *s = with(s, spoil);
        })
        .unwrap_err();
    assert_eq!(Refusal::from(error), Refusal::spoiled());
}

fn a_session_removed_meanwhile_is_not_found(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let error = registry
        .modify(id(1), |s| {
            registry.unregister(id(1)).unwrap();
            s.set_name(name("gone"));
        })
        .unwrap_err();
    assert_eq!(Refusal::from(error), Refusal::NotFound(id(1)));
    assert!(registry.is_empty().unwrap());
}
