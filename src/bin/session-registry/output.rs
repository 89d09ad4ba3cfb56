//! The one way to standard output.

use std::io::{self, BufWriter, StdoutLock, Write};

use serde::Serialize;

use crate::failure::Failure;

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

    /// Prints `value` as one line of JSON for programs, or what `people` writes. Text from outside must go
    /// through [`Escaped`](crate::escape::Escaped) there.
    pub(crate) fn answer(
        &mut self,
        value: &impl Serialize,
        people: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        let written = if self.json {
            serde_json::to_writer(&mut self.stdout, value)
                .map_err(io::Error::from)
                .and_then(|()| self.stdout.write_all(b"\n"))
        } else {
            people(&mut self.stdout)
        };
        written.map_err(Failure::Output)
    }

    /// Hands over what is still held back, so that a failure to write it is seen.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.stdout.flush().map_err(Failure::Output)
    }
}
