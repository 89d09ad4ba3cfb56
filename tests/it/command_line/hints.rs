//! Hints: commands that work as they are printed.

use std::path::Path;
use std::process::Command;

use super::{Ran, Shell};

/// What a shell prints that is given a hint.
fn pasted(shell: &Shell, hint: &str) -> Ran {
    let built = Path::new(env!("CARGO_BIN_EXE_session-registry"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", built.parent().unwrap().display());
    let mut command = Command::new("sh");
    command.args(["-c", hint]).current_dir(&shell.home);
    for (key, value) in shell.command(&[""; 0]).get_envs() {
        command.env(key, value.unwrap());
    }
    Ran::new(command.env("PATH", path).output().unwrap())
}

fn hints(error: &str) -> Vec<String> {
    let lines = error.lines().skip_while(|line| !line.starts_with("hint: "));
    lines.map(|line| line[6..].to_owned()).collect()
}

/// The hints of a refused call.
#[track_caller]
fn hints_of(shell: &Shell, arguments: &[&str], status: i32) -> Vec<String> {
    let hints = hints(&shell.run(arguments).failed(status));
    assert!(!hints.is_empty(), "no hint: {arguments:?}");
    for hint in &hints {
        assert!(hint.starts_with("session-registry "), "{hint}");
    }
    hints
}

#[test]
fn hints_were_no_commands() {
    let shell = Shell::with_projects(&["My project", "other one"]);
    let id = shell.id("My project");
    let short = &id[..8];

    // What was typed is repeated with the session that was meant.
    let arguments = ["set", "my", "--exact", "--meta", "it's=$HOME x"];
    let expected = format!(r"session-registry set {id} --exact --meta 'it'\''s=$HOME x'");
    assert_eq!(hints_of(&shell, &arguments, 1), [expected.as_str()]);
    pasted(&shell, &expected).done();
    let session = shell.json(&["show", &id]);
    assert_eq!(session["metadata"]["it's"], "$HOME x");

    let hints = hints_of(&shell, &["close", "My projekt"], 1);
    assert_eq!(hints, [format!("session-registry close {short}")]);
    pasted(&shell, &hints[0]).done();
    assert_eq!(shell.json(&["show", &id])["state"]["status"], "closed");
    shell.done(&["reopen", "My project"]);

    let hints = hints_of(&shell, &["register", "My project"], 1);
    let expected = "session-registry register --or-existing 'My project'".to_owned();
    assert_eq!(hints, [expected, format!("session-registry show {short}")]);
    for hint in &hints {
        assert!(pasted(&shell, hint).done().contains(&id));
    }

    shell.done(&["limit", "2"]);
    let hints = hints_of(&shell, &["register", "."], 1);
    assert_eq!(hints[1], "session-registry limit 3");
    pasted(&shell, &hints[0]).done();
    pasted(&shell, &hints[1]).done();
    shell.done(&["register", "."]);
}

#[test]
fn a_hint_about_several_names_each() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    let ids = ["a", "b", "c"].map(|name| shell.id(name));
    for name in ["a", "b", "c"] {
        shell.done(&["rename", &format!("./{name}"), "same"]);
    }
    let hints = hints_of(&shell, &["rename", "same", "mine"], 1);
    let expected = ids[..2]
        .iter()
        .map(|id| format!("session-registry rename {} mine", &id[..8]));
    assert_eq!(hints, expected.collect::<Vec<_>>());
    assert_eq!(pasted(&shell, &hints[1]).status, Some(0));
    assert_eq!(shell.id("mine"), ids[1]);
}

#[test]
fn hints_are_about_the_registry_that_was_named() {
    let shell = Shell::new();
    let other = ["--registry", "the other.redb"];
    shell.done(&[&other[..], &["register", ".", "--name", "app"]].concat());
    let hints = hints_of(&shell, &[&other[..], &["register", "."]].concat(), 1);
    for hint in &hints {
        assert!(hint.contains("--registry 'the other.redb'"), "{hint}");
        assert!(pasted(&shell, hint).done().contains("app"), "{hint}");
    }
    assert_eq!(hints.len(), 2);
}

#[test]
fn an_id_that_begins_like_another_is_printed_whole() {
    let shell = Shell::new();
    let ids = ["1", "2"].map(|digit| format!("c921a940-0000-4000-8000-00000000000{digit}"));
    let registry = session_registry::SessionRegistry::open(shell.registry()).unwrap();
    for id in &ids {
        let path = session_registry::ProjectPath::new(format!("/work/{id}")).unwrap();
        let session = session_registry::Session::builder(path).id(id.parse().unwrap());
        let name = session_registry::SessionName::new(format!("name {}", &id[35..])).unwrap();
        registry.register(session.name(name).build()).unwrap();
    }
    registry.close().unwrap();
    let hints = hints_of(&shell, &["show", "nome 2"], 1);
    assert!(
        hints.contains(&format!("session-registry show {}", ids[1])),
        "{hints:?}"
    );
    pasted(&shell, &hints[0]).done();
}

#[cfg(unix)]
#[test]
fn the_way_to_take_a_session_over_lacked_session_and_command() {
    use super::running::Running;

    let shell = Shell::with_projects(&["app"]);
    let id = shell.id("app");
    let short = &id[..8];
    let running = Running::start(&shell, &["app"]);
    let hints = hints_of(
        &shell,
        &["resume", "app", "--here", "--", "echo", "a b"],
        125,
    );
    let expected = format!("session-registry resume --take-over {short} --here -- echo 'a b'");
    assert_eq!(hints[0], expected);
    let taken = pasted(&shell, &expected);
    assert_eq!((taken.status, taken.stdout.as_str()), (Some(0), "a b\n"));
    running.end();

    for command in ["close", "unregister"] {
        let running = Running::start(&shell, &["app"]);
        let hints = hints_of(&shell, &[command, "app"], 1);
        let ran = pasted(&shell, &hints[0]);
        assert_eq!(ran.status, Some(0), "{hints:?} {ran:?}");
        running.end();
        let sessions = shell.sessions(&["list"]);
        assert_eq!(sessions.as_array().unwrap().len(), 0, "{command}");
        if command == "close" {
            shell.done(&["reopen", "app"]);
        }
    }
}

/// They named a digest of the id where the whole one or a directory was wanted, led away from the project, or put
/// options together that exclude each other.
#[cfg(unix)]
#[test]
fn hints_about_a_driven_session_failed_when_they_were_pasted() {
    use super::running::Running;

    let shell = Shell::with_projects(&["app"]);
    shell.done(&["register", "ssh://dev1/x", "--name", "far"]);
    let works = |arguments: &[&str], status: i32| {
        let hints = hints_of(&shell, arguments, status);
        let ran = pasted(&shell, &hints[0]);
        assert_eq!(ran.status, Some(0), "{arguments:?}: {hints:?} {ran:?}");
    };
    for arguments in [
        &["resume", "--register", "app", "--", "true"][..],
        &["resume", "--last", "app", "--", "true"],
        &["resume", "--exact", "app", "--", "true"],
    ] {
        let running = Running::start(&shell, &["app"]);
        works(arguments, 125);
        running.end();
    }
    let running = Running::start(&shell, &["app"]);
    works(&["close", "--exact", "app"], 1);
    running.end();
    shell.done(&["reopen", "app"]);
    works(&["register", "--wait", "1s", "app"], 1);

    let running = Running::start(&shell, &["far", "--here"]);
    works(&["close", "far"], 1);
    running.end();
}

/// It showed options that nobody typed, and held the terminal.
#[cfg(unix)]
#[test]
fn the_hint_of_a_refused_hold_blocked() {
    use super::running::{Running, owner};

    let shell = Shell::with_projects(&["app"]);
    let running = Running::start(&shell, &["app"]);
    let pid = std::process::id().to_string();
    let hints = hints_of(&shell, &["hold", "--pid", &pid, "app"], 1);
    assert!(!hints[0].contains("--foreground"), "{hints:?}");
    let ran = pasted(&shell, &hints[0]);
    assert_eq!(ran.status, Some(0), "{hints:?} {ran:?}");
    assert_eq!(owner(&shell, "app")["driver"].to_string(), pid);
    running.end();
    shell.done(&["close", "--pid", &pid, "app"]);
}

#[test]
fn the_next_page_is_one_command_away() {
    let shell = Shell::with_projects(&["a", "b", "c"]);
    let ran = shell.run(&["list", "--order", "name", "--limit", "1"]);
    let mut more = ran.stderr;
    for name in ["b", "c"] {
        let command = more.strip_prefix("more: ").unwrap();
        let ran = pasted(&shell, command);
        assert!(ran.stdout.contains(&format!("\t{name}\t")), "{ran:?}");
        more = ran.stderr;
    }
    assert_eq!(more, "");
}
