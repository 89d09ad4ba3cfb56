//! Where an import comes from.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use session_registry::Error;
use tempfile::SpooledTempFile;

use crate::failure::Failure;
use crate::output::Output;
use crate::progress::Progress;

/// What can be read only once is kept in memory up to this size, and in a temporary file above it.
const KEPT_IN_MEMORY: usize = 8 * 1024 * 1024;

/// A file, or standard input.
#[derive(Debug)]
pub(crate) struct Source {
    input: Input,
    /// What people call it.
    name: PathBuf,
    /// How much there is to read, if that is known.
    size: Option<u64>,
}

#[derive(Debug)]
enum Input {
    File(File),
    Standard,
    Kept(SpooledTempFile),
}

impl Source {
    /// `-` is standard input.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            return Ok(Self {
                input: Input::Standard,
                name: "standard input".into(),
                size: None,
            });
        }
        let opened = open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|source| unreadable(path, source))?;
        // A system may open a directory, and refuse only to read it.
        if metadata.is_dir() {
            return Err(unreadable(path, io::ErrorKind::IsADirectory.into()));
        }
        Ok(Self {
            input: Input::File(file),
            name: path.to_path_buf(),
            size: metadata.is_file().then_some(metadata.len()),
        })
    }

    /// Reads it as [`read`](Self::read) does, so that it can be read once more. What can be read only once is
    /// kept meanwhile, as far as it was asked for: it may have no end.
    pub(crate) fn read_ahead<T>(
        &mut self,
        what: &'static str,
        output: &Output,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        // Only of a plain file the size is known.
        if self.size.is_some() {
            let answer = self.read(what, output, read)?;
            self.rewind()?;
            return Ok(answer);
        }
        let mut kept = SpooledTempFile::new(KEPT_IN_MEMORY);
        let answer = self.read_keeping(Some(&mut kept), what, output, read)?;
        let size = kept.stream_position();
        self.size = Some(size.map_err(|source| unreadable(&self.name, source))?);
        self.input = Input::Kept(kept);
        self.rewind()?;
        Ok(answer)
    }

    /// Goes back to the beginning of what can be read twice.
    fn rewind(&mut self) -> Result<(), Failure> {
        let rewound = match &mut self.input {
            Input::File(file) => file.rewind(),
            Input::Kept(kept) => kept.rewind(),
            Input::Standard => Ok(()),
        };
        rewound.map_err(|source| unreadable(&self.name, source))
    }

    /// Reads it to the end. A failure to read names the source, and no registry.
    pub(crate) fn read<T>(
        &mut self,
        what: &'static str,
        output: &Output,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        self.read_keeping(None, what, output, read)
    }

    fn read_keeping<T>(
        &mut self,
        kept: Option<&mut SpooledTempFile>,
        what: &'static str,
        output: &Output,
        read: impl FnOnce(&mut dyn BufRead) -> Result<T, Error>,
    ) -> Result<T, Failure> {
        let progress = Progress::bytes(self.size, what, output.is_for_people());
        let failed = Cell::new(None);
        let input: &mut dyn Read = match &mut self.input {
            Input::File(file) => file,
            Input::Standard => &mut io::stdin().lock(),
            Input::Kept(kept) => kept,
        };
        let watched = Watched {
            input,
            kept,
            failed: &failed,
        };
        let answer = read(&mut BufReader::new(progress.count_bytes(watched)));
        match failed.take() {
            Some(source) => Err(unreadable(&self.name, source)),
            None => Ok(answer?),
        }
    }
}

fn unreadable(path: &Path, source: io::Error) -> Failure {
    Failure::File {
        action: "read",
        path: path.to_path_buf(),
        source,
    }
}

/// Keeps what is read, if it is to be kept, and notes why that failed.
struct Watched<'a> {
    input: &'a mut dyn Read,
    kept: Option<&'a mut SpooledTempFile>,
    failed: &'a Cell<Option<io::Error>>,
}

impl Watched<'_> {
    fn read_and_keep(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.input.read(buffer)?;
        if let Some(kept) = &mut self.kept {
            kept.write_all(buffer.get(..length).unwrap_or_default())?;
        }
        Ok(length)
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read_and_keep(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                let same = error.raw_os_error().map(io::Error::from_raw_os_error);
                let same = same.unwrap_or_else(|| error.kind().into());
                self.failed.set(Some(same));
            }
        })
    }
}

/// Opens what may be a pipe without waiting for somebody to write to it: one that nobody has open for writing
/// is at its end. What a writer has not written yet is waited for.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::os::unix::fs::OpenOptionsExt;

    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let file = File::options().read(true).custom_flags(flags).open(path)?;
    fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
    Ok(file)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use session_registry::{ImportMode, SessionRegistry};

    use super::*;

    /// A device that breaks in the middle.
    struct Breaks;

    impl Read for Breaks {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }

    #[test]
    fn a_failure_to_read_is_noted_beside_the_answer() {
        let failed = Cell::new(None);
        let watched = Watched {
            input: &mut Breaks,
            kept: None,
            failed: &failed,
        };
        let registry = SessionRegistry::in_memory().unwrap();
        let answer = registry.import(BufReader::new(watched), ImportMode::KeepIds);
        assert_eq!(answer.unwrap_err().to_string(), "could not read the import");
        let noted = failed.take().and_then(|error| error.raw_os_error());
        assert_eq!(noted, Some(5));
    }
}
