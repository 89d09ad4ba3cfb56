//! Arrows point down only: `bin` → `registry` → `store` → `session`, `error`.

use super::source::{Source, has_word, heads, sources, uses_crate};

/// What each folder of `src` may import of this crate, beside itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("src/error/", &["session"]),
    ("src/session/", &["error"]),
    ("src/store/", &["error", "session"]),
    ("src/registry/", &["error", "session", "store"]),
];

/// Names of the crate's root that any layer may import: two that stand for something in `error`, and what
/// only tests have.
const ROOT: &[&str] = &["Error", "Result", "shared"];

/// What a file imports against the layering.
fn climbs(source: &Source) -> Vec<String> {
    let layer = LAYERS.iter().find(|(folder, _)| source.is_below(folder));
    let Some((folder, below)) = layer else {
        return Vec::new();
    };
    let own = folder.trim_start_matches("src/").trim_end_matches('/');
    let allowed = |head: &str| head == own || below.contains(&head) || ROOT.contains(&head);
    let code = source.code();
    let mut found = heads(&code, "crate::");
    found.retain(|head| !allowed(head));
    // A path through the parents of the layer's own root.
    let others = ["error", "session", "store", "registry"];
    let through_super = heads(&code, "super::");
    found.extend(
        through_super
            .into_iter()
            .filter(|head| others.contains(&head.as_str()) && !allowed(head)),
    );
    found
}

#[test]
fn no_layer_imports_what_is_above_it() {
    // Tests of a layer may look at it from above.
    let mut sources = sources("src");
    sources.retain(|source| !source.path.contains("/tests/"));
    for source in sources {
        let found = climbs(&source);
        assert!(found.is_empty(), "{} imports {found:?}", source.path);
    }
}

#[test]
fn every_source_file_is_in_a_layer() {
    for source in sources("src") {
        let layered = LAYERS.iter().any(|(folder, _)| source.is_below(folder));
        let outside = source.path == "src/lib.rs" || source.is_below("src/bin/");
        assert!(layered || outside, "{} is in no layer", source.path);
    }
}

#[test]
fn only_the_store_names_the_engine_and_the_row_format() {
    for source in sources("src") {
        if source.is_below("src/store/") {
            continue;
        }
        for name in ["redb", "postcard"] {
            let code = source.code();
            assert!(!uses_crate(&code, name), "{} uses {name}", source.path);
        }
    }
}

#[test]
fn only_values_read_and_write_calendar_times() {
    for source in sources("src") {
        let is_library = !source.is_below("src/session/") && !source.is_below("src/bin/");
        let uses = uses_crate(&source.code(), "jiff");
        assert!(!(is_library && uses), "{} uses jiff", source.path);
    }
}

#[test]
fn the_root_has_no_logic() {
    let root = sources("src").into_iter().find(|s| s.path == "src/lib.rs");
    let code = root.unwrap().code();
    for word in [
        "fn",
        "impl",
        "struct",
        "enum",
        "trait",
        "const",
        "macro_rules",
    ] {
        assert!(!has_word(&code, word), "src/lib.rs has `{word}`");
    }
}

#[test]
fn the_command_line_stands_on_the_public_api() {
    let bin = sources("src/bin");
    assert!(!bin.is_empty());
    for source in bin {
        let code = source.code();
        assert!(!code.contains("#[path"), "{} includes a file", source.path);
        for module in ["error", "registry", "session", "store"] {
            assert!(
                !code.contains(&format!("session_registry::{module}::")),
                "{} reaches into {module}",
                source.path
            );
        }
    }
}

#[test]
fn a_climbing_import_is_seen() {
    let climbing = |path, text| climbs(&Source::new(path, text));
    let text = "use crate::registry::SessionRegistry;";
    assert_eq!(climbing("src/store/a.rs", text), ["registry"]);
    assert_eq!(climbing("src/registry/a.rs", text), [""; 0]);
    let text = "use super::super::store::Fault;";
    assert_eq!(climbing("src/session/a.rs", text), ["store"]);
    assert_eq!(
        climbing("src/session/a.rs", "/// [`crate::store`]"),
        [""; 0]
    );
}
