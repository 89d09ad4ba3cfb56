//! The order of an export.

use session_registry::{ImportMode, SessionRegistry};

use super::exported;
use crate::support::place::{Place, in_every_registry};
use crate::support::values::{START, at, id, session};

in_every_registry![
    two_exports_of_one_state_differed,
    equally_old_sessions_stand_by_id,
];

/// The ids in an export, in its order.
fn order(text: &str) -> Vec<u128> {
    let lines = text.lines().filter(|line| line.contains("\"id\""));
    let id = |line: &str| {
        let session: session_registry::Session = serde_json::from_str(line).unwrap();
        session.id().as_uuid().as_u128()
    };
    lines.map(id).collect()
}

fn two_exports_of_one_state_differed(place: Place) {
    let mut place = place;
    place.registry.set_max_sessions(100).unwrap();
    // Neither registered in the order of their times nor in that of their ids; every third is closed.
    for number in [5, 2, 9, 1, 7, 3, 8, 6, 4] {
        let given = session(number);
        let registered = session_registry::Session::builder(given.project_path().clone())
            .id(id(u128::from(100 - number)))
            .created_at(given.created_at())
            .build();
        let registered = place.registry.register(registered).unwrap();
        if number % 3 == 0 {
            place.registry.close_session(registered.id()).unwrap();
        }
    }
    let first = exported(&place.registry);
    assert_eq!(order(&first), [99, 98, 97, 96, 95, 94, 93, 92, 91]);
    // Nor does it matter when the export is made.
    place.clock.set(at(START + 1_000_000_000));
    let second = place.unchanged(exported);
    assert_eq!(second, first);

    let copy = SessionRegistry::options().max_sessions(100);
    let copy = copy.in_memory().unwrap();
    copy.import(first.as_bytes(), ImportMode::KeepIds).unwrap();
    assert_eq!(exported(&copy), first);
}

fn equally_old_sessions_stand_by_id(place: Place) {
    place.registry.set_max_sessions(100).unwrap();
    for number in [3_u32, 1, 4, 2] {
        let given = session(number);
        let equally_old = session_registry::Session::builder(given.project_path().clone())
            .id(id(number.into()))
            .created_at(at(START));
        place.registry.register(equally_old.build()).unwrap();
    }
    place.registry.close_session(id(2)).unwrap();
    place.registry.close_session(id(3)).unwrap();
    assert_eq!(order(&exported(&place.registry)), [1, 2, 3, 4]);
}

/// More than are asked for at once.
#[test]
fn a_long_export_has_every_session_once() {
    let registry = SessionRegistry::options().max_sessions(u32::MAX);
    let registry = registry.in_memory().unwrap();
    let sessions: Vec<_> = (1..=2500).map(session).collect();
    let text = super::export(&sessions);
    registry
        .import(text.as_bytes(), ImportMode::KeepIds)
        .unwrap();
    for number in (1..=2500).step_by(7) {
        registry.close_session(id(number)).unwrap();
    }
    let expected: Vec<u128> = (1..=2500).collect();
    assert_eq!(order(&exported(&registry)), expected);
}
