//! No file that nobody names.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, all_sources};

/// Where the compiler begins to read.
fn roots(sources: &BTreeMap<String, Source>) -> Vec<String> {
    let fixed = [
        "src/lib.rs",
        "tests/it/main.rs",
        "benches/src/main.rs",
        ".ci/surface/src/main.rs",
    ];
    let is_root = |path: &&String| {
        fixed.contains(&path.as_str())
            || path.starts_with("src/bin/") && path.ends_with("/main.rs")
            || path.starts_with("examples/")
    };
    sources.keys().filter(is_root).cloned().collect()
}

/// The modules a file declares: the name, and the path where one is given.
fn declared(source: &Source) -> Vec<(String, Option<String>)> {
    let code = source.code();
    let mut found = Vec::new();
    let mut path = None;
    for line in code.lines().map(str::trim) {
        if let Some(given) = line.strip_prefix("#[path = \"") {
            path = given.split('"').next().map(str::to_owned);
        } else if let Some(name) = module_of(line) {
            found.push((name.to_owned(), path.take()));
        }
    }
    found
}

/// `name` of `mod name;`, however visible.
fn module_of(line: &str) -> Option<&str> {
    let (visibility, name) = line.strip_suffix(';')?.rsplit_once("mod ")?;
    let is_visibility = visibility.is_empty() || visibility.starts_with("pub");
    is_visibility.then_some(name)
}

/// The folder in which a file's modules are.
fn folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap();
    match name {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
    }
}

/// `folder/relative`, with its `..` taken back.
fn join(folder: &str, relative: &str) -> String {
    let mut parts: Vec<_> = folder.split('/').collect();
    for part in relative.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

#[test]
fn every_file_is_named_by_a_module() {
    let all = all_sources().into_iter();
    let sources: BTreeMap<_, _> = all.map(|source| (source.path.clone(), source)).collect();
    let mut reached = BTreeSet::new();
    let mut waiting = roots(&sources);
    assert!(
        waiting.len() >= 3,
        "the library, the command line and these tests"
    );
    while let Some(path) = waiting.pop() {
        let source = &sources[&path];
        for (name, given) in declared(source) {
            let own = path.rsplit_once('/').unwrap().0;
            let candidates = match given {
                Some(given) => vec![join(own, &given)],
                None => {
                    let folder = folder(&path);
                    vec![
                        format!("{folder}/{name}.rs"),
                        format!("{folder}/{name}/mod.rs"),
                    ]
                }
            };
            let found = candidates
                .into_iter()
                .find(|path| sources.contains_key(path));
            waiting.push(found.unwrap_or_else(|| panic!("{path}: no file of module {name}")));
        }
        reached.insert(path);
    }
    let unnamed: Vec<_> = sources
        .keys()
        .filter(|path| !reached.contains(*path))
        .collect();
    assert!(unnamed.is_empty(), "no module names {unnamed:?}");
}

#[test]
fn declarations_are_seen() {
    let text = "#[path = \"../x.rs\"]\nmod a;\npub(crate) mod b;\n// mod c;\nmod d { }\n";
    let found = declared(&Source::new("src/lib.rs", text));
    let expected = [("a", Some("../x.rs")), ("b", None)];
    let expected = expected.map(|(name, path)| (name.to_owned(), path.map(str::to_owned)));
    assert_eq!(found, expected);
}
