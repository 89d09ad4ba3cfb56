//! Export and import.

use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Ran, Shell};
use crate::support::child::HANG;

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
    let before = shell.sessions(&["list", "--state", "any"]);

    shell.done(&["clear", "--yes"]);
    assert_eq!(
        shell.done(&["import", "all.jsonl"]),
        "imported 2 sessions\n"
    );
    assert_eq!(shell.sessions(&["list", "--state", "any"]), before);

    shell.done(&["clear", "--yes"]);
    let answer = shell.json(&["import", "--new-ids", "all.jsonl"]);
    assert_eq!(answer["imported"], 2);
    let ids = answer["sessions"].as_array().unwrap();
    let after = shell.sessions(&["list", "--state", "any"]);
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
        json!({ "version": 1, "imported": 1, "sessions": [shell.id("app")] })
    );
    let list = shell.sessions(&["list"]);
    assert_eq!(shell.sessions(&["list", "--registry", "new.redb"]), list);
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
        assert_eq!(shell.sessions(&["list", "--state", "any"]), json!([]));
    }
    let error = shell.refused(&["import", "missing"]);
    let expected = "error: could not read missing [storage]\ncaused by: ";
    assert!(error.starts_with(expected), "{error}");
}

/// Everything in the home directory but what the test put there.
fn made(shell: &Shell, own: &[&str]) -> Vec<String> {
    let entries = fs::read_dir(&shell.home).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !own.contains(&name.as_str())).collect()
}

#[test]
fn a_directory_to_import_was_blamed_on_the_registry() {
    let shell = Shell::with_projects(&["app"]);
    let expected = "error: could not read app [storage]\ncaused by: is a directory\n";
    assert_eq!(shell.refused(&["import", "app"]), expected);
    let new = ["import", "app", "--registry", "new.redb"];
    assert_eq!(shell.refused(&new), expected);
    assert_eq!(made(&shell, &["app", "registry.redb"]), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_was_blamed_on_the_registry() {
    let shell = Shell::with_projects(&["app"]);
    // It opens, and reading its first byte fails.
    let broken = "/proc/self/mem";
    let expected = format!("error: could not read {broken} [storage]\ncaused by: ");
    for registry in ["registry.redb", "new.redb"] {
        let error = shell.refused(&["import", broken, "--registry", registry]);
        assert!(error.starts_with(&expected), "{error}");
    }
    assert_eq!(made(&shell, &["app", "registry.redb"]), [""; 0]);
}

#[test]
fn a_refused_import_left_a_new_registry_behind() {
    let shell = Shell::new();
    fs::write(shell.home.join("bad"), "hello\n").unwrap();
    for file in ["bad", "missing", "."] {
        shell.refused(&["import", file]);
        assert_eq!(made(&shell, &["bad"]), [""; 0], "after {file}");
    }
    let mut piped = shell.command(&["import", "-"]);
    piped.stdin(fs::File::open(shell.home.join("bad")).unwrap());
    let error = Ran::new(piped.output().unwrap()).failed(1);
    assert!(error.contains(" [invalid_import]\n"), "{error}");
    assert_eq!(made(&shell, &["bad"]), [""; 0]);
}

/// It filled the disk from a device that has no end, before it looked at the first line.
#[test]
fn what_is_no_import_was_read_to_its_end_before_that_was_seen() {
    let shell = Shell::new();
    let mut command = shell.command(&["import", "-"]);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    // Stays open: whoever reads on waits for ever.
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(b"hello\n").unwrap();
    let ended = ended_within(&mut process, HANG);
    process.kill().unwrap();
    let error = Ran::new(process.wait_with_output().unwrap());
    assert!(ended, "it reads on");
    let error = error.failed(1);
    assert!(error.contains(" [invalid_import]\n"), "{error}");
    assert_eq!(made(&shell, &[]), [""; 0]);
}

fn ended_within(process: &mut Child, patience: Duration) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < patience {
        if process.try_wait().unwrap().is_some() {
            return true;
        }
        thread::yield_now();
    }
    false
}

#[test]
fn an_import_of_its_own_export_was_refused_for_the_limit() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["export", "all"]);
    for limit in ["3", "2", "1", "0"] {
        shell.done(&["limit", limit]);
        let error = shell.refused(&["import", "all"]);
        let expected = "error: 2 of the imported sessions clash with registered ones: line 2: ";
        assert!(error.starts_with(expected), "limit {limit}: {error}");
    }
}

#[test]
fn a_list_was_refused_as_an_export_without_a_word_on_what_it_is() {
    let shell = Shell::with_projects(&["app"]);
    for (args, what) in [
        (&["list", "--json"][..], "is JSON such as `list --json`"),
        (
            &["list", "--json", "--page"],
            "is JSON such as `list --json`",
        ),
        (&["show", "app", "--json"], "is a session: the header"),
    ] {
        fs::write(shell.home.join("list"), shell.done(args)).unwrap();
        let error = shell.refused(&["import", "list"]);
        let expected = format!("error: line 1 of the import {what}");
        assert!(error.starts_with(&expected), "{args:?}: {error}");
    }
    fs::copy(shell.registry(), shell.home.join("copy")).unwrap();
    let error = shell.refused(&["import", "copy"]);
    let expected = "error: line 1 of the import is a registry file or a backup of one";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn an_import_keeps_the_limit_and_names_clashes() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["export", "all"]);
    let error = shell.refused(&["import", "all"]);
    assert!(
        error.starts_with("error: 2 of the imported sessions clash"),
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
