//! How much of a session must be typed, for which command.

use serde_json::Value;
use session_registry::{ProjectPath, Session, SessionRegistry};

use super::Shell;

const DRIVING: [&[&str]; 5] = [
    &["rename", "X", "my project"],
    &["set", "X", "--model", "m"],
    &["default", "X"],
    &["reopen", "X"],
    &["resume", "X", "--", "true"],
];

fn with<'a>(arguments: &[&'a str], session: &'a str) -> Vec<&'a str> {
    let put = |word: &&'a str| if *word == "X" { session } else { word };
    arguments.iter().map(put).collect()
}

#[test]
fn a_part_of_a_name_was_taken_without_a_word() {
    let shell = Shell::with_projects(&["my project"]);
    let id = shell.id("my project");
    let path = shell.home.join("my project");
    let line = format!("\n  {id}  my project  {}\n", path.display());
    for arguments in DRIVING {
        for (typed, part) in [
            ("my", "the beginning of a name"),
            ("MY PROJECT", "a name in another case"),
            (&id[..6], "the beginning of an id"),
        ] {
            let ran = shell.run(&with(arguments, typed));
            let note = format!("note: \"{typed}\" is {part}, taken for{line}");
            assert_eq!((ran.status, ran.stderr), (Some(0), note), "{arguments:?}");
            let ran = shell.run(&[&["--json"], &with(arguments, typed)[..]].concat());
            let note: Value = serde_json::from_str(&ran.stderr).unwrap();
            assert_eq!(note["notice"], "inexact");
            assert_eq!(note["sessions"][0]["id"], id.as_str());
        }
        for typed in ["my project", "./my project", &id] {
            shell.done(&with(arguments, typed));
        }
    }
    shell.done(&["show", "my"]);
}

#[test]
fn exact_takes_no_part_of_a_name() {
    let shell = Shell::with_projects(&["my project"]);
    let id = shell.id("my project");
    let commands = [
        &["show", "X"][..],
        &["owner", "X"],
        &["close", "X"],
        &["unregister", "X"],
    ];
    let before = shell.sessions(&["list"]);
    for arguments in DRIVING.into_iter().chain(commands) {
        for typed in ["my", "My Project", &id[..8]] {
            let arguments = with(arguments, typed);
            let (command, rest) = arguments.split_first().unwrap();
            let ran = shell.run(&[&[command, "--exact"], rest].concat());
            let status = if *command == "resume" { 125 } else { 1 };
            let error = ran.failed(status);
            assert!(
                error.contains(" [inexact]\nhint: session-registry "),
                "{error}"
            );
        }
    }
    assert_eq!(shell.sessions(&["list"]), before);
    shell.done(&["show", "--exact", "./my project"]);
}

#[test]
fn a_word_could_end_a_session_by_the_beginning_of_its_id() {
    let shell = Shell::new();
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    for id in ["beef2024", "20241234", "c0ffee00"] {
        let path = ProjectPath::new(format!("/work/{id}")).unwrap();
        let id = format!("{id}-0000-4000-8000-000000000000").parse().unwrap();
        registry
            .register(Session::builder(path).id(id).build())
            .unwrap();
    }
    registry.close().unwrap();
    for (whole, word) in [
        ("beef2024", "beef"),
        ("20241234", "2024"),
        ("c0ffee00", "C0FFEE-0"),
    ] {
        for command in ["close", "unregister"] {
            let ran = shell.run(&[command, word]);
            if word.starts_with('C') {
                assert_eq!((ran.status, ran.stderr.as_str()), (Some(0), ""), "{word}");
                continue;
            }
            let error = ran.failed(1);
            let hint = format!(" [inexact]\nhint: session-registry {command} {whole}\n");
            assert!(error.ends_with(&hint), "{error}");
        }
    }
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 2);
    shell.done(&["close", "beef2024"]);
    shell.done(&["unregister", "20241234"]);
    assert_eq!(shell.sessions(&["list"]).as_array().unwrap().len(), 0);
}

#[test]
fn a_typo_was_told_nothing() {
    let shell = Shell::with_projects(&["backend", "frontend"]);
    let error = shell.refused(&["show", "bakcend"]);
    let short = &shell.id("backend")[..8];
    assert_eq!(
        error,
        format!(
            "error: no session fits \"bakcend\": did you mean \"backend\"? [no_match]\n\
             hint: session-registry show {short}\n"
        )
    );
    let error: Value =
        serde_json::from_str(&shell.refused(&["--json", "close", "front-end"])).unwrap();
    assert_eq!(error["candidates"][0]["name"], "frontend");
    let ran = shell.run(&["unregister", "bakend"]);
    assert_eq!(ran.status, Some(0));
    assert!(ran.stdout.starts_with("nothing to remove"), "{ran:?}");
    assert!(
        ran.stderr
            .starts_with("note: there is something similar:\n"),
        "{ran:?}"
    );
    let error = shell.refused(&["show", "elsewhere"]);
    assert_eq!(error, "error: no session fits \"elsewhere\" [no_match]\n");
}

#[test]
fn three_digits_of_an_id_were_told_nothing() {
    let shell = Shell::with_projects(&["xyz"]);
    let id = shell.id("xyz");
    for digits in [&id[..1], &id[..3]] {
        let expected = format!(
            "error: no session fits {digits:?}: the beginning of an id has at least 4 digits [no_match]\n"
        );
        assert_eq!(shell.refused(&["show", digits]), expected);
    }
}
