//! A terminal that a program runs on, and what a person would see there.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

/// Longer than anything takes that does not hang.
const HANG: Duration = Duration::from_secs(120);

/// The screen, and whether nobody writes to it any more.
struct Seen {
    parser: vt100::Parser,
    is_over: bool,
}

/// A program on a terminal.
pub(crate) struct Pty {
    keyboard: File,
    slave: PathBuf,
    program: Child,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Pty {
    /// Starts it as the leader of a session on a terminal of this size.
    pub(crate) fn start(command: &Command, columns: u16, rows: u16) -> Self {
        let master =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let slave = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let slave = PathBuf::from(slave);
        resize(&master, columns, rows);
        let stream = || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(&slave)
                .unwrap()
        };
        let mut on_terminal = Command::new("setsid");
        on_terminal.arg("--ctty").arg(command.get_program());
        on_terminal.args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => on_terminal.env(name, value),
                None => on_terminal.env_remove(name),
            };
        }
        if let Some(directory) = command.get_current_dir() {
            on_terminal.current_dir(directory);
        }
        on_terminal
            .env("TERM", "xterm-256color")
            .env("LC_ALL", "C.UTF-8")
            .env_remove("NO_COLOR")
            .stdin(stream())
            .stdout(stream())
            .stderr(stream());
        let program = on_terminal.spawn().unwrap();
        drop(on_terminal);
        let keyboard = File::from(master);
        let seen = Seen {
            parser: vt100::Parser::new(rows, columns, 0),
            is_over: false,
        };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let (screen, to) = (keyboard.try_clone().unwrap(), Arc::clone(&seen));
        thread::spawn(move || watch(screen, &to));
        Self {
            keyboard,
            slave,
            program,
            seen,
        }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let mut seen = self.seen.0.lock().unwrap();
        seen.parser.screen_mut().set_size(rows, columns);
        resize(&self.keyboard, columns, rows);
    }

    /// Waits for a screen like that, and answers its text.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, is_there: impl Fn(&vt100::Screen) -> bool) -> String {
        let (seen, changed) = &*self.seen;
        let begun = Instant::now();
        let mut seen = seen.lock().unwrap();
        while !is_there(seen.parser.screen()) {
            let contents = seen.parser.screen().contents();
            let is_late = begun.elapsed() > HANG;
            assert!(
                !is_late && !seen.is_over,
                "{what} is not there:\n{contents}"
            );
            (seen, _) = changed.wait_timeout(seen, HANG).unwrap();
        }
        seen.parser.screen().contents()
    }

    /// Waits for a text on the screen.
    #[track_caller]
    pub(crate) fn sees(&self, text: &str) -> String {
        self.until(text, |screen| screen.contents().contains(text))
    }

    /// Waits for the program and all that it wrote.
    pub(crate) fn end(mut self) -> (ExitStatus, String, bool) {
        let (seen, changed) = &*self.seen;
        let mut seen = seen.lock().unwrap();
        while !seen.is_over {
            let (next, timeout) = changed.wait_timeout(seen, HANG).unwrap();
            assert!(
                !timeout.timed_out(),
                "hangs:\n{}",
                next.parser.screen().contents()
            );
            seen = next;
        }
        let screen = seen.parser.screen();
        let is_as_before = !screen.alternate_screen() && !screen.hide_cursor();
        let contents = screen.contents();
        (self.program.wait().unwrap(), contents, is_as_before)
    }

    /// How the terminal treats what is typed and printed.
    pub(crate) fn modes(&self) -> String {
        let slave = File::open(&self.slave).unwrap();
        let Termios {
            input_modes,
            output_modes,
            local_modes,
            ..
        } = tcgetattr(&slave).unwrap();
        format!("{input_modes:?} {output_modes:?} {local_modes:?}")
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

fn resize(terminal: impl AsFd, columns: u16, rows: u16) {
    let size = Winsize {
        ws_col: columns,
        ws_row: rows,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(terminal, size).unwrap();
}

/// Until the last program has closed the terminal, which then cannot be read.
fn watch(mut screen: File, to: &(Mutex<Seen>, Condvar)) {
    let mut bytes = [0; 4096];
    loop {
        let read = screen.read(&mut bytes).unwrap_or(0);
        let mut seen = to.0.lock().unwrap();
        seen.is_over = read == 0;
        seen.parser.process(&bytes[..read]);
        to.1.notify_all();
        if read == 0 {
            return;
        }
    }
}
