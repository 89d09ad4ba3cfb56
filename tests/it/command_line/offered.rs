//! What completion offers for sessions, and when it offers nothing.

use std::fs;

use super::Shell;
use super::completion::bash;

#[test]
fn a_name_that_would_mean_something_else_is_offered_by_id() {
    let shell = Shell::with_projects(&["a", "b", "c", "d"]);
    shell.done(&["rename", "a", "--", "--json"]);
    shell.done(&["rename", "b", "same"]);
    shell.done(&["rename", "c", "same"]);
    let ids = ["./c", "./b", "./a"].map(|session| shell.id(session));
    let offered = bash(&shell, &["session-registry", "show", ""]);
    assert_eq!(offered, [&["d".to_owned()], &ids[..]].concat());
    let offered = bash(&shell, &["session-registry", "show", "--", "--"]);
    assert_eq!(offered, ["--json"]);
}

#[test]
fn completion_says_nothing_where_something_is_wrong() {
    let shell = Shell::new();
    for content in ["", "not a registry\n"] {
        fs::write(shell.registry(), content).unwrap();
        let offered = bash(&shell, &["session-registry", "show", ""]);
        assert_eq!(offered, [""; 0]);
        assert_eq!(fs::read_to_string(shell.registry()).unwrap(), content);
    }
    fs::remove_file(shell.registry()).unwrap();
    assert_eq!(bash(&shell, &["session-registry", "show", ""]), [""; 0]);
    assert!(!shell.registry().exists());
}
