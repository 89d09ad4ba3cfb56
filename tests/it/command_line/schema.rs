//! The forms of the answers in JSON, as `docs/schema/` describes them: every real answer is of its form, and has
//! nothing that is not described.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use boon::{Compiler, Schemas};
use serde_json::{Value, json};

use super::Shell;
use super::help::commands;
use super::watched::Watching;

/// These print what they print, in JSON or not.
const WITHOUT_ANSWER: [&str; 4] = ["completions", "init", "resume", "ui"];

/// These are of no command alone.
const OF_MANY: [&str; 4] = ["types", "refusal", "notice", "list-line"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema")
}

fn names() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).unwrap();
    let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|entry| name(entry.unwrap().path())).collect()
}

fn read(name: &str) -> Value {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Where an object is described, nothing else may be in it.
fn closed(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(closed);
            let is_object = fields.get("type") == Some(&json!("object"));
            if is_object && !fields.contains_key("additionalProperties") {
                fields.insert("unevaluatedProperties".to_owned(), json!(false));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(closed),
        _ => {}
    }
}

/// Why a value is not of the form.
fn problem(name: &str, value: &Value) -> Option<String> {
    let mut compiler = Compiler::new();
    for name in names() {
        let mut schema = read(&name);
        closed(&mut schema);
        let place = format!("file:///schema/{name}.json");
        compiler.add_resource(&place, schema).unwrap();
    }
    let mut schemas = Schemas::new();
    let place = format!("file:///schema/{name}.json");
    let schema = compiler.compile(&place, &mut schemas);
    let schema = schema.unwrap_or_else(|error| panic!("{name}: {error:#}"));
    schemas
        .validate(value, schema)
        .err()
        .map(|error| error.to_string())
}

#[track_caller]
fn is_of_form(name: &str, text: &str) {
    assert_eq!(text.lines().count(), 1, "{name}: {text}");
    let value: Value = serde_json::from_str(text).unwrap();
    let problem = problem(name, &value);
    assert!(problem.is_none(), "{name}: {}\n{text}", problem.unwrap());
}

#[test]
fn every_answer_is_of_the_form_that_is_described() {
    let shell = Shell::with_projects(&["app", "other", "third"]);
    shell.project("new");
    let pid = std::process::id().to_string();
    let labels = [
        "--alias",
        "claude:7f3a",
        "--tag",
        "a",
        "--pin",
        "--parent",
        "app:fork",
    ];
    let mut tried = BTreeSet::new();
    for args in [
        &[
            &["register", "new", "--provider", "p", "--model", "m"],
            &labels[..],
        ]
        .concat()[..],
        &["register", "new", "--or-existing"],
        &["show", "new"],
        &["list"],
        &["list", "--limit", "1"],
        &["which", "new"],
        &["rename", "other", "another"],
        &["set", "app", "--meta", "a=b"],
        #[cfg(unix)]
        &["hold", "--pid", &pid, "third"],
        #[cfg(unix)]
        &["report", "third", "waiting", "--note", "approve"],
        &["status"],
        &["status", "third"],
        &["status", "app"],
        &["wait", "app", "--until", "unclaimed"],
        &["wait", "nobody", "--until", "removed"],
        #[cfg(unix)]
        &["wait", "third", "--until", "waiting"],
        &["owner", "third"],
        &["owner", "app"],
        &["touch", "app", "another"],
        &["close", "another", "app"],
        &["show", "app"],
        &["reopen", "app"],
        &["interrupted"],
        &["prune", "--keep-last", "0", "--dry-run"],
        &["default"],
        &["default", "app"],
        &["limit"],
        &["path"],
        &["stats"],
        &["check"],
        &["backup", "copy.redb"],
        &["export", "all.jsonl"],
        &["import", "all.jsonl", "--registry", "imported.redb"],
        &["compact", "--registry", "imported.redb"],
        &["man", "new"],
        &["unregister", "app", "nobody"],
        &["default", "--registry", "none.redb"],
        &["clear", "--yes", "--registry", "imported.redb"],
    ] {
        is_of_form(args[0], &shell.done(&[args, &["--json"]].concat()));
        tried.insert(args[0].to_owned());
    }
    for line in shell.done(&["list", "--ndjson"]).lines() {
        is_of_form("list-line", line);
    }
    let since = ["--since", "0", "--json"];
    let watching = Watching::start(&shell, &since);
    let mut kinds = BTreeSet::new();
    for line in watching.lines_until(|line| line["kind"] == "removed") {
        is_of_form("watch", &line.to_string());
        kinds.insert(line["kind"].as_str().unwrap().to_owned());
    }
    assert!(kinds.len() > 8, "{kinds:?}");
    let above = ["--since", "1000000", "--json"];
    let lines = Watching::start(&shell, &above).lines_until(|line| line["kind"] == "lost");
    is_of_form("watch", &lines.last().unwrap().to_string());
    tried.insert("watch".to_owned());
    let mut expected: BTreeSet<_> = commands(&shell).into_iter().collect();
    expected.retain(|command| !WITHOUT_ANSWER.contains(&command.as_str()));
    if cfg!(unix) {
        assert_eq!(tried, expected, "every command has been tried");
    }
    expected.extend(OF_MANY.map(str::to_owned));
    assert_eq!(names(), expected, "a file for every answer, and no other");
}

#[test]
fn refusals_and_notices_are_of_the_forms_that_are_described() {
    let shell = Shell::with_projects(&["app", "apple"]);
    for args in [
        &["register", "app"][..],
        &["register", "nowhere"],
        &["show", "nobody"],
        &["close", "appl"],
        &["rename", "app", ""],
        &["list", "--after", "x"],
        &["import", "nothing"],
        &["list", "--registry", "app"],
        &["limit", "--nonsense"],
        &["clear"],
        &[],
    ] {
        let ran = shell.run(&[args, &["--json"]].concat());
        assert_ne!(ran.status, Some(0), "{args:?}");
        is_of_form("refusal", &ran.stderr);
    }
    let waited = [
        "wait",
        "apple",
        "--until",
        "dead",
        "--timeout",
        "0s",
        "--json",
    ];
    is_of_form("refusal", &shell.run(&waited).failed(124));
    let ran = shell.run(&["touch", "appl", "--json"]);
    assert_eq!(ran.status, Some(0), "{ran:?}");
    is_of_form("notice", &ran.stderr);
    shell.done(&["rename", "app", "apple"]);
    is_of_form("refusal", &shell.refused(&["show", "apple", "--json"]));
}

#[cfg(unix)]
#[test]
fn a_refusal_that_names_an_owner_is_of_the_form_too() {
    let shell = Shell::with_projects(&["app"]);
    let pid = std::process::id().to_string();
    shell.done(&["hold", "--pid", &pid, "app"]);
    let refused = shell.refused(&["close", "app", "--json"]);
    is_of_form("refusal", &refused);
    assert!(refused.contains("\"owner\":{"), "{refused}");
}

/// A form that everything is of would prove nothing.
#[test]
fn what_is_of_another_form_is_seen() {
    let shell = Shell::with_projects(&["app"]);
    let right: Value = serde_json::from_str(&shell.done(&["show", "app", "--json"])).unwrap();
    assert_eq!(problem("show", &right), None);
    let spoilt = |change: fn(&mut serde_json::Map<String, Value>)| {
        let mut wrong = right.clone();
        change(wrong.as_object_mut().unwrap());
        problem("show", &wrong)
    };
    for change in [
        (|fields| drop(fields.remove("version"))) as fn(&mut serde_json::Map<String, Value>),
        |fields| drop(fields.remove("revision")),
        |fields| drop(fields.insert("new".to_owned(), json!(1))),
        |fields| drop(fields.insert("version".to_owned(), json!(2))),
        |fields| drop(fields.insert("tags".to_owned(), json!([1]))),
        |fields| fields["config"]["more"] = json!(1),
        |fields| fields["state"] = json!({ "status": "closed" }),
        |fields| fields["id"] = json!("x"),
    ] {
        assert!(spoilt(change).is_some());
    }
    assert!(
        problem(
            "list",
            &json!({ "version": 1, "sessions": [right], "next": null })
        )
        .is_some()
    );
}
