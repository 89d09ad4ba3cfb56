//! Files that others made: pipes to read from, and registries that anybody can change.

use std::os::unix::fs::{PermissionsExt, chown};
use std::process::Command;
use std::{fs, process};

use super::{Ran, Shell};
use crate::support::system::make_pipe;
use crate::world::puppet::may_be_others;

/// As the shell runs it, but ended when it hangs.
fn in_time(shell: &Shell, script: &str) -> Ran {
    let program = env!("CARGO_BIN_EXE_session-registry");
    let mut command = Command::new("timeout");
    command
        .args(["60", "bash", "-c", script, program])
        .current_dir(&shell.home)
        .env("SESSION_REGISTRY", shell.registry())
        .stdin(process::Stdio::null());
    Ran::new(command.output().unwrap())
}

#[test]
fn an_import_from_a_pipe_that_nobody_writes_to_hung() {
    let shell = Shell::with_projects(&["app"]);
    make_pipe(&shell.home.join("pipe"));
    let error = in_time(&shell, "\"$0\" import pipe").failed(1);
    assert!(error.contains("[invalid_import]"), "{error}");
    // A pipe with somebody behind it is read to its end, however late that one writes.
    shell.done(&["export", "all.jsonl"]);
    shell.done(&["clear", "--yes"]);
    let late = "\"$0\" import <(\"$0\" stats > stats; cat all.jsonl)";
    assert_eq!(in_time(&shell, late).done(), "imported 1 session\n");
}

#[test]
fn a_registry_of_a_stranger_that_everybody_may_write_was_used_without_a_word() {
    if !may_be_others("a_registry_of_a_stranger_that_everybody_may_write_was_used_without_a_word") {
        return;
    }
    let shell = Shell::with_projects(&["app"]);
    let noticed = |args: &[&str]| {
        let ran = shell.run(args);
        assert_eq!(ran.status, Some(0), "{ran:?}");
        ran.stderr
    };
    let set = |mode: u32, user: u32| {
        fs::set_permissions(shell.registry(), PermissionsExt::from_mode(mode)).unwrap();
        chown(shell.registry(), Some(user), None).unwrap();
    };
    for (mode, user) in [(0o600, 41_001), (0o666, 0), (0o660, 41_001)] {
        set(mode, user);
        assert_eq!(noticed(&["list"]), "", "{mode:o} of {user}");
    }
    set(0o666, 41_001);
    let expected = format!(
        "note: everybody can change this registry, which is user 41001's: {}\n",
        shell.registry().display()
    );
    assert_eq!(noticed(&["list"]), expected);
    let line = noticed(&["list", "--json"]);
    let notice: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(notice["notice"], "writable_by_everybody");
}
