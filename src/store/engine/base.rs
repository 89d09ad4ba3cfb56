//! The engine's database, by what a handle may do with it.

use std::sync::OnceLock;

use redb::{
    Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, StorageBackend, TransactionError,
};

use crate::error::Error;
use crate::store::disk::header::Header;
use crate::store::fault::Fault;

pub(super) enum Base {
    Writable(Database),
    ReadOnly(ReadOnlyDatabase),
    /// Opened beside somebody who was writing, whom only writers have to wait for: the first change opens
    /// the file once more. Views of the reader outlive that, so both stay open.
    Beside {
        reader: ReadOnlyDatabase,
        writer: OnceLock<Database>,
    },
    /// What only a writer can recover in the file, recovered in memory; `of` is the header that the file had.
    Recovered {
        database: Database,
        of: Box<Header>,
    },
}

impl Base {
    /// A transaction on what is in `file` now.
    pub(super) fn begin_read(&self, file: &dyn StorageBackend) -> Result<ReadTransaction, Fault> {
        match self {
            Self::Writable(database) => Ok(database.begin_read()?),
            Self::ReadOnly(database) => Ok(database.begin_read()?),
            Self::Beside { reader, writer } => Ok(match writer.get() {
                // Its cache holds what was changed here.
                Some(writer) => writer.begin_read()?,
                None => reader.begin_read()?,
            }),
            Self::Recovered { database, of } if Header::read(file)? == **of => {
                Ok(database.begin_read()?)
            }
            // Somebody has recovered the file since, so it can be read itself.
            Self::Recovered { .. } => {
                Err(TransactionError::from(redb::StorageError::DatabaseClosed).into())
            }
        }
    }

    /// Returns the database for writing. Where that is not open yet, `open` opens it, unless somebody is in the way.
    pub(super) fn writable(
        &self,
        open: impl FnOnce() -> Result<Option<Database>, Fault>,
    ) -> Result<Option<&Database>, Fault> {
        match self {
            Self::Writable(database) => Ok(Some(database)),
            Self::Beside { writer, .. } => {
                if writer.get().is_none()
                    && let Some(opened) = open()?
                    && let Err(second) = writer.set(opened)
                {
                    // Another thread was faster.
                    second.close()?;
                }
                Ok(writer.get())
            }
            Self::ReadOnly(_) | Self::Recovered { .. } => Err(Error::ReadOnly.into()),
        }
    }

    pub(super) fn into_writable(self) -> Result<Database, Fault> {
        match self {
            Self::Writable(database) => Ok(database),
            Self::ReadOnly(_) | Self::Beside { .. } | Self::Recovered { .. } => {
                Err(Error::ReadOnly.into())
            }
        }
    }

    pub(super) fn close(self) -> Result<(), Fault> {
        match self {
            Self::Writable(database) | Self::Recovered { database, .. } => database.close()?,
            Self::ReadOnly(database) => database.close()?,
            Self::Beside { reader, writer } => {
                let written = writer.into_inner().map_or(Ok(()), Database::close);
                reader.close()?;
                written?;
            }
        }
        Ok(())
    }
}
