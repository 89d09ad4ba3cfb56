//! What an import meets in the registry: clashes first, the limit last, and no more held than needed.

use session_registry::{Error, ImportClash, ImportMode, Session};

use super::export;
use crate::support::place::{Kind, Place, in_every_registry};
use crate::support::values::{id, path, session, with};

in_every_registry![
    clashes_come_before_the_limit,
    the_limit_is_that_of_the_registry,
];

fn numbered(numbers: std::ops::RangeInclusive<u32>) -> Vec<Session> {
    numbers.map(session).collect()
}

/// As it would be read from an export of its record.
fn closed(session: &Session) -> Session {
    let mut json = serde_json::to_value(session).unwrap();
    let at = session.created_at();
    json["state"] = serde_json::json!({ "status": "closed", "at": at, "reason": "requested" });
    serde_json::from_value(json).unwrap()
}

fn clashes(place: &mut Place, text: &str, mode: ImportMode) -> Vec<ImportClash> {
    match place.unchanged(|registry| registry.import(text.as_bytes(), mode)) {
        Err(Error::ImportClash { clashes, .. }) => clashes,
        other => panic!("{other:?}"),
    }
}

/// Which lines clash by their id, and which by their path.
fn lines(clashes: &[ImportClash]) -> (Vec<u64>, Vec<u64>) {
    let by_id = |clash: &&ImportClash| matches!(clash, ImportClash::Id { .. });
    let (ids, paths): (Vec<_>, Vec<_>) = clashes.iter().partition(by_id);
    let lines = |clashes: Vec<&ImportClash>| clashes.into_iter().map(ImportClash::line).collect();
    (lines(ids), lines(paths))
}

fn clashes_come_before_the_limit(place: Place) {
    let mut place = place.with_sessions(3);
    // Session 4 has the id of none, and the path of the third.
    let fourth = with(&session(4), |s| s.set_project_path(path("/work/p3")));
    let text = export(&[session(1), session(2), fourth]);
    for limit in [6, 5, 3, 2, 1, 0] {
        place.registry.set_max_sessions(limit).unwrap();
        let found = clashes(&mut place, &text, ImportMode::KeepIds);
        assert_eq!(lines(&found), (vec![2, 3], vec![2, 3, 4]), "limit {limit}");
        let holds = |clash: &ImportClash| matches!(clash, ImportClash::Path { line: 4, holder, .. } if *holder == id(3));
        assert!(found.iter().any(holds), "{found:?}");
        let found = clashes(&mut place, &text, ImportMode::NewIds);
        assert_eq!(lines(&found), (vec![], vec![2, 3, 4]), "limit {limit}");
    }
}

fn the_limit_is_that_of_the_registry(place: Place) {
    let mut place = place.with_sessions(2);
    let text = export(&numbered(3..=5));
    for limit in [4, 3, 2, 1, 0] {
        place.registry.set_max_sessions(limit).unwrap();
        let refused = place.unchanged(|r| r.import(text.as_bytes(), ImportMode::KeepIds));
        let error = refused.unwrap_err();
        assert!(
            matches!(error, Error::LimitReached { max_sessions, open: 2, .. } if max_sessions == limit),
            "{error:?}"
        );
    }
    place.registry.set_max_sessions(5).unwrap();
    place
        .registry
        .import(text.as_bytes(), ImportMode::KeepIds)
        .unwrap();
    assert_eq!(place.registry.list_all().unwrap(), numbered(1..=5));
    assert!(place.registry.verify().unwrap().is_clean());
}

/// More than are held at once, closed ones among them, with a clash in every piece.
#[test]
fn an_import_far_beyond_the_limit_is_still_checked_whole() {
    let mut place = Place::new(Kind::Shared);
    let mut sessions = numbered(1..=4000);
    for session in sessions.iter_mut().skip(1).step_by(2) {
        *session = closed(session);
    }
    for number in [1, 1500, 3999] {
        place.registry.register(session(number)).unwrap();
    }
    let text = export(&sessions);
    let found = clashes(&mut place, &text, ImportMode::KeepIds);
    // Of 1500 the import has a closed one, which wants no path.
    assert_eq!(lines(&found), (vec![2, 1501, 4000], vec![2, 4000]));
    let found = clashes(&mut place, &text, ImportMode::NewIds);
    assert_eq!(lines(&found), (vec![], vec![2, 4000]));

    place.registry.clear().unwrap();
    let refused = place.unchanged(|r| r.import(text.as_bytes(), ImportMode::KeepIds));
    assert_eq!(refused.unwrap_err().code(), "session_limit_reached");
    // What is wrong with the contents still comes first, on the last line too.
    let wrong = text.replace("{\"exported\":4000}", "{\"exported\":4001}");
    let refused = place.unchanged(|r| r.import(wrong.as_bytes(), ImportMode::KeepIds));
    assert_eq!(
        refused.unwrap_err().to_string(),
        "line 4002 of the import says 4001 sessions, but there are 4000"
    );
    // Closed ones need no slot: here all that are open fit.
    place.registry.set_max_sessions(2000).unwrap();
    let report = place.registry.import(text.as_bytes(), ImportMode::KeepIds);
    assert_eq!(report.unwrap().sessions.len(), 4000);
    assert_eq!(place.registry.count().unwrap(), 2000);
}
