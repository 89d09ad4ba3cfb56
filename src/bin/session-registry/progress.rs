//! How far a long command has come, drawn on a terminal.

use std::io::{self, Read, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Drawn on standard error; not at all when that is no terminal. Gone when the command is done.
#[derive(Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Something turns, and the time that has passed.
    pub(crate) fn spinner(what: &'static str, visible: bool) -> Self {
        Self::drawn(None, "{spinner} {msg}  {elapsed}", what, visible)
    }

    /// A number of sessions out of as many as there are.
    pub(crate) fn sessions(total: u64, what: &'static str, visible: bool) -> Self {
        let template = "{msg}  {wide_bar}  {human_pos}/{human_len}  {elapsed}";
        Self::drawn(Some(total), template, what, visible)
    }

    /// A part of a file; of something endless a number of bytes.
    pub(crate) fn bytes(total: Option<u64>, what: &'static str, visible: bool) -> Self {
        let template = match total {
            Some(_) => "{msg}  {wide_bar}  {binary_bytes}/{binary_total_bytes}  {elapsed}",
            None => "{spinner} {msg}  {binary_bytes}  {elapsed}",
        };
        Self::drawn(total, template, what, visible)
    }

    fn drawn(total: Option<u64>, template: &str, what: &'static str, visible: bool) -> Self {
        let target = if visible {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(total, target).with_message(what);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if visible {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self(bar)
    }

    /// Moves by the lines that are written.
    pub(crate) fn count_lines<W: Write>(&self, to: W) -> impl Write {
        let bar = self.0.clone();
        Lines { to, bar }
    }

    /// Moves by the bytes that are read.
    pub(crate) fn count_bytes<R: Read>(&self, from: R) -> impl Read {
        self.0.wrap_read(from)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

struct Lines<W> {
    to: W,
    bar: ProgressBar,
}

impl<W: Write> Write for Lines<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        let lines = bytes.iter().take(written).filter(|byte| **byte == b'\n');
        self.bar.inc(lines.count() as u64);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn what_passes_is_counted_and_left_as_it_is() {
        let progress = Progress::sessions(3, "writing", false);
        let mut written = Vec::new();
        progress
            .count_lines(&mut written)
            .write_all(b"a\nb\nc")
            .unwrap();
        assert_eq!(
            (written.as_slice(), progress.0.position()),
            (&b"a\nb\nc"[..], 2)
        );

        let progress = Progress::bytes(None, "reading", false);
        let mut read = String::new();
        progress
            .count_bytes(&b"abc"[..])
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!((read.as_str(), progress.0.position()), ("abc", 3));
    }
}
