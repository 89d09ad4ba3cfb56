//! Sessions that are put aside until all of them are there: in memory as long as they are few, then in a file without
//! a name, which goes with the process however that ends.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::disk::descriptors::{LowDescriptors, off_the_standard_streams};
use super::fault::Fault;
use super::format::head::MetadataPlace;
use super::format::keys;
use super::format::session_row;
use crate::error::{Error, Result, StorageError};
use crate::session::Session;

/// So many bytes are kept in memory.
const MOST_IN_MEMORY: usize = 1024 * 1024;

/// The lengths of a row and of what lies beside it, before the bytes of both.
const LENGTHS: usize = 8;
/// A number, an id, and the lengths.
const HEAD: usize = 8 + 16 + LENGTHS;

/// Sessions with a number each, in the order in which they were put here.
#[derive(Debug)]
pub(crate) struct Spool {
    /// Where the file is made; `None` keeps all in memory.
    directory: Option<PathBuf>,
    file: Option<File>,
    /// What comes after the bytes of the file.
    rest: Vec<u8>,
}

impl Spool {
    /// For the sessions of a registry at `path`, if that is a file: beside it there is room for them, and who may
    /// read the one may read the other.
    pub(crate) fn beside(path: Option<&Path>) -> Self {
        Self {
            directory: path.and_then(Path::parent).map(Path::to_path_buf),
            file: None,
            rest: Vec::new(),
        }
    }

    pub(crate) fn put(&mut self, number: u64, session: &Session) -> Result<()> {
        self.add(number, session).map_err(|fault| match fault {
            Fault::Rule(error) => error,
            fault => failed_with(fault.damage().unwrap_or_default()),
        })
    }

    fn add(&mut self, number: u64, session: &Session) -> Result<(), Fault> {
        let (row, place) = session_row::encode(session)?;
        let extra = match place {
            MetadataPlace::InRow => Vec::new(),
            MetadataPlace::Apart => session_row::encode_extra(session)?,
        };
        self.rest.extend_from_slice(&number.to_le_bytes());
        self.rest
            .extend_from_slice(session.id().as_uuid().as_bytes());
        for part in [&row, &extra] {
            let length = u32::try_from(part.len()).map_err(|_| io::ErrorKind::InvalidInput);
            self.rest
                .extend_from_slice(&length.map_err(failed)?.to_le_bytes());
        }
        self.rest.extend_from_slice(&row);
        self.rest.extend_from_slice(&extra);
        if self.rest.len() >= MOST_IN_MEMORY {
            self.empty().map_err(failed)?;
        }
        Ok(())
    }

    /// Moves what is in memory into the file, if there may be one.
    fn empty(&mut self) -> io::Result<()> {
        let file = match (&mut self.file, &self.directory) {
            (Some(file), _) => file,
            (None, None) => return Ok(()),
            (file, Some(directory)) => file.insert(nameless(directory)?),
        };
        file.write_all(&self.rest)?;
        self.rest.clear();
        Ok(())
    }

    /// Hands over every session with its number, in order.
    pub(crate) fn read(
        &self,
        mut visit: impl FnMut(u64, Session) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut file = self.file.as_ref();
        if let Some(file) = &mut file {
            file.seek(SeekFrom::Start(0)).map_err(failed)?;
        }
        let mut from: Box<dyn Read + '_> = match file {
            Some(file) => Box::new(BufReader::with_capacity(64 * 1024, file).chain(&*self.rest)),
            None => Box::new(&*self.rest),
        };
        while let Some((number, session)) = next(&mut from)? {
            visit(number, session)?;
        }
        Ok(())
    }

    #[cfg(test)]
    pub(in crate::store) fn in_memory(&self) -> usize {
        self.rest.len()
    }
}

/// The next session and its number; `None` at the end.
fn next(from: &mut impl Read) -> Result<Option<(u64, Session)>, Fault> {
    let mut head = [0; HEAD];
    let got = from.read(&mut head[..1]).map_err(failed)?;
    if got == 0 {
        return Ok(None);
    }
    let mut parts = || -> io::Result<_> {
        let (_, rest) = head.split_at_mut(1);
        from.read_exact(rest)?;
        let mut fields = head.as_slice();
        let mut number = [0; 8];
        fields.read_exact(&mut number)?;
        let mut id = [0; 16];
        fields.read_exact(&mut id)?;
        let mut part = || -> io::Result<Vec<u8>> {
            let mut length = [0; 4];
            fields.read_exact(&mut length)?;
            let mut bytes = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap_or(0)];
            bytes.shrink_to_fit();
            Ok(bytes)
        };
        let (mut row, mut extra) = (part()?, part()?);
        from.read_exact(&mut row)?;
        from.read_exact(&mut extra)?;
        Ok((u64::from_le_bytes(number), keys::id(id), row, extra))
    };
    let (number, id, row, extra) = parts().map_err(failed)?;
    let extra = (!extra.is_empty()).then_some(extra);
    let session = session_row::decode(id, &row)?.with_extra(extra.as_deref())?;
    Ok(Some((number, session)))
}

fn nameless(directory: &Path) -> io::Result<File> {
    let _low = LowDescriptors::taken();
    off_the_standard_streams(tempfile::tempfile_in(directory)?)
}

fn failed(error: impl Into<io::Error>) -> Fault {
    failed_with(error.into()).into()
}

fn failed_with(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Storage(StorageError::of_stream(
        "put aside the sessions of the import",
        source,
    ))
}
