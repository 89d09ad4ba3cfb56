//! How many sessions a project may have.

use std::sync::Barrier;
use std::thread;

use session_registry::{Error, ImportMode, Registration, Session, SessionRegistry, Timestamp};

use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::records::{assert_clean, ids, refused};
use crate::support::refusal::Refusal;
use crate::support::values::{id, path, second};

in_every_registry![
    the_number_holds_and_tightening_it_evicts_nobody,
    the_most_recently_active_answers_for_a_project,
    a_project_must_have_room_for_one,
];

fn on_app(number: u128, created_at: Timestamp) -> Session {
    Session::builder(path("/work/app"))
        .id(id(number))
        .created_at(created_at)
        .build()
}

fn taken(holder: u128, open: u64, most: u32) -> Refusal {
    Refusal::PathTaken {
        project_path: path("/work/app"),
        holder: id(holder),
        open,
        most,
    }
}

fn the_number_holds_and_tightening_it_evicts_nobody(mut place: Place) {
    let registry = place.registry.clone();
    assert_eq!(registry.max_sessions_per_project().unwrap(), 1);
    registry.set_max_sessions_per_project(3).unwrap();
    for number in 1..=3 {
        registry.register(on_app(number, second(0))).unwrap();
    }
    let fourth = on_app(4, second(0));
    let refusal = refused(&mut place, |r| r.register(fourth.clone()));
    assert_eq!(refusal, taken(3, 3, 3));
    assert_eq!(
        place
            .registry
            .register(fourth.clone())
            .unwrap_err()
            .to_string(),
        format!(
            "project /work/app is already open in session {} and 2 more; at most 3 may be",
            id(3)
        )
    );
    let registry = place.registry.clone();
    registry.set_max_sessions_per_project(1).unwrap();
    assert_eq!(registry.count().unwrap(), 3);
    let refusal = refused(&mut place, |r| r.register(fourth.clone()));
    assert_eq!(refusal, taken(3, 3, 1));
    // What is there may change, close, and not come back.
    let registry = place.registry.clone();
    registry.rename(id(1), "renamed".parse().unwrap()).unwrap();
    registry.close_session(id(1)).unwrap();
    let refusal = refused(&mut place, |r| r.reopen(id(1)));
    assert_eq!(refusal, taken(3, 2, 1));
    let registry = place.registry.clone();
    registry
        .modify(id(1), |session| session.set_project_path(path("/other")))
        .unwrap();
    registry.reopen(id(1)).unwrap();
    let back = |session: &mut Session| session.set_project_path(path("/work/app"));
    assert_eq!(
        refused(&mut place, |r| r.modify(id(1), back)),
        taken(3, 2, 1)
    );
    let registry = place.registry.clone();
    registry.unregister(id(2)).unwrap();
    registry.unregister(id(3)).unwrap();
    registry.modify(id(1), back).unwrap();
    assert_clean(&registry);
}

fn the_most_recently_active_answers_for_a_project(mut place: Place) {
    let registry = place.registry.clone();
    registry.set_max_sessions_per_project(3).unwrap();
    for number in 1..=3 {
        registry.register(on_app(number, second(0))).unwrap();
    }
    let order = |registry: &SessionRegistry| {
        let all = registry.lookup_all_by_path(&path("/work/app")).unwrap();
        assert_eq!(
            registry
                .lookup_by_path(&path("/work/app"))
                .unwrap()
                .as_ref(),
            all.first()
        );
        ids(&all)
    };
    // Equal times: the higher id.
    assert_eq!(order(&registry), [id(3), id(2), id(1)]);
    place.clock.set(second(10));
    registry.touch(id(1)).unwrap();
    assert_eq!(order(&registry), [id(1), id(3), id(2)]);
    place.clock.set(second(20));
    registry.claim(id(2)).unwrap().release().unwrap();
    assert_eq!(order(&registry), [id(2), id(1), id(3)]);
    let inside = path("/work/app/src");
    let found = registry.lookup_containing(&inside).unwrap();
    assert_eq!(found.map(|session| session.id()), Some(id(2)));
    // There is room, and still the one that is there is the answer.
    let found = registry.get_or_register(on_app(4, second(30))).unwrap();
    assert!(matches!(&found, Registration::AlreadyOpen { session, .. } if session.id() == id(2)));
    place.reopen();
    assert_eq!(order(&place.registry), [id(2), id(1), id(3)]);
    assert_eq!(order(&place.registry.clone()).len(), 3);
}

fn a_project_must_have_room_for_one(mut place: Place) {
    let refusal = refused(&mut place, |r| r.set_max_sessions_per_project(0));
    assert_eq!(refusal, Refusal::Other("invalid_limit"));
    let options = SessionRegistry::options().max_sessions_per_project(0);
    assert!(matches!(options.in_memory(), Err(Error::InvalidLimit)));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sessions.redb");
    assert!(matches!(options.open(&file), Err(Error::InvalidLimit)));
    assert!(!file.exists(), "nothing was made");
}

#[test]
fn of_racing_handles_exactly_so_many_get_in() {
    const RACERS: u32 = 64;

    let place = Place::new(Kind::Shared);
    place.registry.set_max_sessions(RACERS).unwrap();
    place.registry.set_max_sessions_per_project(2).unwrap();
    let start = Barrier::new(RACERS as usize);
    let answers: Vec<_> = thread::scope(|scope| {
        let race = |number: u32| {
            let (start, file) = (&start, place.file());
            scope.spawn(move || {
                let registry = SessionRegistry::open(file).unwrap();
                start.wait();
                registry.register(on_app(number.into(), second(0)))
            })
        };
        let racers: Vec<_> = (1..=RACERS).map(race).collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    });
    assert_eq!(answers.iter().flatten().count(), 2);
    for refusal in answers.into_iter().filter_map(Result::err) {
        assert_eq!(refusal.code(), "project_already_open");
    }
    let open = place.registry.lookup_all_by_path(&path("/work/app"));
    assert_eq!(open.unwrap().len(), 2);
    assert_clean(&place.registry);
}

#[test]
fn an_import_holds_the_number_too() {
    let source = SessionRegistry::options()
        .max_sessions_per_project(3)
        .in_memory()
        .unwrap();
    for number in 1..=3 {
        source.register(on_app(number, second(0))).unwrap();
    }
    let mut text = Vec::new();
    source.export(&mut text).unwrap();
    let target = SessionRegistry::options()
        .max_sessions_per_project(4)
        .in_memory()
        .unwrap();
    target.import(text.as_slice(), ImportMode::KeepIds).unwrap();
    assert_eq!(target.count().unwrap(), 3);
    // One more fits, and three do not.
    let refused = target
        .import(text.as_slice(), ImportMode::NewIds)
        .unwrap_err();
    let Error::ImportClash { clashes, .. } = refused else {
        panic!("{refused:?}");
    };
    let lines: Vec<_> = clashes
        .iter()
        .map(session_registry::ImportClash::line)
        .collect();
    assert_eq!(lines, [3, 4]);
    assert_eq!(target.count().unwrap(), 3);
}
