//! What the terminal is like after the view, on a real one.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use super::base64;

#[cfg(target_os = "linux")]
#[path = "../../../../../tests/shared/pty.rs"]
#[allow(dead_code, reason = "others need the rest of it")]
mod pty;

#[test]
fn bytes_are_given_to_the_clipboard_in_base64() {
    for (text, expected) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("/work/ä", "L3dvcmsvw6Q="),
    ] {
        assert_eq!(base64(text.as_bytes()), expected);
    }
}

#[cfg(target_os = "linux")]
mod panics {
    use std::env;
    use std::io::{BufRead, stdin};
    use std::process::Command;

    use super::super::{Screen, Stream};
    use super::pty::Pty;

    /// Tells this test, started once more, to be the program on the terminal.
    const ROLE: &str = "SESSION_REGISTRY_TEST_PANICS";

    fn read_line() {
        let mut line = String::new();
        stdin().lock().read_line(&mut line).unwrap();
    }

    #[test]
    fn a_panic_left_the_terminal_without_echo_and_on_the_other_screen() {
        if env::var_os(ROLE).is_some() {
            read_line();
            let mut screen = Screen::take(Stream::Output).unwrap();
            screen
                .terminal
                .draw(|frame| frame.render_widget("drawn", frame.area()))
                .unwrap();
            read_line();
            panic!("in the middle of it");
        }
        let mut command = Command::new(env::current_exe().unwrap());
        let name = "ui::screen::tests::panics::a_panic_left_the_terminal_without_echo_and_on_the_other_screen";
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
        // Without line editing a return is what the key sends, and no end of a line: that is another key.
        pty.press("\n");
        let text = pty.sees("in the middle of it");
        assert!(text.contains("running 1 test"), "the usual screen: {text}");
        assert_eq!(pty.modes(), modes);
        let (status, _, is_as_before) = pty.end();
        assert_eq!((status.code(), is_as_before), (Some(101), true));
    }
}
