//! The rooms of the store: arrows point down only, and nothing goes in a circle. Also the figures of every
//! folder: `cargo test --all-features --test it tidy::rooms -- --nocapture` prints them, of the checkout that
//! `SESSION_REGISTRY_SOURCES` names, or of this one.

use std::collections::BTreeSet;

use super::plan::{Crate, Path};
use super::source::{root, sources_of};

/// What each room of the store may name, beside itself. `mod` is the store's own file.
const ROOMS: &[(&str, &[&str])] = &[
    ("wait", &[]),
    ("open_settings", &["wait"]),
    ("fault", &["wait"]),
    ("format", &["fault"]),
    ("rows", &["fault", "format"]),
    ("disk", &["fault", "format", "open_settings", "wait"]),
    (
        "engine",
        &["disk", "fault", "format", "open_settings", "rows", "wait"],
    ),
    (
        "group",
        &["disk", "engine", "fault", "format", "rows", "wait"],
    ),
    ("answer", &["engine", "fault", "rows", "wait"]),
    ("watch", &["disk", "engine", "wait"]),
    ("owners", &["disk", "format"]),
    (
        "mod",
        &[
            "answer", "engine", "fault", "group", "rows", "wait", "watch",
        ],
    ),
    (
        "opening",
        &[
            "answer",
            "disk",
            "engine",
            "fault",
            "format",
            "group",
            "mod",
            "open_settings",
            "wait",
        ],
    ),
    ("care", &["disk", "fault", "format", "mod", "rows"]),
    ("spool", &["disk", "fault", "format"]),
];

fn strings(path: &[&str]) -> Path {
    path.iter().map(|part| (*part).to_owned()).collect()
}

fn this_crate() -> Crate {
    Crate::of(&sources_of(root(), "src"))
}

#[test]
fn the_rooms_of_the_store_name_only_what_is_below_them() {
    let plan = this_crate().plan(&strings(&["store"]));
    let rooms: BTreeSet<_> = plan.arrows.keys().map(String::as_str).collect();
    let known: BTreeSet<_> = ROOMS.iter().map(|(room, _)| *room).collect();
    assert_eq!(rooms, known, "each room of the store has its place here");
    for (room, below) in ROOMS {
        let named = plan.arrows[*room].iter().map(String::as_str);
        let climbs: Vec<_> = named.filter(|other| !below.contains(other)).collect();
        assert!(climbs.is_empty(), "{room} names {climbs:?}");
    }
}

#[test]
fn nothing_in_the_store_goes_in_a_circle() {
    let library = this_crate();
    for folder in library.folders() {
        if folder.first().is_some_and(|first| first == "store") {
            let plan = library.plan(&folder);
            let circles = plan.circles();
            assert!(circles.is_empty(), "{}: {circles:?}", folder.join("/"));
        }
    }
}

#[test]
fn figures_of_every_folder() {
    let given = std::env::var_os("SESSION_REGISTRY_SOURCES").map(std::path::PathBuf::from);
    let from = given.as_deref().unwrap_or(root());
    let library = Crate::of(&sources_of(from, "src"));
    let mut counted = 0;
    for folder in library.folders() {
        let plan = library.plan(&folder);
        let (rooms, arrows) = (plan.arrows.len(), plan.arrow_count());
        let (levels, circles) = (plan.levels(), plan.circles());
        eprintln!(
            "src/{}: {rooms} rooms on {levels} levels, {arrows} arrows, {} circles {circles:?}",
            folder.join("/"),
            circles.len()
        );
        counted += rooms;
    }
    assert!(counted > 0, "no sources in {}", from.display());
}
