//! The engine's database, by what a handle may do with it.

use redb::{
    Database, ReadOnlyDatabase, ReadTransaction, ReadableDatabase, StorageBackend, TransactionError,
};

use crate::error::Error;
use crate::store::disk::header::Header;
use crate::store::fault::Fault;

pub(super) enum Base {
    Writable(Database),
    ReadOnly(ReadOnlyDatabase),
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
            Self::Recovered { database, of } if Header::read(file)? == **of => {
                Ok(database.begin_read()?)
            }
            // Somebody has recovered the file since, so it can be read itself.
            Self::Recovered { .. } => {
                Err(TransactionError::from(redb::StorageError::DatabaseClosed).into())
            }
        }
    }

    pub(super) fn writable(&self) -> Result<&Database, Fault> {
        match self {
            Self::Writable(database) => Ok(database),
            Self::ReadOnly(_) | Self::Recovered { .. } => Err(Error::ReadOnly.into()),
        }
    }

    pub(super) fn into_writable(self) -> Result<Database, Fault> {
        match self {
            Self::Writable(database) => Ok(database),
            Self::ReadOnly(_) | Self::Recovered { .. } => Err(Error::ReadOnly.into()),
        }
    }

    pub(super) fn close(self) -> Result<(), Fault> {
        match self {
            Self::Writable(database) | Self::Recovered { database, .. } => database.close()?,
            Self::ReadOnly(database) => database.close()?,
        }
        Ok(())
    }
}
