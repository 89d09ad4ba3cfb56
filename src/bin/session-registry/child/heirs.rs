//! Whether anything that a command started still runs when the command has ended.

use std::io::{self, PipeReader, Read};
use std::process::Command;

use command_fds::CommandFdExt;
use rustix::io::ioctl_fionbio;

/// The end of a pipe whose other end is in the hands of the command, and of whatever it starts.
#[derive(Debug)]
pub(crate) struct Heirs {
    end: PipeReader,
}

impl Heirs {
    pub(crate) fn of(command: &mut Command) -> io::Result<Self> {
        let (end, theirs) = io::pipe()?;
        ioctl_fionbio(&end, true)?;
        command.preserved_fds(vec![theirs.into()]);
        Ok(Self { end })
    }

    /// Whether any is left, once the command has ended and is dropped.
    pub(crate) fn are_left(&mut self) -> bool {
        let read = self.end.read(&mut [0]);
        read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }
}
