//! What is lost when it is dropped says so: the compiler warns, with a sentence.

use super::source::sources;

/// Guards, answers and what is put together by setters.
const TYPES: &[&str] = &[
    "Claim",
    "Found",
    "OpenReport",
    "Opened",
    "Page",
    "Pages",
    "PrunePolicy",
    "Query",
    "Registration",
    "RegistryOptions",
    "SessionBuilder",
    "SessionConfig",
    "Snapshot",
    "Started",
    "Stats",
    "Verification",
];

/// The attributes of a type, where it is declared.
fn attributes<'a>(code: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let lines: Vec<_> = code.lines().map(str::trim).collect();
    let declared = |line: &&str| {
        let mut words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words.next() == Some("pub")
            && matches!(words.next(), Some("struct" | "enum"))
            && words.next() == Some(name)
    };
    let at = lines.iter().position(declared)?;
    let above = lines[..at].iter().rev();
    let above = above.take_while(|line| line.starts_with("#[") || line.is_empty());
    Some(above.copied().collect())
}

/// Whether a drop of it is warned of with a sentence.
fn warns(attributes: &[&str]) -> bool {
    attributes
        .iter()
        .any(|line| line.starts_with("#[must_use = \""))
}

#[test]
fn what_must_not_be_dropped_says_why() {
    let code: Vec<_> = sources("src").iter().map(|s| s.code()).collect();
    for name in TYPES {
        let found = code.iter().find_map(|code| attributes(code, name));
        let found = found.unwrap_or_else(|| panic!("there is no public type {name}"));
        assert!(warns(&found), "{name} has no #[must_use = \"...\"]");
    }
}

#[test]
fn a_type_without_a_sentence_is_seen() {
    let code =
        "#[must_use]\npub struct A;\n#[must_use = \"x\"]\n#[derive(Clone)]\n\npub enum B<T> {";
    assert_eq!(
        attributes(code, "A").map(|found| warns(&found)),
        Some(false)
    );
    assert_eq!(attributes(code, "B").map(|found| warns(&found)), Some(true));
    assert_eq!(attributes(code, "C"), None);
}
