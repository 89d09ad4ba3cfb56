//! What a person means while some sessions are closed: an open one, if any fits.

use session_registry::{Session, SessionId};

use super::resolve::Found::{One, Several};
use super::resolve::{register, resolve};
use crate::support::place::{Place, in_every_registry};
use crate::support::values::{name, path};

in_every_registry![
    open_sessions_come_before_closed_ones,
    one_path_may_have_many_closed_sessions,
];

fn open_sessions_come_before_closed_ones(place: Place) {
    let registry = &place.registry;
    register(
        registry,
        &[
            (
                "0f8fad5b-0000-0000-0000-000000000001",
                "backend",
                "/work/backend",
            ),
            (
                "0f8fad5b-0000-0000-0000-000000000002",
                "Backend tests",
                "/work/tests",
            ),
            (
                "77777777-0000-0000-0000-000000000003",
                "frontend",
                "/work/frontend",
            ),
        ],
    );
    let closed: SessionId = "0f8fad5b-0000-0000-0000-000000000001".parse().unwrap();
    registry.close_session(closed).unwrap();
    for (query, expected) in [
        // An open one whose name begins so, before a closed one with that very name.
        ("backend", One(2)),
        ("0f8fad5b", One(2)),
        ("Backend", One(2)),
        // Only a closed one fits.
        ("0f8fad5b-0000-0000-0000-000000000001", One(1)),
        ("0f8fad5b000000000000000000000001", One(1)),
        ("0f8fad5b00000000000000000000000", One(2)),
        ("/work/backend", One(1)),
        ("frontend", One(3)),
    ] {
        assert_eq!(resolve(registry, query), expected, "{query:?}");
    }
    let other: SessionId = "0f8fad5b-0000-0000-0000-000000000002".parse().unwrap();
    registry.close_session(other).unwrap();
    for (query, expected) in [
        ("backend", One(1)),
        ("BACKEND", One(1)),
        ("back", Several(vec![1, 2])),
        ("0f8f", Several(vec![1, 2])),
        ("/work/tests", One(2)),
    ] {
        assert_eq!(resolve(registry, query), expected, "{query:?}");
    }
}

fn one_path_may_have_many_closed_sessions(place: Place) {
    let registry = &place.registry;
    let tests = (
        "0f8fad5b-0000-0000-0000-000000000001",
        "tests",
        "/work/tests",
    );
    register(registry, &[tests]);
    let other: SessionId = tests.0.parse().unwrap();
    registry.close_session(other).unwrap();
    let again = Session::builder(path("/work/tests"))
        .id("ffffffff-0000-0000-0000-000000000004".parse().unwrap())
        .metadata("number", "2")
        .name(name("again"))
        .build();
    let again = registry.register(again).unwrap();
    assert_eq!(resolve(registry, "/work/tests"), One(2));
    registry.close_session(again.id()).unwrap();
    assert_eq!(resolve(registry, "/work/tests"), Several(vec![1, 2]));
    registry.reopen(other).unwrap();
    assert_eq!(resolve(registry, "/work/tests"), One(1));
}
