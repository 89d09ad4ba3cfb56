//! The session of the nearest project directory at or above a path.

use session_registry::{ProjectPath, Session};

use crate::support::place::{Place, in_every_registry};
use crate::support::values::{name, path};

in_every_registry![
    the_nearest_directory_at_or_above_wins,
    closed_sessions_contain_nothing,
    deep_paths_end_at_the_root,
];

fn register(place: &Place, directories: &[&str]) {
    for directory in directories {
        let session = Session::builder(path(directory)).name(name(directory));
        place.registry.register(session.build()).unwrap();
    }
}

/// The project that contains `directory`.
fn containing(place: &Place, directory: &str) -> Option<String> {
    let directory = path(directory);
    let found = place.registry.lookup_containing(&directory).unwrap();
    let snapshot = place.registry.snapshot().unwrap();
    assert_eq!(snapshot.lookup_containing(&directory).unwrap(), found);
    found.map(|session| session.project_path().as_str().to_owned())
}

fn the_nearest_directory_at_or_above_wins(place: Place) {
    register(
        &place,
        &[
            "/a/b",
            "/a/b/c/d",
            "/a/bc",
            "/home/user",
            "/home/us/er",
            "/ü",
        ],
    );
    for (directory, expected) in [
        ("/a/b", Some("/a/b")),
        ("/a/b/", Some("/a/b")),
        ("/a/b/x", Some("/a/b")),
        ("/a/b/c", Some("/a/b")),
        ("/a/b/c/d", Some("/a/b/c/d")),
        ("/a/b/c/d/e/f/g", Some("/a/b/c/d")),
        ("/a/b/c/dd", Some("/a/b")),
        ("/a/bc", Some("/a/bc")),
        ("/a/bc/d", Some("/a/bc")),
        ("/a/bcd", None),
        ("/a", None),
        ("/", None),
        ("/A/B", None),
        ("/home/user/src", Some("/home/user")),
        ("/home/us", None),
        ("/home/us/er/x", Some("/home/us/er")),
        ("/ü/ä", Some("/ü")),
        ("/u/a", None),
    ] {
        assert_eq!(
            containing(&place, directory).as_deref(),
            expected,
            "{directory}"
        );
    }
    register(&place, &["/"]);
    for (directory, expected) in [("/", "/"), ("/a/bcd", "/"), ("/a/b/c", "/a/b")] {
        assert_eq!(containing(&place, directory).as_deref(), Some(expected));
    }
}

fn closed_sessions_contain_nothing(place: Place) {
    register(&place, &["/a", "/a/b"]);
    let inner = place.registry.resolve("/a/b").unwrap().id();
    place.registry.close_session(inner).unwrap();
    assert_eq!(containing(&place, "/a/b/c").as_deref(), Some("/a"));
    place.registry.reopen(inner).unwrap();
    assert_eq!(containing(&place, "/a/b/c").as_deref(), Some("/a/b"));
    place.registry.unregister(inner).unwrap();
    assert_eq!(containing(&place, "/a/b/c").as_deref(), Some("/a"));
    place
        .registry
        .modify(place.registry.resolve("/a").unwrap().id(), |s| {
            s.set_project_path(path("/moved"));
        })
        .unwrap();
    assert_eq!(containing(&place, "/a/b/c"), None);
    assert_eq!(containing(&place, "/moved/b/c").as_deref(), Some("/moved"));
}

fn deep_paths_end_at_the_root(place: Place) {
    let deepest = "/d".repeat(ProjectPath::MAX_BYTES / 2);
    assert_eq!(containing(&place, &deepest), None);
    register(&place, &["/d"]);
    assert_eq!(containing(&place, &deepest).as_deref(), Some("/d"));
}
