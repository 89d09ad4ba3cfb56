//! What reaches the terminal, and what happens when nobody listens.

use std::io;
use std::process::Stdio;

use super::Shell;

const HOSTILE: &str = "a\u{1b}]0;title\u{7}\u{9b}31m\r\nx\u{202e}\u{7f}";
const HARMLESS: &str = r"a\u{1b}]0;title\u{7}\u{9b}31m\u{d}\u{a}x\u{202e}\u{7f}";

/// Lines end as usual; nothing else may drive a terminal.
#[track_caller]
fn assert_harmless(text: &str) {
    let bad = text
        .chars()
        .find(|c| *c != '\n' && (c.is_control() || *c == '\u{202e}'));
    assert_eq!(bad, None, "{text:?}");
}

#[cfg(unix)]
#[test]
fn a_hostile_directory_cannot_drive_the_terminal() {
    let shell = Shell::new();
    shell.project(HOSTILE);
    let texts = [
        shell.done(&["register", HOSTILE]),
        shell.done(&["list", "--format", "{name}{project}{tags}"]),
        shell.done(&["show", HOSTILE]),
        shell.done(&["default"]),
        shell.done(&["which", HOSTILE]),
        shell.done(&["close", HOSTILE]),
        shell.done(&["list", "--state", "any"]).replace('\t', " "),
        shell.done(&["prune", "--keep-last", "0", "--dry-run"]),
        shell.done(&["reopen", HOSTILE]),
        shell.done(&["export", &format!("{HOSTILE}/{HOSTILE}")]),
        shell.done(&["backup", &format!("{HOSTILE}/backup")]),
        shell.refused(&["backup", &format!("{HOSTILE}/backup")]),
        shell.refused(&["import", &format!("{HOSTILE}/missing")]),
        shell.refused(&["register", HOSTILE]),
        shell.done(&["unregister", HOSTILE]),
    ];
    for text in texts {
        assert_harmless(&text);
        assert!(text.contains(HARMLESS), "{text:?}");
    }
}

#[cfg(unix)]
#[test]
fn hostile_candidates_cannot_either() {
    let shell = Shell::new();
    for name in [HOSTILE, "b"] {
        shell.project(name);
        shell.done(&["register", name, "--name", "same"]);
    }
    let error = shell.refused(&["show", "same"]);
    assert_harmless(&error);
    assert!(error.contains(HARMLESS), "{error:?}");
}

#[test]
fn hostile_metadata_stays_on_its_line() {
    let shell = Shell::new();
    let pair = format!("key={HOSTILE}");
    let text = shell.json(&["register", ".", "--name", "x", "--meta", &pair]);
    assert_eq!(text["metadata"]["key"], HOSTILE, "programs get it as it is");
    let line = format!("metadata     key={HARMLESS}");
    for text in [
        shell.done(&["show", "x"]),
        shell.done(&["set", "x", "--max-tokens", "1"]),
    ] {
        assert_harmless(&text);
        assert_eq!(text.lines().last(), Some(line.as_str()));
    }
}

#[test]
fn hostile_arguments_stay_harmless_in_messages() {
    let shell = Shell::with_projects(&["app"]);
    for (args, status) in [
        (&["show", HOSTILE][..], 1),
        (&["register", HOSTILE], 1),
        (&["rename", "app", HOSTILE], 1),
        (&["list", "--registry", &format!("{HOSTILE}/..")], 0),
        (&["path", "--registry", HOSTILE], 0),
        (&["unregister", HOSTILE], 0),
        (&[HOSTILE], 2),
        (&["limit", HOSTILE], 2),
        (&["set", "app", "--meta", HOSTILE], 2),
    ] {
        let ran = shell.run(args);
        assert_eq!(ran.status, Some(status), "{ran:?}");
        assert_harmless(&ran.stdout);
        assert_harmless(&ran.stderr);
    }
}

/// The pipe has no reader when the program starts, so its first write fails.
#[test]
fn a_closed_pipe_is_no_error() {
    let shell = Shell::with_projects(&["app"]);
    for args in [
        &["list"][..],
        &["list", "--json"],
        &["show", "app"],
        &["--help"],
        &["--version"],
        &["which", "app"],
        &["stats"],
        &["check"],
        &["export"],
        &["watch"],
        &["watch", "--json"],
        &["completions", "bash"],
        &["unregister", "app"],
    ] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = shell.command(args);
        let output = command.stdout(writer).stderr(Stdio::piped());
        let output = output.spawn().unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args:?}");
    }
    assert_eq!(shell.done(&["list"]), "no sessions\n", "the work was done");
}

#[test]
fn a_failure_without_a_reader_keeps_its_status() {
    let shell = Shell::new();
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    let status = shell.command(&["show", "x"]).stderr(writer).status();
    assert_eq!(status.unwrap().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let shell = Shell::with_projects(&["app"]);
    for args in [&["list"][..], &["list", "--json"]] {
        let full = std::fs::File::create("/dev/full").unwrap();
        let output = shell.command(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("could not write the output"), "{error}");
        assert!(error.contains("No space left on device"), "{error}");
    }
}
