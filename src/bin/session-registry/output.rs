//! The ways to standard output and standard error.

use std::io::{self, BufWriter, IsTerminal, Read, StdoutLock, Write};
use std::ops::ControlFlow;

use serde::Serialize;
use serde_json::json;
use session_registry::Session;

use crate::describe;
use crate::escape::Escaped;
use crate::failure::Failure;

/// The version of the form of everything that is printed as JSON. It changes when a field that was promised is
/// taken away or means something else; fields may be added without.
pub(crate) const VERSION: u32 = 1;

/// An answer as a program reads it: an object.
#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u32,
    #[serde(flatten)]
    answer: &'a T,
}

/// Holds standard output for one command, and knows whether a person or a program reads it.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    stdout: BufWriter<StdoutLock<'static>>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            json,
            stdout: BufWriter::new(io::stdout().lock()),
        }
    }

    /// Prints `value`, which is an object, as one line of JSON for programs, or what `people` writes. Text from
    /// outside must go through [`Escaped`](crate::escape::Escaped) there.
    pub(crate) fn answer(
        &mut self,
        value: &impl Serialize,
        people: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let written = if self.json {
            self.write_line(value)
        } else {
            people(&mut self.stdout)
        };
        unless_unread(written)
    }

    /// Prints a text as a line for a program to read; for a person with what could drive the terminal escaped.
    pub(crate) fn print(&mut self, text: &str) -> Result<(), Failure> {
        unless_unread(if io::stdout().is_terminal() {
            writeln!(self.stdout, "{}", Escaped(text))
        } else {
            writeln!(self.stdout, "{text}")
        })
    }

    /// Prints each value, which is an object, as one line of JSON.
    pub(crate) fn lines<'a, T: Serialize + 'a>(
        &mut self,
        values: impl IntoIterator<Item = &'a T>,
    ) -> Result<(), Failure> {
        let mut values = values.into_iter();
        unless_unread(values.try_for_each(|value| self.write_line(value)))
    }

    /// As [`answer`](Self::answer), for one of many that come as time goes by: it is handed over at once. Breaks
    /// when the reader went away.
    pub(crate) fn tell(
        &mut self,
        value: &impl Serialize,
        people: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<ControlFlow<()>, Failure> {
        let written = if self.json {
            self.write_line(value)
        } else {
            people(&mut self.stdout)
        };
        match written.and_then(|()| self.stdout.flush()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            written => {
                written.map_err(Failure::Output)?;
                Ok(ControlFlow::Continue(()))
            }
        }
    }

    /// Whether the reader went away, where that can be told without writing.
    #[cfg(unix)]
    pub(crate) fn is_unread(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        let mut stdout = PollFd::new(self.stdout.get_ref(), PollFlags::empty());
        let polled = poll(
            std::slice::from_mut(&mut stdout),
            Some(&Timespec::default()),
        );
        polled.is_ok() && stdout.revents().intersects(PollFlags::ERR | PollFlags::HUP)
    }

    #[cfg(not(unix))]
    pub(crate) fn is_unread(&self) -> bool {
        false
    }

    fn write_line(&mut self, answer: &impl Serialize) -> io::Result<()> {
        let version = VERSION;
        serde_json::to_writer(&mut self.stdout, &Versioned { version, answer })?;
        self.stdout.write_all(b"\n")
    }

    /// Prints what has a form of its own, for people and programs alike.
    pub(crate) fn copy(&mut self, mut from: impl Read) -> Result<(), Failure> {
        unless_unread(io::copy(&mut from, &mut self.stdout).map(drop))
    }

    /// As [`notice`].
    pub(crate) fn notice(&self, code: &str, message: &str, sessions: &[Session]) {
        notice(self.json, code, message, sessions);
    }

    /// Tells whose sessions were closed to make room, if anybody's were.
    pub(crate) fn reaped(&self, sessions: &[Session]) {
        if !sessions.is_empty() {
            let message = "note: closed to make room, because their owners died:";
            self.notice("reaped", message, sessions);
        }
    }

    /// Whether a person reads the answer.
    pub(crate) fn is_for_people(&self) -> bool {
        !self.json
    }

    /// Hands over what is still held back, so that a failure to write it is seen.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        unless_unread(self.stdout.flush())
    }
}

/// A reader that went away has read enough.
fn unless_unread(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Output(error)),
        _ => Ok(()),
    }
}

/// Tells on standard error, as well as that can be done, what is worth knowing beside the answer.
pub(crate) fn notice(json: bool, code: &str, message: &str, sessions: &[Session]) {
    let text = if json {
        json!({ "version": VERSION, "notice": code, "message": message, "sessions": sessions })
            .to_string()
    } else {
        let lines = sessions
            .iter()
            .map(|s| format!("\n  {}", describe::line(s)));
        format!("{message}{}", lines.collect::<String>())
    };
    let _ = io::stderr().write_all((text + "\n").as_bytes());
}
