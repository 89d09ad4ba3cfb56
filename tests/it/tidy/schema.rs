//! Schema steps are wired, frozen ground; every version of the file has its golden file.

use std::collections::BTreeSet;
use std::fs;

use super::source::{Source, has_word, heads, root, sources};

/// The schema steps, in order.
fn steps() -> Vec<Source> {
    let mut steps = sources("migrations");
    steps.retain(|step| file_name(step).starts_with('v'));
    assert!(!steps.is_empty());
    steps
}

fn file_name(source: &Source) -> &str {
    source.path.rsplit('/').next().unwrap()
}

#[test]
fn steps_are_numbered_without_gaps() {
    for (number, step) in (1..).zip(steps()) {
        let expected = format!("v{number:04}_");
        assert!(
            step.path.starts_with(&format!("migrations/{expected}")),
            "{}",
            step.path
        );
        let version = format!("version: {number},");
        assert!(
            step.text.contains(&version),
            "{} is another version",
            step.path
        );
    }
    assert_eq!(
        steps().len(),
        sources("migrations").len(),
        "a file that is no step"
    );
}

#[test]
fn every_step_is_wired_in_order() {
    let schema = fs::read_to_string(root().join("src/store/format/schema.rs")).unwrap();
    let mut listed = Vec::new();
    for step in steps() {
        let module = file_name(&step).trim_end_matches(".rs").to_owned();
        let wired = format!("#[path = \"../../../{}\"]\nmod {module};", step.path);
        assert!(schema.contains(&wired), "{} is not wired", step.path);
        listed.push(format!("{module}::STEP"));
    }
    let words: Vec<_> = schema
        .split(|c: char| c.is_whitespace() || "[],;".contains(c))
        .collect();
    let in_schema: Vec<_> = words
        .into_iter()
        .filter(|word| word.ends_with("::STEP"))
        .collect();
    assert_eq!(in_schema, listed);
}

#[test]
fn a_step_imports_nothing_live() {
    for step in steps() {
        let code = step.code();
        assert!(!has_word(&code, "crate"), "{} uses the crate", step.path);
        let known = ["Step", "StepError"].map(str::to_owned);
        for head in heads(&code, "super::") {
            assert!(known.contains(&head), "{} uses super::{head}", step.path);
        }
        for head in heads(&code, "use ") {
            let allowed = ["redb", "postcard", "serde", "std", "super"];
            assert!(
                allowed.contains(&head.as_str()),
                "{} uses {head}",
                step.path
            );
        }
    }
}

#[test]
fn every_schema_version_has_its_golden_file_and_its_text() {
    let expected: BTreeSet<_> = (1..=steps().len())
        .flat_map(|version| [format!("v{version}.redb"), format!("v{version}.txt")])
        .collect();
    let found: BTreeSet<_> = fs::read_dir(root().join("tests/fixtures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with('v'))
        .collect();
    assert_eq!(found, expected);
}
