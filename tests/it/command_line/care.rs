//! Looking after the file.

use std::fs;

use redb::{Database, ReadableTable, TableDefinition};
use serde_json::{Value, json};
use session_registry::SessionRegistry;

use super::Shell;

/// Changes a table behind the registry's back.
fn damage(shell: &Shell, table: &str, change: impl Fn(&mut Vec<u8>, &mut Vec<u8>)) {
    let database = Database::open(shell.registry()).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let definition = TableDefinition::<&[u8], &[u8]>::new(table);
        let mut rows = transaction.open_table(definition).unwrap();
        let (mut key, mut value) = {
            let (key, value) = rows.first().unwrap().unwrap();
            (key.value().to_vec(), value.value().to_vec())
        };
        rows.remove(key.as_slice()).unwrap();
        change(&mut key, &mut value);
        if !key.is_empty() {
            rows.insert(key.as_slice(), value.as_slice()).unwrap();
        }
    }
    transaction.commit().unwrap();
    database.close().unwrap();
}

#[test]
fn a_good_registry_is_clean() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["close", "other"]);
    for args in [&["check"][..], &["check", "--repair"]] {
        assert_eq!(shell.done(args), "checked 2 sessions: nothing is wrong\n");
        let clean =
            json!({ "clean": true, "sessions": 2, "pages_checked": true, "found": [], "left": [] });
        assert_eq!(shell.json(args), clean);
    }
}

#[test]
fn a_damaged_index_is_found_and_mended() {
    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    damage(&shell, "session_by_name", |key, _| key.clear());
    let message = format!("session_by_name lacks session {id}");
    let ran = shell.run(&["check"]);
    let text = format!("{message}\nchecked 1 session: 1 problem found\n");
    assert_eq!(
        (ran.status, ran.stdout, ran.stderr),
        (Some(1), text, String::new())
    );

    // A reader that goes away does not turn it into good news.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = shell.command(&["check"]).stdout(writer).status().unwrap();
    assert_eq!(status.code(), Some(1));

    let report = |args: &[&str], status| -> Value {
        let ran = shell.run(&[&["check", "--json"], args].concat());
        assert_eq!((ran.status, ran.stderr.as_str()), (Some(status), ""));
        serde_json::from_str(&ran.stdout).unwrap()
    };
    let index = "session_by_name";
    let found = json!([{ "kind": "missing_entry", "message": message, "index": index, "id": id }]);
    let expected = json!({ "version": 1, "clean": false, "sessions": 1, "pages_checked": true, "found": found, "left": found });
    assert_eq!(report(&[], 1), expected);
    let expected = json!({ "version": 1, "clean": true, "sessions": 1, "pages_checked": true, "found": found, "left": [] });
    assert_eq!(report(&["--repair"], 0), expected);
    assert_eq!(
        shell.done(&["check"]),
        "checked 1 session: nothing is wrong\n"
    );
    assert_eq!(shell.id("app"), id);

    damage(&shell, "session_by_name", |key, _| key.clear());
    let text = format!("{message}\nchecked 1 session: 1 problem found, all repaired\n");
    assert_eq!(shell.done(&["check", "--repair"]), text);
}

#[test]
fn a_damaged_row_stays_and_is_told() {
    let shell = Shell::with_projects(&["app", "other"]);
    damage(&shell, "sessions", |_, row| row.truncate(5));
    let ran = shell.run(&["check", "--repair"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (Some(1), ""));
    assert!(ran.stdout.contains("; still there:\n"), "{ran:?}");
    let ran = shell.run(&["check", "--repair", "--json"]);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.status, &report["clean"]), (Some(1), &false.into()));
    assert_eq!(report["left"][0]["kind"], "unreadable_row");

    // The others are exported all the same.
    let ran = shell.run(&["export"]);
    assert_eq!(
        (ran.status, ran.stdout.lines().count()),
        (Some(1), 3),
        "{ran:?}"
    );
    assert!(ran.stderr.contains(" [corrupted]\nhint: "), "{ran:?}");
    let error = shell.refused(&["export", "rest.jsonl"]);
    assert!(error.contains("1 sessions were exported"), "{error}");
    let rest = fs::read_to_string(shell.home.join("rest.jsonl")).unwrap();
    assert_eq!(rest.lines().count(), 3);
}

#[test]
fn a_damaged_file_is_refused() {
    let shell = Shell::with_projects(&["app"]);
    let mut bytes = fs::read(shell.registry()).unwrap();
    let middle = bytes.len() / 2;
    bytes[4096..middle].fill(0xa5);
    fs::write(shell.registry(), &bytes).unwrap();
    let error = shell.refused(&["check"]);
    assert!(error.contains(" [corrupted]\n"), "{error}");
    assert_eq!(fs::read(shell.registry()).unwrap(), bytes);
}

#[test]
fn a_backup_is_a_registry_and_overwrites_nothing() {
    let shell = Shell::with_projects(&["app"]);
    let copy = shell.home.join("copy.redb");
    let _in_use = SessionRegistry::open(shell.registry()).unwrap();
    let text = shell.done(&["backup", "copy.redb"]);
    let expected = format!("backed up to {} (", copy.display());
    assert!(
        text.starts_with(&expected) && text.ends_with(" KiB)\n"),
        "{text}"
    );
    let list = shell.sessions(&["list"]);
    assert_eq!(shell.sessions(&["list", "--registry", "copy.redb"]), list);

    let before = fs::read(&copy).unwrap();
    let error = "error: copy.redb exists already [target_exists]\n";
    assert_eq!(shell.refused(&["backup", "copy.redb"]), error);
    assert_eq!(fs::read(&copy).unwrap(), before);
    let error = shell.refused(&["backup", "missing/copy.redb"]);
    assert!(error.contains(" [storage]\ncaused by: "), "{error}");

    let second = shell.home.join("second.redb");
    let answer = shell.json(&["backup", "second.redb"]);
    let bytes = fs::metadata(&second).unwrap().len();
    assert_eq!(answer, json!({ "path": second, "bytes": bytes }));
}

#[test]
fn compact_gives_space_back_when_nobody_else_is_there() {
    let shell = Shell::with_many(1000);
    shell.done(&["clear", "--yes"]);
    shell.done(&["register", "."]);
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    let error = shell.refused(&["compact"]);
    assert!(error.contains(" [in_use]\nhint: "), "{error}");
    registry.close().unwrap();
    let before = fs::metadata(shell.registry()).unwrap().len();
    let answer = shell.json(&["compact"]);
    let after = fs::metadata(shell.registry()).unwrap().len();
    assert_eq!(
        answer,
        json!({ "bytes_before": before, "bytes_after": after })
    );
    assert!(after < before, "{answer}");
    let text = shell.done(&["compact"]);
    assert!(
        text.starts_with("compacted: ") && text.ends_with(" now\n"),
        "{text}"
    );
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 1);
}

#[test]
fn stats_are_those_of_the_library() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    shell.done(&["close", "b"]);
    let file_bytes = fs::metadata(shell.registry()).unwrap().len();
    let expected = json!({
        "open_sessions": 2,
        "closed_sessions": 1,
        "claims": 0,
        "max_sessions": 10,
        "file_bytes": file_bytes,
        "schema_version": 3,
    });
    assert_eq!(shell.json(&["stats"]), expected);
    let text = shell.done(&["stats"]);
    assert!(
        text.starts_with("open sessions    2 of 10\nclosed sessions  1\nclaims "),
        "{text}"
    );
}
