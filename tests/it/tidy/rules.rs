//! The rules are written against what can be read, and the files of the registry do not go round in circles.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, has_word, heads, sources};

const FOLDER: &str = "src/registry/";

/// The module of a file right below the registry; what lies in a folder belongs to the file beside that.
fn module(source: &Source) -> &str {
    let below = source.path.trim_start_matches(FOLDER);
    let name = below.split('/').next().unwrap_or(below);
    name.trim_end_matches(".rs")
}

/// Which module of the registry names which others.
fn arrows(sources: &[Source]) -> BTreeMap<String, BTreeSet<String>> {
    let modules: BTreeSet<_> = sources.iter().map(module).collect();
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for source in sources {
        let (from, code) = (module(source), source.code());
        // The root hands out what the others have, and is no room of its own.
        if from == "mod" {
            continue;
        }
        let prefixes = ["super::", "crate::registry::"];
        let named = prefixes.iter().flat_map(|prefix| heads(&code, prefix));
        let others = named.filter(|name| name != from && modules.contains(name.as_str()));
        arrows.entry(from.to_owned()).or_default().extend(others);
    }
    arrows
}

/// The modules that are left when those that name no other are taken away, again and again.
fn circles(mut arrows: BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    loop {
        let ends = arrows.iter().filter(|(_, others)| others.is_empty());
        let ends: Vec<_> = ends.map(|(name, _)| name.clone()).collect();
        if ends.is_empty() {
            return arrows.into_keys().collect();
        }
        for end in ends {
            arrows.remove(&end);
            for others in arrows.values_mut() {
                others.remove(&end);
            }
        }
    }
}

#[test]
fn the_files_of_the_registry_do_not_go_round_in_circles() {
    let arrows = arrows(&sources(FOLDER));
    assert!(arrows["list"].contains("query"), "no arrow is seen");
    let found = circles(arrows);
    assert!(found.is_empty(), "these name each other: {found:?}");
}

#[test]
fn a_circle_is_seen() {
    let source = |name: &str, code: &str| Source::new(&format!("{FOLDER}{name}"), code);
    let files = [
        source("mod.rs", "use a::A;"),
        source("a.rs", "use super::b::B;"),
        source("b/deep.rs", "use crate::registry::{a::A, c};"),
        source("b.rs", "use super::Registry;"),
        source("c.rs", "use crate::error::Error;"),
    ];
    assert_eq!(circles(arrows(&files)), ["a", "b"]);
}

#[test]
fn the_rules_ask_what_can_be_read_and_write_nothing() {
    let all = sources(FOLDER);
    let rules = all.iter().find(|source| module(source) == "rules").unwrap();
    let code = rules.code();
    assert!(has_word(&code, "Reads") && has_word(&code, "Claims"));
    for word in ["WriteTx", "View", "Store", "SessionRegistry"] {
        assert!(!has_word(&code, word), "the rules name {word}");
    }
}
