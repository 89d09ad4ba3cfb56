//! No type of another crate in the public interface, but those that are meant to be there.

use std::collections::BTreeSet;
use std::fs;

use super::source::{Source, has_word, heads, root, sources, words};

/// Crates whose types and traits are part of the interface: ids are UUIDs, values are read and written with
/// serde.
const PUBLIC: &[&str] = &["serde", "uuid"];

/// The names of every other dependency, from the manifest.
fn private_crates() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, rest) = manifest.split_once("[dependencies]\n").unwrap();
    let (section, _) = rest.split_once("\n[").unwrap();
    let lines = section.lines().filter(|line| !line.starts_with('#'));
    let names = lines.filter_map(|line| line.split_once(" = "));
    let names = names.map(|(name, _)| name.replace('-', "_"));
    names
        .filter(|name| !PUBLIC.contains(&name.as_str()))
        .collect()
}

/// What a file shows to users: the heads of its public items, its public enums whole, and the heads of its
/// trait implementations.
fn shown(code: &str) -> Vec<String> {
    let mut shown = Vec::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let item = line.trim();
        if !item.starts_with("pub ") && !item.starts_with("impl") {
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let mut text = item.to_owned();
        let ends: &dyn Fn(&str, &str) -> bool = if item.starts_with("pub enum") {
            let close = format!("{indent}}}");
            &move |line: &str, _: &str| line == close
        } else {
            &|_: &str, text: &str| text.contains(['{', ';']) || text.ends_with(',')
        };
        let mut last = line;
        while !ends(last, &text) {
            let Some(next) = lines.next() else { break };
            last = next;
            text = format!("{text} {}", next.trim());
        }
        // The fields of a tuple struct and the body of a function on one line are private.
        let end = if item.starts_with("pub struct") {
            text.find(['(', '{', ';'])
        } else if item.starts_with("pub enum") {
            None
        } else {
            text.find('{')
        };
        shown.push(text[..end.unwrap_or(text.len())].to_owned());
    }
    shown
}

/// The names that a file imports from a crate.
fn imported(code: &str, from: &str) -> BTreeSet<String> {
    let statements = code.split(';').filter_map(|text| text.rsplit_once("use "));
    let statements = statements.map(|(_, import)| import);
    let from_crate = statements.filter(|import| {
        let head = words(import).next();
        head.is_some_and(|(_, word)| word == from)
    });
    let names = from_crate.flat_map(words).map(|(_, word)| word.to_owned());
    names
        .filter(|name| name.starts_with(|c: char| c.is_uppercase()))
        .collect()
}

/// What a file shows of a private crate.
fn leaks(source: &Source, crates: &[String]) -> Vec<String> {
    let code = source.code();
    let is_store = source.is_below("src/store/");
    let shown: Vec<_> = shown(&code)
        .into_iter()
        // The store's own types are nobody else's, so what they implement does not matter.
        .filter(|item| !(is_store && item.starts_with("impl")))
        .collect();
    let mut leaks = Vec::new();
    for name in crates {
        let imported = imported(&code, name);
        let leaking = |item: &&String| {
            words(item).any(|(_, word)| imported.contains(word))
                || !heads(item, &format!("{name}::")).is_empty()
                || has_word(item, name)
        };
        leaks.extend(shown.iter().filter(leaking).cloned());
    }
    leaks
}

#[test]
fn no_private_dependency_is_shown() {
    let crates = private_crates();
    for known in ["redb", "postcard", "jiff"] {
        assert!(crates.iter().any(|name| name == known), "{known} not found");
    }
    let library = sources("src").into_iter().filter(|source| {
        let is_test = source.path.contains("/tests/") || source.path.ends_with("/tests.rs");
        !source.is_below("src/bin/") && !is_test
    });
    for source in library {
        let found = leaks(&source, &crates);
        assert!(found.is_empty(), "{} shows {found:?}", source.path);
    }
}

#[test]
fn a_leak_is_seen() {
    let leaking = |path: &str, text: &str| {
        let source = Source::new(path, text);
        !leaks(&source, &["redb".to_owned()]).is_empty()
    };
    let path = "src/registry/a.rs";
    for leak in [
        "pub fn open(\n    db: redb::Database,\n) {}",
        "use redb::{Builder, Database as Engine};\npub fn open(db: &Engine) {}",
        "use redb::Database;\npub struct A {\n    pub db: Database,\n}",
        "pub enum E {\n    A(u8),\n    B(redb::Error),\n}",
        "impl From<redb::Error> for Error {",
        "pub type A = redb::Error;",
        "pub use redb::Error;",
    ] {
        assert!(leaking(path, leak), "{leak}");
    }
    for fine in [
        "pub struct A(redb::Database);",
        "pub struct A {\n    db: redb::Database,\n}",
        "pub(crate) fn a(db: redb::Database) {}",
        "pub fn a() { redb::b() }",
        "/// pub fn a(db: redb::Database)",
    ] {
        assert!(!leaking(path, fine), "{fine}");
    }
    assert!(!leaking(
        "src/store/a.rs",
        "impl From<redb::Error> for Fault {"
    ));
}
