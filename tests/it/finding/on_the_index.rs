//! Finding goes by the indexes: what it does not mean it does not read.

use session_registry::{Error, SessionRegistry};

use crate::support::place::{Kind, Place};
use crate::support::raw::damage_row;
use crate::support::values::{id, name, path, session, with};

/// Sessions of which the row of number 1 cannot be read. Their ids begin alike, so the third gets
/// another one.
fn place() -> Place {
    let place = Place::new(Kind::Shared).with_sessions(2);
    let other = session_registry::Session::builder(path("/else/where"))
        .id("0f8fad5b-0000-0000-0000-000000000003".parse().unwrap())
        .name(name("Another"));
    place.registry.register(other.build()).unwrap();
    damage_row(&place.file(), id(1));
    place
}

#[test]
fn a_damaged_row_hides_no_other() {
    let place = place();
    let registry = SessionRegistry::open(place.file()).unwrap();
    for query in [
        "0f8fad5b-0000-0000-0000-000000000003",
        "Another",
        "/else/where",
        "0f8fad5b",
        "aNOTHER",
        "ano",
        "session 2",
        "/work/p2",
    ] {
        registry.resolve(query).unwrap();
    }
    let missing = registry.resolve("nobody").unwrap_err();
    assert_eq!(missing.code(), "no_match");
    for inside in ["/else/where/in", "/work/p2/deep/down"] {
        let found = registry.lookup_containing(&path(inside)).unwrap();
        assert!(found.is_some(), "{inside}");
    }
    assert_eq!(registry.lookup_containing(&path("/work")).unwrap(), None);
    registry.claim(id(2)).unwrap().release().unwrap();
    registry.close_session(id(2)).unwrap();
    registry.reopen(id(2)).unwrap();
    assert_eq!(registry.interrupted().unwrap(), []);
    let moved = registry.modify(id(2), |s| s.set_project_path(path("/work/p9")));
    moved.unwrap();
    registry.register(session(4)).unwrap();
}

#[test]
fn the_damaged_one_is_told_and_not_passed_over() {
    let place = place();
    let registry = SessionRegistry::open(place.file()).unwrap();
    let inside = path("/work/p1/in");
    let lost = [
        registry.resolve("session 1").map(drop),
        registry.resolve("/work/p1").map(drop),
        registry.resolve(&id(1).to_string()).map(drop),
        registry.resolve("sess").map(drop),
        registry.lookup_containing(&inside).map(drop),
        registry.claim(id(1)).map(drop),
        registry.close_session(id(1)).map(drop),
        registry.touch(id(1)),
        registry.reopen(id(1)).map(drop),
    ];
    for result in lost {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Corrupted { .. }), "{error:?}");
    }
    // Its path is still held: nobody can say by whom, so nobody gets it.
    let same = with(&session(5), |s| s.set_project_path(path("/work/p1")));
    assert!(registry.register(same).unwrap_err().is_corruption());
}
