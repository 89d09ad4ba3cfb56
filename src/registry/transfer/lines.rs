//! Lines of an import.

use std::io::{BufRead, Read};

use crate::error::{Error, Result, StorageError};

/// No line of an export is longer, in bytes: 64 KiB of metadata escaped in full is 384 KiB.
const LONGEST_LINE: u64 = 1024 * 1024;
/// What some editors put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Reads line by line, and no line beyond the longest.
pub(super) struct Lines<R> {
    from: R,
    number: u64,
}

/// A line that says something.
pub(super) struct Line {
    /// Counted from 1, blank ones too.
    pub(super) number: u64,
    pub(super) text: Vec<u8>,
    is_too_long: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, number: 0 }
    }

    /// The next line that is not blank; `None` at the end. A byte order mark before the first is dropped.
    pub(super) fn next(&mut self) -> Result<Option<Line>> {
        loop {
            let mut text = Vec::new();
            self.number += 1;
            (&mut self.from)
                .take(LONGEST_LINE + 1)
                .read_until(b'\n', &mut text)
                .map_err(|error| {
                    Error::Storage(StorageError::of_stream("read the import", error))
                })?;
            if text.is_empty() {
                return Ok(None);
            }
            let is_too_long = text.len() as u64 > LONGEST_LINE;
            if self.number == 1 && text.starts_with(BYTE_ORDER_MARK) {
                text.drain(..BYTE_ORDER_MARK.len());
            }
            if is_too_long || !text.trim_ascii().is_empty() {
                let number = self.number;
                return Ok(Some(Line {
                    number,
                    text,
                    is_too_long,
                }));
            }
        }
    }

    /// The number of the line that was asked for last.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

impl Line {
    /// Fails if an export has no such line.
    pub(super) fn check_length(&self) -> Result<()> {
        if self.is_too_long {
            return Err(self.refused(format!("is longer than {LONGEST_LINE} bytes")));
        }
        Ok(())
    }

    pub(super) fn refused(&self, problem: impl Into<String>) -> Error {
        refused(self.number, problem)
    }
}

pub(super) fn refused(line: u64, problem: impl Into<String>) -> Error {
    let problem = problem.into();
    Error::InvalidImport { line, problem }
}
