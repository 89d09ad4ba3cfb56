//! Random tests draw in one way, so that each prints its seed and can be repeated; and what they expect is
//! written down once.

use super::source::{Source, sources};

/// Where it is done, and where it is told what that looks like.
const HELPER: &str = "tests/shared/soak.rs";
const RULE: &str = "tests/it/tidy/chance.rs";

/// The test code of a file: all of it, or what follows the mark in a file of the library.
fn test_code(source: &Source) -> String {
    let code = source.code();
    let is_test = source.is_below("tests/") || source.path.contains("/tests");
    match code.split_once("#[cfg(test)]\n") {
        _ if is_test => code,
        Some((_, tests)) => tests.to_owned(),
        None => String::new(),
    }
}

/// What a file draws, or sets up to be drawn, past the helper.
fn strays(source: &Source) -> Vec<String> {
    let code = test_code(source);
    let uses = code.match_indices("fastrand::").map(|(start, _)| {
        let end = code[start..].find(['(', ',', ';', ' ', ')', '>']);
        &code[start..end.map_or(code.len(), |end| start + end)]
    });
    // The type may be named; whatever makes a value of it, or draws without one, may not.
    let mut found: Vec<_> = uses
        .filter(|used| *used != "fastrand::Rng")
        .map(str::to_owned)
        .collect();
    let marks = [
        "Rng::with_seed(",
        "Rng::new(",
        "RngSeed::",
        "ProptestConfig::with_cases(",
        "ProptestConfig::default()",
        "var(\"SESSION_REGISTRY_SEED",
        "var(\"SESSION_REGISTRY_SOAK",
    ];
    found.extend(
        marks
            .into_iter()
            .filter(|mark| code.contains(mark))
            .map(str::to_owned),
    );
    // Each block of properties says how it is run, and whoever runs one by hand asks the helper.
    let blocks: Vec<_> = code.split("proptest! {").skip(1).collect();
    let unset = |block: &&&str| !block.trim_start().starts_with("#![proptest_config(");
    found.extend(
        blocks
            .iter()
            .filter(unset)
            .map(|_| "a block of properties".to_owned()),
    );
    let asks = code.contains("soak::property(");
    let runs = !blocks.is_empty() || code.contains("TestRunner::new(");
    if runs && !asks {
        found.push("properties without the seed".to_owned());
    }
    found
}

#[test]
fn no_test_draws_past_the_helper() {
    let all = ["src", "tests"].map(sources).into_iter().flatten();
    let all: Vec<_> = all.collect();
    assert!(all.iter().any(|source| source.path == HELPER));
    for source in all {
        if [HELPER, RULE].contains(&source.path.as_str()) {
            continue;
        }
        let found = strays(&source);
        assert!(found.is_empty(), "{} draws by {found:?}", source.path);
    }
}

#[test]
fn a_draw_past_the_helper_is_seen() {
    let draws = |text: &str| {
        let in_tests = format!("fn a() {{}}\n#[cfg(test)]\nmod tests {{\n{text}\n}}\n");
        [("tests/it/a.rs", text), ("src/a.rs", &in_tests)]
            .map(|(path, text)| !strays(&Source::new(path, text)).is_empty())
    };
    let seed = "let seed = fastrand::u64(..);";
    for text in [
        seed,
        "let rng = fastrand::Rng::with_seed(7);",
        "proptest! {\n    #[test]\n    fn a() {}\n}",
    ] {
        assert_eq!(draws(text), [true; 2], "{text}");
    }
    for text in [
        "fn a(rng: &mut fastrand::Rng) {}",
        "let rng = soak::rng(\"a\");",
    ] {
        assert_eq!(draws(text), [false; 2], "{text}");
    }
    let library = format!("fn pause() {{ {seed} }}");
    assert!(strays(&Source::new("src/a.rs", &library)).is_empty());
}

/// One model of the rules, and one of concurrent calls, which is small enough to search.
#[test]
fn the_rules_are_modelled_once() {
    let all = ["src", "tests"].map(sources).into_iter().flatten();
    let models: Vec<_> = all
        .filter(|source| source.code().contains(&["struct ", "Model"].concat()))
        .map(|source| source.path)
        .collect();
    assert_eq!(
        models,
        ["tests/shared/history/model.rs", "tests/shared/rules/mod.rs"]
    );
}
