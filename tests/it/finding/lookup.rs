//! Lookups are exact.

use session_registry::{ProjectPath, Session, SessionName};

use crate::support::place::{Place, in_every_registry};
use crate::support::values::{START, at, id, name, path, session};

in_every_registry![
    by_id,
    names_match_exactly,
    paths_match_exactly,
    names_no_session_can_have_find_nothing,
    a_query_that_spells_out_a_key_finds_nothing,
    namesakes_are_found_oldest_first,
    the_longest_name_and_path_are_found,
    a_name_that_begins_another_is_another,
    answers_follow_every_change,
];

fn named(number: u128, text: &str, created: i64) -> Session {
    Session::builder(path(&format!("/work/n{number}")))
        .id(id(number))
        .name(name(text))
        .created_at(at(created))
        .build()
}

fn by_id(place: Place) {
    let mut place = place.with_sessions(2);
    place.reopen();
    let registry = &place.registry;
    assert_eq!(registry.lookup(id(2)).unwrap(), Some(session(2)));
    assert!(registry.contains(id(2)).unwrap());
    assert_eq!(registry.lookup(id(3)).unwrap(), None);
    assert!(!registry.contains(id(3)).unwrap());
}

fn names_match_exactly(mut place: Place) {
    let wanted = named(1, "my-project", START);
    place.registry.register(wanted.clone()).unwrap();
    place.reopen();
    let registry = &place.registry;
    for other in [
        "my-proj",
        "My-Project",
        "my-project ",
        " my-project",
        "my-project2",
        "my_project",
        "",
    ] {
        assert_eq!(registry.lookup_by_name(other).unwrap(), None, "{other:?}");
        assert_eq!(registry.lookup_all_by_name(other).unwrap(), [], "{other:?}");
    }
    let found = registry.lookup_by_name("my-project").unwrap();
    assert_eq!(found, Some(wanted));
}

fn paths_match_exactly(place: Place) {
    let mut place = place.with_sessions(1);
    place.reopen();
    let registry = &place.registry;
    for other in [
        "/",
        "/work",
        "/work/p",
        "/work/P1",
        "/work/p1/src",
        "/work/p10",
    ] {
        assert_eq!(
            registry.lookup_by_path(&path(other)).unwrap(),
            None,
            "{other}"
        );
    }
    for spelling in ["/work/p1", "/work//p1/", "/work/./p1"] {
        let found = registry.lookup_by_path(&path(spelling)).unwrap();
        assert_eq!(found, Some(session(1)), "{spelling}");
    }
}

/// The key of the name index holds a NUL byte after the name, then other bytes.
fn names_no_session_can_have_find_nothing(place: Place) {
    let place = place.with_sessions(2);
    let registry = &place.registry;
    let huge = "x".repeat(1_000_000);
    let long = "x".repeat(SessionName::MAX_BYTES + 1);
    for query in [
        "\0",
        "session 1\0",
        "session\0 1",
        "session 1\0\0\0\0",
        "\u{1}",
        &long,
        &huge,
    ] {
        assert_eq!(registry.lookup_by_name(query).unwrap(), None);
        assert_eq!(registry.lookup_all_by_name(query).unwrap(), []);
    }
}

/// The time of this session is such that its key in the name index begins with text and a NUL byte.
fn a_query_that_spells_out_a_key_finds_nothing(place: Place) {
    let spelled = named(1, "n", -0x0081_0000_0000_0000);
    place.registry.register(spelled).unwrap();
    let query = "n\0\u{7f}\u{7f}";
    assert_eq!(place.registry.lookup_by_name(query).unwrap(), None);
    assert_eq!(place.registry.lookup_all_by_name(query).unwrap(), []);
}

fn namesakes_are_found_oldest_first(mut place: Place) {
    let sessions = [
        named(5, "twin", -1),
        named(3, "twin", 0),
        named(4, "twin", 0),
        named(1, "twin", 7),
    ];
    for position in [2, 0, 3, 1] {
        place.registry.register(sessions[position].clone()).unwrap();
    }
    place.reopen();
    let registry = &place.registry;
    assert_eq!(registry.lookup_all_by_name("twin").unwrap(), sessions);
    let oldest = registry.lookup_by_name("twin").unwrap();
    assert_eq!(oldest.as_ref(), Some(&sessions[0]));
    registry.unregister(id(5)).unwrap();
    let oldest = registry.lookup_by_name("twin").unwrap();
    assert_eq!(oldest.as_ref(), Some(&sessions[1]));
}

fn the_longest_name_and_path_are_found(mut place: Place) {
    // 200 characters as people count them, in 2048 bytes.
    let long_name = format!(
        "{}{}",
        "e\u{301}".repeat(199),
        format_args!("e{}", "\u{301}".repeat(725))
    );
    assert_eq!(long_name.len(), SessionName::MAX_BYTES);
    let long_path = format!("/{}", "p".repeat(ProjectPath::MAX_BYTES - 1));
    let longest = Session::builder(path(&long_path))
        .id(id(1))
        .name(name(&long_name))
        .created_at(at(START))
        .build();
    place.registry.register(longest.clone()).unwrap();
    place.reopen();
    let registry = &place.registry;
    assert_eq!(
        registry.lookup_by_name(&long_name).unwrap(),
        Some(longest.clone())
    );
    assert_eq!(
        registry.lookup_by_path(&path(&long_path)).unwrap(),
        Some(longest)
    );
}

fn a_name_that_begins_another_is_another(place: Place) {
    let sessions = [
        named(1, "a", START + 2),
        named(2, "a a", START + 1),
        named(3, "aa", START),
        named(4, "a\u{ff}", START),
        named(5, "A", START),
    ];
    for session in &sessions {
        place.registry.register(session.clone()).unwrap();
    }
    for session in sessions {
        let name = session.name().as_str();
        let found = place.registry.lookup_all_by_name(name).unwrap();
        assert_eq!(found, std::slice::from_ref(&session), "{name:?}");
    }
}

/// Answers may be remembered, but never for longer than they are true.
fn answers_follow_every_change(place: Place) {
    let place = place.with_sessions(1);
    let registry = &place.registry;
    let project = session(1).project_path().clone();
    let seen = || {
        (
            registry.lookup(id(1)).unwrap(),
            registry.lookup_by_path(&project).unwrap(),
            registry.lookup_by_name("session 1").unwrap(),
        )
    };
    let all = |session: Session| {
        let some = Some(session);
        (some.clone(), some.clone(), some)
    };
    assert_eq!(seen(), all(session(1)));
    let changed = registry
        .modify(id(1), |s| s.metadata_mut().clear())
        .unwrap();
    assert_eq!(seen(), all(changed));
    registry.unregister(id(1)).unwrap();
    assert_eq!(seen(), (None, None, None));
    registry.register(session(1)).unwrap();
    assert_eq!(seen(), all(session(1)));
    registry.clear().unwrap();
    assert_eq!(seen(), (None, None, None));
}
