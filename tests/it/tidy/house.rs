//! Small files, nothing left to do, a changelog.

use std::fs;

use super::source::{all_sources, has_word, root};

const MOST_LINES: usize = 300;
/// One enum, and one frozen step that imports nothing: neither can be split.
const WHOLE: &[&str] = &["src/error/kinds.rs", "migrations/v0003_projects.rs"];

#[test]
fn no_file_needs_a_table_of_contents() {
    let all = all_sources();
    let long = all.iter().filter_map(|source| {
        let lines = source.text.lines().count();
        let is_long = lines > MOST_LINES && !WHOLE.contains(&source.path.as_str());
        is_long.then(|| format!("{} has {lines} lines", source.path))
    });
    let long: Vec<_> = long.collect();
    assert!(long.is_empty(), "split these: {long:#?}");
}

#[test]
fn every_file_says_what_it_is_about() {
    for source in all_sources() {
        let is_told_by_its_parent = source.path.ends_with("tests.rs");
        let says = ["//!", "#![doc"]
            .iter()
            .any(|start| source.text.starts_with(start));
        assert!(
            says || is_told_by_its_parent,
            "{} says nothing",
            source.path
        );
    }
}

#[test]
fn nothing_is_left_to_do() {
    // Put together here, so that this file does not have them.
    let marks = [["TO", "DO"], ["FIX", "ME"], ["X", "XX"]].map(|parts| parts.concat());
    for source in all_sources() {
        for mark in &marks {
            assert!(
                !has_word(&source.text, mark),
                "{} has a {mark}",
                source.path
            );
        }
        for call in ["todo", "unimplemented", "dbg"] {
            let call = format!("{call}!(");
            assert!(!source.code().contains(&call), "{} has {call}", source.path);
        }
        let bare = ["#[ign", "ore]"].concat();
        assert!(
            !source.code().contains(&bare),
            "{} skips a test without a reason",
            source.path
        );
    }
}

#[test]
fn the_changelog_has_a_heading_for_what_is_here() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let version = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    let known = |line: &str| line.starts_with("## [Unreleased]") || line.starts_with(&version);
    assert!(changelog.lines().any(known));
}
