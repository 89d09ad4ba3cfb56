//! How what was typed names a session.

use session_registry::{Error, MatchedBy, Session, SessionRegistry};

use crate::support::place::{Place, in_every_registry};
use crate::support::records::ids;
use crate::support::values::{id, name, path};

in_every_registry![
    every_stage_says_that_it_was_the_one,
    several_matches_say_how_they_fit,
    an_open_loose_match_comes_before_a_closed_exact_one,
];

fn add(registry: &SessionRegistry, number: u128, at: &str, named: &str) -> Session {
    let session = Session::builder(path(at)).id(id(number)).name(name(named));
    registry.register(session.build()).unwrap()
}

fn every_stage_says_that_it_was_the_one(place: Place) {
    let registry = &place.registry;
    let session = add(registry, 0xabcd << 112, "/work/app", "Backend");
    let whole = session.id().to_string();
    let table = [
        (whole.as_str(), MatchedBy::Id, true),
        ("Backend", MatchedBy::Name, true),
        ("/work/app", MatchedBy::Path, true),
        ("/work/app/", MatchedBy::Path, true),
        ("ab-cd", MatchedBy::IdPrefix, false),
        ("BACKEND", MatchedBy::FoldedName, false),
        ("bACK", MatchedBy::NamePrefix, false),
    ];
    for closed in [false, true] {
        if closed {
            registry.close_session(session.id()).unwrap();
        }
        let stored = registry.lookup(session.id()).unwrap().unwrap();
        let snapshot = registry.snapshot().unwrap();
        for (query, by, is_exact) in table {
            let found = registry.find(query).unwrap();
            assert_eq!((&found.session, found.by), (&stored, by), "{query}");
            assert_eq!(found.by.is_exact(), is_exact, "{query}");
            assert_eq!(snapshot.find(query).unwrap(), found, "{query}");
            assert_eq!(registry.resolve(query).unwrap(), stored, "{query}");
        }
    }
    for nothing in ["", "abc", "front"] {
        let refused = registry.find(nothing).unwrap_err();
        assert!(matches!(refused, Error::NoMatch { .. }), "{nothing}");
    }
}

fn several_matches_say_how_they_fit(place: Place) {
    let registry = &place.registry;
    add(registry, 0xabcd_0001 << 96, "/work/one", "Same");
    add(registry, 0xabcd_0002 << 96, "/work/two", "Same");
    add(registry, 0xabcd_0003 << 96, "/work/three", "same thing");
    for (query, expected, number) in [
        ("Same", MatchedBy::Name, 2),
        ("abcd", MatchedBy::IdPrefix, 3),
        ("SAME", MatchedBy::FoldedName, 2),
        ("SAM", MatchedBy::NamePrefix, 3),
    ] {
        match registry.find(query) {
            Err(Error::Ambiguous { total, by, .. }) => {
                assert_eq!((total, by), (number, expected), "{query}");
            }
            other => panic!("{query}: {other:?}"),
        }
    }
}

fn an_open_loose_match_comes_before_a_closed_exact_one(place: Place) {
    let registry = &place.registry;
    let closed = add(registry, 1, "/work/one", "api");
    registry.close_session(closed.id()).unwrap();
    let open = add(registry, 2, "/work/two", "api server");
    let found = registry.find("api").unwrap();
    assert_eq!(
        (found.session.id(), found.by),
        (open.id(), MatchedBy::NamePrefix)
    );
    registry.close_session(open.id()).unwrap();
    let found = registry.find("api").unwrap();
    assert_eq!(
        (ids(&[found.session]), found.by),
        (vec![closed.id()], MatchedBy::Name)
    );
}
