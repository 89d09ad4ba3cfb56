//! Export and import.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use super::{Ran, Shell};

#[test]
fn an_export_goes_back_in() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["close", "other"]);
    let file = shell.home.join("all.jsonl");
    let text = shell.done(&["export", "all.jsonl"]);
    assert_eq!(text, format!("exported 2 sessions to {}\n", file.display()));
    let exported = fs::read_to_string(&file).unwrap();
    let lines = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    for args in [&["export"][..], &["export", "-"], &["export", "--json"]] {
        assert_eq!(lines(&shell.done(args)), lines(&exported), "{args:?}");
    }
    let before = shell.json(&["list", "--state", "any"]);

    shell.done(&["clear", "--yes"]);
    assert_eq!(
        shell.done(&["import", "all.jsonl"]),
        "imported 2 sessions\n"
    );
    assert_eq!(shell.json(&["list", "--state", "any"]), before);

    shell.done(&["clear", "--yes"]);
    let answer = shell.json(&["import", "--new-ids", "all.jsonl"]);
    assert_eq!(answer["imported"], 2);
    let ids = answer["sessions"].as_array().unwrap();
    let after = shell.json(&["list", "--state", "any"]);
    for session in after.as_array().unwrap() {
        assert!(ids.contains(&session["id"]), "{answer}");
        let is_new = |old: &Value| old["id"] != session["id"];
        assert!(before.as_array().unwrap().iter().all(is_new));
    }
}

#[test]
fn standard_input_can_be_imported_into_a_new_registry() {
    let shell = Shell::with_projects(&["app"]);
    let exported = shell.done(&["export"]);
    let mut command = shell.command(&["import", "-", "--registry", "new.redb", "--json"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(exported.as_bytes()).unwrap();
    drop(stdin);
    let text = Ran::new(process.wait_with_output().unwrap()).done();
    let answer: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        answer,
        json!({ "imported": 1, "sessions": [shell.id("app")] })
    );
    let list = shell.json(&["list"]);
    assert_eq!(shell.json(&["list", "--registry", "new.redb"]), list);
}

#[test]
fn an_export_overwrites_nothing() {
    let shell = Shell::with_projects(&["app"]);
    let file = shell.home.join("old");
    fs::write(&file, "old").unwrap();
    let error = "error: old exists already [target_exists]\n";
    assert_eq!(shell.refused(&["export", "old"]), error);
    assert_eq!(fs::read_to_string(&file).unwrap(), "old");
    let error = shell.refused(&["export", "missing/file"]);
    let expected = "error: could not write missing/file [storage]\ncaused by: ";
    assert!(error.starts_with(expected), "{error}");

    let answer = shell.json(&["export", "new"]);
    assert_eq!(
        answer,
        json!({ "exported": 1, "path": shell.home.join("new") })
    );
    let left: Vec<_> = fs::read_dir(&shell.home).unwrap().flatten().collect();
    assert_eq!(left.len(), 4, "no temporary file stays: {left:?}");
}

#[test]
fn a_bad_import_names_the_line_and_changes_nothing() {
    let shell = Shell::with_projects(&["app", "other"]);
    let exported = shell.done(&["export"]);
    let lines: Vec<_> = exported.lines().collect();
    shell.done(&["unregister", "other"]);
    shell.done(&["unregister", "app"]);
    let cut = lines[..2].join("\n") + "\n";
    let torn = &exported[..exported.len() - 40];
    let damaged = exported.replace("\"revision\":0", "\"revision\":\"x\"");
    for (text, line) in [
        ("", 1),
        ("hello\n", 1),
        ("{\"format\":\"other\",\"version\":1}\n", 1),
        (cut.as_str(), 3),
        (torn, 3),
        (damaged.as_str(), 2),
    ] {
        fs::write(shell.home.join("bad"), text).unwrap();
        let error = shell.refused(&["import", "bad"]);
        let expected = format!("error: line {line} of the import ");
        assert!(error.starts_with(&expected), "{error}");
        assert!(error.ends_with(" [invalid_import]\n"), "{error}");
        assert_eq!(shell.json(&["list", "--state", "any"]), json!([]));
    }
    let error = shell.refused(&["import", "missing"]);
    let expected = "error: could not read missing [storage]\ncaused by: ";
    assert!(error.starts_with(expected), "{error}");
    let error = shell.refused(&["import", "."]);
    assert!(error.contains(" [storage]\n"), "{error}");
}

#[test]
fn an_import_keeps_the_limit_and_names_clashes() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["export", "all"]);
    let error = shell.refused(&["import", "all"]);
    assert!(
        error.starts_with("error: 4 of the imported sessions clash"),
        "{error}"
    );
    assert!(error.contains(&shell.id("app")), "{error}");
    shell.done(&["clear", "--yes"]);
    shell.done(&["limit", "1"]);
    let error = shell.refused(&["import", "all"]);
    assert!(
        error.contains(" [session_limit_reached]\nhint: "),
        "{error}"
    );
    assert_eq!(shell.done(&["list"]), "no sessions\n");
}
