//! The source files, and their words.

use std::fs;
use std::path::{Path, PathBuf};

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One Rust file.
pub(super) struct Source {
    /// From the root of the package, such as `src/store/mod.rs`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The text without its comments and doc comments.
    pub(super) fn code(&self) -> String {
        let lines = self.text.lines().map(without_comment);
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(super) fn is_below(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }
}

/// A comment begins with `//` outside of a string; one in a string has an odd number of quotes before it.
fn without_comment(line: &str) -> &str {
    let starts = line.match_indices("//").map(|(start, _)| start);
    let mut before = starts.map(|start| &line[..start]);
    before
        .find(|before| before.matches('"').count() % 2 == 0)
        .unwrap_or(line)
}

/// Every Rust file below a folder of the package, in the order of the paths; none where there is no folder.
pub(super) fn sources(folder: &str) -> Vec<Source> {
    sources_of(root(), folder)
}

/// As [`sources`], of the checkout at `root`.
pub(super) fn sources_of(root: &Path, folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push(Source::new(&relative(&path, root), &text));
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

/// `sources` of every folder that has any.
pub(super) fn all_sources() -> Vec<Source> {
    let all = ["src", "migrations", "tests", "benches", "examples", ".ci"].map(sources);
    all.into_iter().flatten().collect()
}

fn relative(path: &Path, root: &Path) -> String {
    let path: PathBuf = path.strip_prefix(root).unwrap().into();
    path.to_str().unwrap().replace('\\', "/")
}

/// The identifiers of a text, with where each begins.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_word)?;
        let length = text[start..].find(|c| !is_word(c));
        rest = length.map_or(text.len(), |length| start + length);
        Some((start, &text[start..rest]))
    })
}

/// Whether a text has an identifier.
pub(super) fn has_word(text: &str, wanted: &str) -> bool {
    words(text).any(|(_, word)| word == wanted)
}

/// Whether code uses another crate: `name::…`, or `use name`.
pub(super) fn uses_crate(code: &str, name: &str) -> bool {
    words(code).any(|(start, word)| {
        let (before, after) = (&code[..start], &code[start + word.len()..]);
        let is_root = !before.ends_with("::");
        word == name && is_root && (after.starts_with("::") || before.ends_with("use "))
    })
}

/// The first parts of every path that begins with `prefix`, such as `crate::`: one of each, or all names of
/// a braced list.
pub(super) fn heads(code: &str, prefix: &str) -> Vec<String> {
    let mut heads = Vec::new();
    for (start, _) in code.match_indices(prefix) {
        let inside = code[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
        let rest = &code[start + prefix.len()..];
        match rest.strip_prefix('{') {
            _ if inside => {}
            Some(list) => heads.extend(first_names(list)),
            None => heads.extend(words(rest).next().map(|(_, word)| word.to_owned())),
        }
    }
    heads
}

/// The first name of each item of `a::x, b::{y, z}}`.
fn first_names(list: &str) -> Vec<String> {
    let (mut depth, mut item) = (0, String::new());
    let mut items = Vec::new();
    for character in list.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(std::mem::take(&mut item)),
            _ => {}
        }
        item.push(character);
    }
    items.push(item);
    let first = |item: &String| words(item).next().map(|(_, word)| word.to_owned());
    items.iter().filter_map(first).collect()
}

#[test]
fn comments_are_not_code() {
    let source = Source::new("a.rs", "a // b\n/// c\n\"http://d\" // e\n//! f");
    assert_eq!(source.code(), "a \n\n\"http://d\" \n");
}

#[test]
fn a_crate_is_used_by_its_path_only() {
    assert!(uses_crate("use redb::Table;", "redb"));
    assert!(uses_crate("fn f(x: redb::Error)", "redb"));
    assert!(!uses_crate("let redb = \"a.redb\";", "redb"));
    assert!(!uses_crate("use super::redb::Error;", "redb"));
}

#[test]
fn heads_of_lists_are_found() {
    let code = "use crate::{store::{A, B}, error};\nuse crate::session::C;";
    assert_eq!(heads(code, "crate::"), ["store", "error", "session"]);
}
