//! What the terminal is like after a panic of the view: the part of the program that takes it and gives it back, on a
//! real one.

use std::env;
use std::io::stdin;
use std::process::Command;

use crate::shared::pty::Pty;

#[path = "../../../src/bin/session-registry/ui/screen.rs"]
#[allow(dead_code, reason = "the program needs the rest of it")]
mod screen;

use screen::{Screen, Stream};

/// Tells this test, started once more, to be the program on the terminal.
const ROLE: &str = "SESSION_REGISTRY_TEST_PANICS";

fn read_line() {
    let mut line = String::new();
    stdin().read_line(&mut line).unwrap();
}

#[test]
fn a_panic_left_the_terminal_without_echo_and_on_the_other_screen() {
    if env::var_os(ROLE).is_some() {
        read_line();
        let mut screen = Screen::take(Stream::Output).unwrap();
        let drawn = screen
            .terminal
            .draw(|frame| frame.render_widget("drawn", frame.area()));
        drawn.unwrap();
        read_line();
        panic!("in the middle of it");
    }
    let mut command = Command::new(env::current_exe().unwrap());
    let name =
        "command_line::panic::a_panic_left_the_terminal_without_echo_and_on_the_other_screen";
    command
        .args([name, "--exact", "--nocapture"])
        .env(ROLE, "1");
    let mut pty = Pty::start(&command, 80, 24);
    pty.sees("running 1 test");
    let modes = pty.modes();
    pty.press("\n");
    pty.until("the other screen", |screen| {
        screen.alternate_screen() && screen.contents().contains("drawn")
    });
    assert_ne!(pty.modes(), modes);
    pty.press("\n");
    let text = pty.sees("in the middle of it");
    assert!(text.contains("running 1 test"), "the usual screen: {text}");
    assert_eq!(pty.modes(), modes);
    let (status, _, is_as_before) = pty.end();
    assert_eq!((status.code(), is_as_before), (Some(101), true));
}
