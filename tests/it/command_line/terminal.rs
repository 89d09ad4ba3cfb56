//! The view on a real terminal, as a person sees and drives it.

use std::fs;
use std::process::Command;

use serde_json::json;
use session_registry::SessionRegistry;

use super::Shell;
use crate::shared::pty::Pty;

const PROGRAM: &str = env!("CARGO_BIN_EXE_session-registry");
const ENTER: &str = "\r";
const ESCAPE: &str = "\u{1b}";
const DOWN: &str = "\u{1b}[B";

fn ctrl(letter: char) -> String {
    char::from(u8::try_from(letter).unwrap() & 0x1f).to_string()
}

/// A script on a terminal; the program is its `$0`.
fn on_terminal(shell: &Shell, script: &str, columns: u16, rows: u16) -> Pty {
    let command = shell.command(&[""; 0]);
    let mut sh = Command::new("sh");
    sh.args(["-c", script, PROGRAM]).current_dir(&shell.home);
    for (name, value) in command.get_envs() {
        sh.env(name, value.unwrap());
    }
    Pty::start(&sh, columns, rows)
}

#[test]
fn a_list_narrows_and_the_terminal_is_as_it_was_afterwards() {
    let shell = Shell::with_projects(&["parser", "docs", "api"]);
    let script = "echo before; read go; \"$0\" ui; echo \"after $?\"; read go";
    let mut pty = on_terminal(&shell, script, 100, 24);
    pty.sees("before");
    let modes = pty.modes();
    pty.press("\n");
    let all = pty.sees("3 of 3");
    assert!(
        all.contains("3/10 open") && all.contains("~/parser"),
        "{all}"
    );
    assert_ne!(pty.modes(), modes);
    pty.press("pars");
    let one = pty.sees("1 of 3");
    assert!(one.contains("○ open") && !one.contains("~/docs"), "{one}");
    pty.press(ESCAPE);
    pty.sees("3 of 3");
    pty.press(ESCAPE);
    let after = pty.sees("after 0");
    assert!(
        after.contains("before") && !after.contains("~/parser"),
        "{after}"
    );
    assert_eq!(pty.modes(), modes);
    pty.press("\n");
    let (status, _, is_as_before) = pty.end();
    assert!(status.success() && is_as_before);
}

#[test]
fn enter_drives_the_session_with_the_whole_keyboard() {
    let shell = Shell::with_projects(&["app", "other"]);
    let command = "echo \"in $SESSION_NAME\"; read said; echo \"said $said\"; read go";
    let script = format!("\"$0\" ui -- sh -c '{command}'");
    let mut pty = on_terminal(&shell, &script, 100, 24);
    pty.sees("2 of 2");
    pty.press("app");
    pty.sees("1 of 2");
    pty.press(ENTER);
    pty.sees("in app");
    let shown = shell.seen(&["show", "app"]);
    assert_eq!(shown["condition"], "running");
    pty.press("every letter\n");
    pty.sees("said every letter");
    pty.press("\n");
    let (status, _, is_as_before) = pty.end();
    assert!(status.success() && is_as_before);
    assert_eq!(shell.seen(&["show", "app"])["condition"], "open");
}

#[test]
fn what_one_view_changes_is_seen_in_another() {
    let shell = Shell::with_projects(&["app", "other"]);
    let mut first = on_terminal(&shell, "\"$0\" ui", 100, 24);
    let second = on_terminal(&shell, "\"$0\" ui", 100, 24);
    second.sees("2 of 2");
    first.sees("2 of 2");
    first.press("app");
    first.sees("1 of 2");
    first.press(&ctrl('r'));
    first.sees("new name of “app”: app");
    first.press(&ctrl('u'));
    first.press(&format!("better{ENTER}"));
    first.sees("renamed “app”");
    second.sees("better");
    first.press(&ctrl('x'));
    first.sees("closed “better”");
    second.sees("1/10 open");
    first.press(&ctrl('d'));
    first.sees("remove “better”?");
    first.press("y");
    first.sees("removed “better”");
    let left = second.sees("1 of 1");
    assert!(!left.contains("better"), "{left}");
    assert_eq!(
        shell
            .sessions(&["list", "--state", "all"])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    // Another program is one as well as another view.
    shell.done(&["rename", "other", "else"]);
    second.sees("else");
}

#[test]
fn a_view_is_as_large_as_its_terminal() {
    let shell = Shell::with_projects(&["app"]);
    let mut pty = on_terminal(&shell, "\"$0\" ui", 100, 24);
    let wide = pty.sees("1 of 1");
    assert!(wide.contains("nobody drives it"), "{wide}");
    pty.resize(50, 8);
    pty.until("a narrow screen", |screen| {
        let rows: Vec<_> = screen.rows(0, 50).collect();
        rows[1].trim_end().ends_with("1 of 1") && rows[7].contains("? help")
    });
    pty.resize(100, 24);
    pty.sees("nobody drives it");
    pty.press(&ctrl('c'));
    let (status, ..) = pty.end();
    assert_eq!(status.code(), Some(130));
}

#[test]
fn a_choice_is_all_that_the_picker_prints() {
    let shell = Shell::with_projects(&["app", "other"]);
    let script = "cd \"$(\"$0\" ui --print path)\"; echo \"chose $PWD\"; \
                  id=$(\"$0\" ui --print id); echo \"nothing: <$id> $?\"; read go; \
                  id=$(\"$0\" ui --print id); echo \"broke off: <$id> $?\"; read go";
    let mut pty = on_terminal(&shell, script, 100, 24);
    pty.sees("2 of 2");
    pty.press("oth");
    pty.sees("1 of 2");
    pty.press(ENTER);
    // The next one is on the other screen.
    pty.sees("2 of 2");
    pty.press(ESCAPE);
    pty.sees("nothing: <> 1");
    pty.press("\n");
    // Not before it listens: until then Ctrl-C is a signal for the script, too.
    pty.sees("2 of 2");
    pty.press("app");
    pty.sees("1 of 2");
    pty.press(&ctrl('c'));
    let text = pty.sees("broke off: <> 130");
    let chosen = format!("chose {}", shell.home.join("other").display());
    assert!(
        text.contains(&chosen) && text.contains("nothing: <> 1"),
        "{text}"
    );
    pty.press("\n");
    assert!(pty.end().2);
}

#[test]
fn resume_without_a_session_lets_somebody_choose() {
    let shell = Shell::with_projects(&["app", "other"]);
    let script = "\"$0\" resume -- sh -c 'echo \"in $SESSION_NAME\"'; echo \"status $?\"; read go";
    let mut pty = on_terminal(&shell, script, 100, 24);
    pty.sees("2 of 2");
    pty.press(DOWN);
    pty.press(ENTER);
    let text = pty.sees("status 0");
    assert!(text.contains("in app"), "the one before: {text}");
    pty.press("\n");
    assert!(pty.end().2);
}

#[test]
fn a_registry_that_is_replaced_is_told_of_and_opened_again() {
    let shell = Shell::with_projects(&["app"]);
    let pty = on_terminal(&shell, "\"$0\" ui", 120, 24);
    pty.sees("1 of 1");
    let aside = shell.home.join("aside.redb");
    fs::rename(shell.registry(), &aside).unwrap();
    pty.sees("trying again");
    let registry = SessionRegistry::open(shell.registry()).unwrap();
    registry.set_max_sessions(7).unwrap();
    pty.sees("0/7 open");
    registry.close().unwrap();
    shell.project("new");
    shell.done(&["register", "new"]);
    pty.sees("1/7 open");
}

#[test]
fn a_list_on_a_terminal_is_a_table_with_a_last_line() {
    let shell = Shell::with_projects(&["app", "other"]);
    shell.done(&["close", "other"]);
    let script = "\"$0\" list; NO_COLOR=1 \"$0\" list; \"$0\" list --tag none; read go";
    let mut pty = on_terminal(&shell, script, 80, 24);
    let text = pty.sees("0 sessions listed");
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    assert_eq!(lines[0], "  STATE  NAME   PROJECT  ACTIVE");
    assert!(lines[1].starts_with("○ open   app ★  ~/app    "), "{text}");
    assert_eq!(
        lines[2],
        "1 of 10 open; 1 closed (list --state closed); default: app"
    );
    assert_eq!(lines[4].split_whitespace().next(), Some("○"));
    pty.press("\n");
    assert!(pty.end().0.success());
    let empty = Shell::new();
    let pty = on_terminal(&empty, "\"$0\" list", 80, 24);
    let (_, text, _) = pty.end();
    assert!(
        text.starts_with("no sessions: session-registry register"),
        "{text}"
    );
    assert_eq!(
        empty.json(&["list"]),
        json!({ "sessions": [], "next": null, "revision": 0 })
    );
}
