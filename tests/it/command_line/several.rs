//! Several sessions in one command, and those whose directories are gone.

use std::fs;

use serde_json::{Value, json};

use super::{Ran, Shell};

fn names(answer: &Value) -> Vec<&str> {
    let sessions = answer["sessions"].as_array().unwrap().iter();
    sessions.map(|s| s["name"].as_str().unwrap()).collect()
}

#[test]
fn each_of_several_is_closed_opened_touched_and_removed() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    assert_eq!(names(&shell.json(&["close", "b", "a", "./b"])), ["b", "a"]);
    let text = shell.done(&["close", "a", "c"]);
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.split(" session").next())
        .collect();
    assert_eq!(lines, [Some("closed already:"), Some("closed")]);
    assert_eq!(
        names(&shell.json(&["reopen", "a", "b", "c"])),
        ["a", "b", "c"]
    );
    let before = shell.json(&["show", "c"]);
    let touched = shell.json(&["touch", "a", "c"]);
    assert_eq!(names(&touched), ["a", "c"]);
    assert_eq!(touched["sessions"][1]["revision"], before["revision"]);
    let text = shell.done(&["touch", "b"]);
    assert!(text.starts_with("active now: session "), "{text}");
    assert_eq!(
        names(&shell.json(&["unregister", "c", "nobody", "a"])),
        ["c", "a"]
    );
    let text = shell.done(&["unregister", "b", "a"]);
    assert!(
        text.starts_with("nothing to remove: \"a\" is not registered\nremoved session "),
        "{text}"
    );
    assert_eq!(shell.json(&["unregister", "b"]), json!({ "sessions": [] }));
}

#[test]
fn a_name_that_fits_nothing_leaves_all_of_them_alone() {
    let shell = Shell::with_projects(&["api", "backend"]);
    let before = shell.sessions(&["list"]);
    for command in ["close", "touch"] {
        let refused = shell.refused(&[command, "api", "bakend"]);
        let hint = format!("hint: session-registry {command} api ");
        assert!(
            refused.contains("[no_match]") && refused.contains(&hint),
            "{refused}"
        );
        assert_eq!(shell.sessions(&["list"]), before, "{command}");
    }
}

#[test]
fn one_that_is_refused_keeps_none_of_the_others() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    shell.done(&["close", "b"]);
    let ran = shell.run(&["touch", "a", "b", "c", "--json"]);
    assert_eq!(ran.status, Some(1), "{ran:?}");
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(names(&answer), ["a", "c"]);
    let refused: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!(refused["code"], "session_closed");
    assert_eq!(refused["details"]["id"], *shell.id("b"));
    let alone = shell.refused(&["touch", "b"]);
    assert!(alone.contains("[session_closed]"), "{alone}");
}

#[test]
fn sessions_whose_directories_are_gone_are_closed() {
    let shell = Shell::with_projects(&["a", "b", "c", "d"]);
    shell.done(&["register", "ssh://dev1/work"]);
    assert_eq!(
        shell.done(&["close", "--gone"]),
        "the directories of all open sessions exist\n"
    );
    assert_eq!(shell.json(&["close", "--gone"]), json!({ "sessions": [] }));
    fs::remove_dir(shell.home.join("b")).unwrap();
    fs::remove_dir(shell.home.join("d")).unwrap();
    fs::write(shell.home.join("d"), "a file is no directory, and is there").unwrap();
    fs::remove_dir(shell.home.join("c")).unwrap();
    shell.done(&["close", "c"]);
    assert_eq!(names(&shell.json(&["close", "--gone"])), ["b"]);
    let left = shell.sessions(&["list"]);
    assert_eq!(names(&json!({ "sessions": left })), ["a", "d", "work"]);
    shell.run(&["close", "--gone", "a"]).failed(2);
}

#[test]
fn a_full_registry_names_the_sessions_that_are_gone() {
    let shell = Shell::with_projects(&["a", "b"]);
    shell.project("new");
    shell.done(&["limit", "2"]);
    let refused = shell.refused(&["register", "new"]);
    assert!(!refused.contains("--gone"), "{refused}");
    fs::remove_dir(shell.home.join("a")).unwrap();
    let refused = shell.refused(&["register", "new"]);
    assert!(
        refused.contains("\nhint: session-registry close --gone\n"),
        "{refused}"
    );
    shell.done(&["close", "--gone"]);
    shell.done(&["register", "new"]);
}

#[test]
fn a_project_that_moved_is_told_of() {
    let shell = Shell::with_projects(&["app", "other"]);
    let to = shell.home.join("elsewhere");
    fs::rename(shell.home.join("app"), &to).unwrap();
    let refused = shell.refused(&["resume", "app", "--", "true"]);
    assert!(refused.contains("set --project"), "{refused}");
    let moved = shell.json(&["set", "app", "--project", "elsewhere"]);
    assert_eq!(moved["project_path"], to.to_str().unwrap());
    shell.done(&["resume", "app", "--", "true"]);
    for (project, code) in [
        ("other", "project_already_open"),
        ("nowhere", "invalid_project_path"),
    ] {
        let refused = shell.refused(&["set", "app", "--project", project]);
        assert!(refused.contains(&format!("[{code}]")), "{refused}");
    }
    let uri = shell.json(&["set", "app", "--project", "ssh://dev1/app"]);
    assert_eq!(uri["project_path"], "ssh://dev1/app");
}

#[cfg(unix)]
#[test]
fn a_command_touches_the_session_it_drives() {
    let shell = Shell::with_projects(&["app"]);
    let program = env!("CARGO_BIN_EXE_session-registry");
    let ran: Ran = shell.run(&["resume", "app", "--", program, "touch"]);
    assert!(ran.done().contains("(app, "));
    let error = shell.run(&["touch"]).failed(2);
    assert!(error.contains("[usage]"), "{error}");
}
